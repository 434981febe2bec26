import {Busy, explain, NotFound, Refused} from '../../errors.js'
import type {Canvas} from '../../events.js'
import {type Loss, lostNext, lostText} from '../backups/loss.js'
import type {Writing} from '../replace.js'
import {verdict} from '../verdict.js'
import {type Digest, digestOf} from './digest.js'
import {acquire, type Holder} from './lock.js'
import type {HeldLock, LockStatus} from './lock-status.js'

export type Unlocked = {
  /** IDs of the locks that were freed. */
  freed: string[]
  digest: 'mended' | 'right' | 'gone'
}

type Status = LockStatus & {holders: Holder[]}

/** What `fb state unlock` would free. Throws when it is not the lock that was meant, or when its holder is at work. */
export function planUnlock({locks, digest}: Status, id: string | undefined): HeldLock[] {
  if (locks.length === 0 && id !== undefined) throw notHeld(id)
  const meant = locks.filter((lock) => id === undefined || lock.id === id)
  if (locks.length > 0 && meant.length === 0) throw otherLock(id!, locks)
  const alive = meant.find((lock) => lock.alive === 'yes')
  if (alive) throw atWork(alive)
  return digest === 'differs' || meant.length > 0 ? meant : []
}

/** Frees the locks if they are still the ones that were looked at, and makes the digest fit the state that is there. */
export async function unlock(writing: Writing, {holders, digest}: Status, meant: HeldLock[]): Promise<Unlocked> {
  const ids = new Set(meant.map(({id}) => id))
  const freed = new Set<string>()
  for (const {lock, raw, info} of holders) if (ids.has(info.ID) && (await lock.free(raw))) freed.add(info.ID)
  if (meant.length > 0 && freed.size === 0) throw otherHolder()
  return {freed: [...freed], digest: await mended(writing, digest, freed.size > 0)}
}

/** Where there is no state there is nothing to mend: with the digest gone, Terraform would make everything anew. */
async function mended(writing: Writing, digest: Digest, freed: boolean): Promise<Unlocked['digest']> {
  if (digest === 'gone') return 'gone'
  return digest === 'differs' ? mend(writing, freed) : 'right'
}

/** Under the lock: another writer's digest is right in a moment. */
async function mend(writing: Writing, freed: boolean): Promise<Unlocked['digest']> {
  const {store} = writing
  const held = await acquire([store], 'fb state unlock', writing).catch((error: unknown) => {
    throw freed ? explain(error).given({state: 'The lock was freed; the digest is still wrong.', next: []}) : error
  })
  let failure: unknown
  try {
    const digest = await digestOf(store)
    if (digest !== 'differs') return digest === 'gone' ? 'gone' : 'right'
    const there = await store.objects.fingerprint(store.key)
    if (!there) return 'gone'
    await store.setDigest(there.md5)
    return 'mended'
  } catch (error) {
    failure = error
    throw error
  } finally {
    await held.release(failure)
  }
}

const otherHolder = () =>
  new Busy('The state was freed meanwhile, and by now somebody else may hold it.', {
    code: 'other_lock',
    state: 'Nothing was changed.',
    next: ['fb state lock'],
  })

const notHeld = (id: string) =>
  new NotFound('The state is not locked.', {code: 'not_locked', because: [`lock ${id} is held by nobody`]})

const otherLock = (id: string, locks: HeldLock[]) =>
  new Busy('The state is locked by another lock than that.', {
    code: 'other_lock',
    because: [
      `asked for ${id}`,
      ...locks.map((lock) => `held: ${lock.id || 'a lock without an ID'} by ${lock.who || 'somebody'}`),
    ],
    state: 'Nothing was changed.',
    next: ['fb state lock'],
  })

const atWork = ({who, because, operation}: HeldLock) =>
  new Refused(`${who || 'Somebody'} is still at work: freeing this lock could cost the state.`, {
    code: 'holder_alive',
    because: [operation, because].filter(Boolean),
    state: 'Nothing was changed.',
    next: ['wait until it has ended, or end it with Ctrl-C'],
  })

export function unlockText({freed, digest}: Unlocked, env: string, loss: Loss | undefined, canvas: Canvas): string[] {
  const done = [
    ...(freed.length > 0 ? [`The state of ${env} is free.`] : []),
    ...(digest === 'mended' ? ['The digest is that of the state: Terraform reads it again.'] : []),
  ]
  if (digest === 'gone') return verdict([...done, lostText(loss)].join(' '), [['Next', lostNext(env, loss)]], canvas)
  if (done.length === 0) return verdict(`Nobody holds the state of ${env}, and its digest is right.`, [], canvas)
  const look = [`fb state list --env ${env}`, `fb infra plan --env ${env}`]
  return verdict(done.join(' '), [['Next', look]], canvas)
}

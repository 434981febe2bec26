import {Busy, explain, FbError, PartlyDone} from '../errors.js'
import {stands, type Workflow} from '../events.js'
import {md5} from '../fingerprint.js'
import {type Backup, backUp, type Place} from './backups/backup.js'
import {readDocument, type StateDocument} from './document/document.js'
import {type Means, underLocks} from './locks/lock.js'
import type {StateStore} from './store.js'

/** A change of a state, as it was planned and agreed to. */
export type Replacement = {
  /** The command, as it stands in the lock and with the backup. */
  why: string
  /** The etag of the state that was planned on; undefined when there was none. */
  etag: string | undefined
  /** The bytes to write, made once the lock is held. */
  next(): Promise<Buffer>
  /** The lineage the result must have, and the serial it must exceed. */
  lineage: string
  above: number
}

/** Who works, and how. The store's calls must not end with the signal: what was begun is carried through. */
export type Writing = Means & {
  store: StateStore
  backups: Place
  /** ARN of who does it. */
  by: string
}

export type Replaced = {serial: number; previous?: Backup}

const STEPS = {
  lock: 'Lock the state',
  backup: 'Back up the state that is there',
  write: 'Write the new state',
  verify: 'Read it back',
}

/**
 * The one way in which fb writes a state: under every lock, with a backup of what was there, over exactly the state that was
 * planned on, and read back. The digest is taken away first and put back last, so that whenever fb dies Terraform finds
 * the old state or the new one and no checksum that contradicts it.
 */
export async function* replaceState(writing: Writing, change: Replacement): Workflow<Replaced> {
  const {store} = writing
  const {backup, ...rest} = STEPS
  yield {type: 'plan', steps: change.etag === undefined ? rest : STEPS}
  yield {type: 'start', step: 'lock'}
  return yield* underLocks([store], change.why, writing, async function* () {
    yield {type: 'done', step: 'lock', detail: store.locks.map(({name}) => name).join(' and ')}
    return yield* underLock(writing, change)
  })
}

async function* underLock(writing: Writing, change: Replacement): Workflow<Replaced> {
  const {store, signal} = writing
  const previous = yield* saved(writing, change)
  yield {type: 'start', step: 'write'}
  const bytes = await change.next()
  const document = readDocument(bytes, 'the new state')
  refuseStrange(document, change)
  signal.throwIfAborted()
  const written = `The new state is written, serial ${document.serial}.`
  yield stands('The state is the old one or the new one, whole either way.')
  await write(store, bytes, change.etag, document.serial)
  yield stands(written, undoing(previous))
  yield {type: 'done', step: 'write', detail: `serial ${document.serial}`}
  yield {type: 'start', step: 'verify'}
  await verify(store, bytes).catch((error: unknown) => {
    throw partly(explain(error), written, undoing(previous))
  })
  yield {type: 'done', step: 'verify', detail: `${bytes.length} bytes, as written`}
  return {serial: document.serial, previous}
}

const undoing = (previous?: Backup): string[] => (previous ? [`fb state restore ${previous.name}`] : [])

/** The state must still be the one that was planned on; it is kept as a backup. */
async function* saved(writing: Writing, {etag, why}: Replacement): Workflow<Backup | undefined> {
  const {store, backups, by, clock, signal} = writing
  const current = await store.objects.get(store.key)
  if (current?.etag !== etag) throw changedMeanwhile()
  signal.throwIfAborted()
  if (!current) return undefined
  yield {type: 'start', step: 'backup'}
  const backup = await backUp(backups, current, {by, why, at: clock.now()})
  yield {type: 'done', step: 'backup', detail: backup.name}
  return backup
}

async function write(store: StateStore, bytes: Buffer, etag: string | undefined, serial: number): Promise<void> {
  try {
    // Where the state is gone, its digest is what keeps Terraform from making everything anew: that one stays until the end.
    if (etag !== undefined) await store.setDigest(undefined)
    if (!(await store.replace(bytes, etag))) throw changedMeanwhile()
    await store.setDigest(md5(bytes))
  } catch (error) {
    throw await told(store, md5(bytes), serial, error)
  }
}

/** The failure, with what the state is now; the digest is made to fit it (none is as good: Terraform then compares nothing). */
async function told(store: StateStore, wanted: string, serial: number, error: unknown): Promise<FbError> {
  const failure = explain(error)
  const there = await store.objects.fingerprint(store.key).catch(() => 'unread' as const)
  if (there === 'unread') {
    const state = 'The state is the old one or the new one, whole either way; fb could not read it back to say which.'
    return new PartlyDone(failure.message, {...failure, state, next: ['fb state lock', 'fb state list'], cause: error})
  }
  if (there) await store.setDigest(there.md5).catch(() => {})
  if (there?.md5 === wanted) return partly(failure, `The state is the new one, serial ${serial}.`, [])
  return failure.given({state: failure.state ?? 'The state is the old one: nothing was written.', next: []})
}

/** What was asked for is done, and something around it failed. */
const partly = ({message, code, because, next}: FbError, state: string, more: string[]) =>
  new PartlyDone(message, {code, because, state, next: [...next, ...more]})

async function verify(store: StateStore, bytes: Buffer): Promise<void> {
  const [there, digest] = await Promise.all([store.objects.fingerprint(store.key), store.digest()])
  const wanted = md5(bytes)
  if (there?.md5 === wanted && (digest === undefined || digest === wanted)) return
  throw new PartlyDone('The state that was read back is not the one that was written.', {
    code: 'not_verified',
    because: [`written MD5 ${wanted}`, `read MD5 ${there?.md5}`, `digest for Terraform ${digest}`],
    next: ['somebody may write this state without its lock', 'fb state backups', 'fb state lock'],
  })
}

/** Guards against a `next` that made something else of the state than a newer version of itself. */
function refuseStrange({lineage, serial}: StateDocument, {lineage: wanted, above}: Replacement): void {
  if (lineage === wanted && serial > above) return
  throw new FbError('The new state does not follow from the one that is there.', {
    code: 'bad_successor',
    because: [`lineage ${lineage}, expected ${wanted}`, `serial ${serial}, expected above ${above}`],
    state: 'Nothing was changed.',
  })
}

const changedMeanwhile = () =>
  new Busy('The state has changed since the plan was made.', {
    code: 'state_changed',
    state: 'Nothing was changed.',
    next: ['run the command again: the plan will be another one'],
  })

import {randomUUID} from 'node:crypto'

import type {Clock} from '../../clock.js'
import {age} from '../../durations.js'
import {AccessError, Busy, explain, NotFound, PartlyDone} from '../../errors.js'
import type {Workflow} from '../../events.js'
import type {Lock, StateStore} from '../store.js'
import {operationText} from '../words.js'

/** What Terraform writes into a lock, under its own names: it shows this to whoever has to wait. */
export type LockInfo = {
  ID: string
  Operation: string
  Info: string
  Who: string
  Version: string
  Created: string
  Path: string
}

/** The process that wants the lock. */
export type Worker = {user: string; host: string; pid: number; namespace?: string; version: string}

/** Whether the process that holds a lock can still be alive, and how that is known. */
export type Liveness = {alive: 'yes' | 'no' | 'unknown'; because: string}

export type Holder = {lock: Lock; raw: string; info: LockInfo}

/** Who wants locks, and how long they may be waited for (ms). */
export type Means = {worker: Worker; clock: Clock; signal: AbortSignal; lockTimeout: number}

/** Locks that this process holds, under one id. */
export type Held = {
  id: string
  /** Frees them; `failure` is what ended the work. Throws when one stays: that must be told, whatever else happened. */
  release(failure?: unknown): Promise<void>
}

type Lockable = Pick<StateStore, 'locks' | 'others' | 'path'>
type Taken = {lock: Lock; raw: string}

const RETRY = 2000

/** Who holds the state, by each lock that is held. */
export async function holdersOf({locks, others}: Pick<StateStore, 'locks' | 'others'>): Promise<Holder[]> {
  const own = locks.map(async (lock) => ({lock, raw: await lock.read()}))
  const foreign = others.map(async (lock) => ({lock, raw: await lock.read().catch(unlessUnknown)}))
  const read = await Promise.all([...own, ...foreign])
  return read.flatMap(({lock, raw}) => (raw === undefined ? [] : [{lock, raw, info: parse(raw)}]))
}

/** Waits while somebody holds the state, so that what is planned next is still true when the lock is taken. */
export async function untilFree(
  store: Lockable,
  {clock, signal, lockTimeout}: Omit<Means, 'worker'>,
  say: (holder: string) => void,
): Promise<void> {
  const until = clock.now().getTime() + lockTimeout
  let said = ''
  while (clock.now().getTime() < until) {
    const [holder] = await holdersOf(store)
    if (!holder) return
    if (said !== holder.info.ID) say(`Waiting for ${holder.info.Who || 'somebody'}: ${describe(holder, clock.now())}`)
    said = holder.info.ID
    await clock.sleep(RETRY, signal)
  }
}

/** A table that is gone, or not for this role to read, holds nobody up. */
function unlessUnknown(error: unknown): undefined {
  const failure = explain(error)
  if (!(failure instanceof NotFound || failure instanceof AccessError)) throw error
}

/** Takes every lock of these states, or none. */
export async function acquire(stores: Lockable[], operation: string, means: Means): Promise<Held> {
  const {worker, clock, signal, lockTimeout} = means
  const until = clock.now().getTime() + lockTimeout
  for (;;) {
    const id = randomUUID()
    const infos = stores.map((store) => JSON.stringify(lockInfo(id, operation, worker, store.path, clock.now())))
    const taken: Taken[] = []
    const held = {id, release: (failure?: unknown) => release(taken, id, failure)}
    const refused = await takeAll(stores, infos, taken)
      .then((refused) => refused ?? heldOtherwise(stores))
      .catch(async (error: unknown) => {
        await held.release(error)
        throw error
      })
    if (!refused) return held
    const occupied = await busy(refused, id, clock.now())
    await held.release(occupied)
    if (clock.now().getTime() >= until) throw occupied
    await clock.sleep(RETRY, signal)
  }
}

/** The first state that somebody else holds; every lock that may be ours by then is in `taken`. */
async function takeAll(stores: Lockable[], infos: string[], taken: Taken[]): Promise<Lockable | undefined> {
  for (const [i, store] of stores.entries())
    for (const lock of store.locks) {
      const mine = {lock, raw: infos[i]!}
      taken.push(mine)
      if (await lock.take(mine.raw)) continue
      taken.pop()
      return store
    }
  return undefined
}

/** The first state that somebody holds by a lock that fb.yml does not ask for. */
async function heldOtherwise(stores: Lockable[]): Promise<Lockable | undefined> {
  for (const store of stores) if ((await holdersOf({locks: [], others: store.others})).length > 0) return store
  return undefined
}

/** In the opposite order, and every one of them although one fails. */
async function release(taken: Taken[], id: string, failure: unknown): Promise<void> {
  const freed = await Promise.allSettled(taken.toReversed().map(({lock, raw}) => lock.free(raw)))
  const left = freed.flatMap((one, i) => (one.status === 'rejected' ? [{...one, ...taken.toReversed()[i]!}] : []))
  if (left.length === 0) return
  const first = failure === undefined ? 'The change is made' : explain(failure).message.replace(/\.$/, '')
  const {message, because} = explain(left[0]!.reason)
  throw new PartlyDone(`${first}, and the lock could not be freed.`, {
    code: 'lock_left',
    because: [message, ...because],
    state: [`Still locked: ${left.map(({lock}) => lock.name).join(', ')}.`, failure && explain(failure).state]
      .filter(Boolean)
      .join(' '),
    next: [`fb state unlock ${id}`],
    cause: failure ?? left[0]!.reason,
  })
}

/** A workflow that runs while nobody else can change these states. */
export async function* underLocks<T>(
  stores: Lockable[],
  operation: string,
  means: Means,
  work: () => Workflow<T>,
): Workflow<T> {
  const held = await acquire(stores, operation, means)
  let failure: unknown
  try {
    yield {type: 'holds', lock: held.id}
    return yield* work()
  } catch (error) {
    failure = error
    throw error
  } finally {
    await held.release(failure)
    yield {type: 'holds', lock: undefined}
  }
}

const lockInfo = (
  id: string,
  operation: string,
  {user, host, pid, namespace, version}: Worker,
  path: string,
  now: Date,
): LockInfo => ({
  ID: id,
  Operation: operation,
  Info: namespace ? `pid ${pid} ns ${namespace}` : `pid ${pid}`,
  Who: `${user}@${host}`,
  Version: `fb ${version}`,
  Created: now.toISOString(),
  Path: path,
})

/** The pid that fb notes with its locks, and within which namespace it is one; Terraform notes neither. */
export function processIn({Info}: LockInfo): {pid?: number; namespace?: string} {
  const [, pid, namespace] = /^pid (\d+)(?: ns (\d+))?$/.exec(Info) ?? []
  return {pid: Number(pid) || undefined, namespace}
}

const UNKNOWN = {ID: '', Operation: '', Info: '', Who: '', Version: '', Created: '', Path: ''}

/** Whatever stands there holds the lock, even if it is not what Terraform writes. */
function parse(raw: string): LockInfo {
  try {
    const info = JSON.parse(raw) as Partial<LockInfo>
    const texts = Object.entries(info).filter(([, value]) => typeof value === 'string')
    return {...UNKNOWN, ...Object.fromEntries(texts)}
  } catch {
    return {...UNKNOWN, Info: raw}
  }
}

export async function busy(store: Lockable, own: string, now: Date): Promise<Busy> {
  const [holder] = (await holdersOf(store)).filter(({info}) => info.ID !== own)
  const how = holder ? `locked by ${holder.info.Who || 'somebody'}` : 'locked by somebody who has let go of it just now'
  return new Busy(`The state is ${how}.`, {
    code: 'state_locked',
    because: [store.path, ...(holder ? [describe(holder, now)] : [])],
    state: 'Nothing was changed.',
    next: ['fb state lock', '--lock-timeout 5m'],
  })
}

/** One line: what for, since when, and where it can be seen. */
function describe({info: {Operation, Created, Version, ID}, lock}: Holder, now: Date): string {
  const since = Date.parse(Created)
  return [
    operationText(Operation),
    Number.isNaN(since) ? '' : `for ${age(now.getTime() - since)}`,
    Version && (Version.startsWith('fb') ? Version : `Terraform ${Version}`),
    lock.name,
    ID && `lock ${ID}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

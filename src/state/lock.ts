import {randomUUID} from 'node:crypto'

import type {Clock} from '../clock.js'
import {age} from '../durations.js'
import {Busy} from '../errors.js'
import type {Lock, StateStore} from './store.js'

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
export type Worker = {user: string; host: string; pid: number; version: string}

/** Whether the process that holds a lock can still be alive, and how that is known. */
export type Liveness = {alive: 'yes' | 'no' | 'unknown'; because: string}

export type Holder = {lock: Lock; raw: string; info: LockInfo}

/** Until when to wait for a lock somebody else holds. */
export type Patience = {until: Date; clock: Clock; signal: AbortSignal}

const RETRY = 2000

/** Who holds the state, by each lock that is held. */
export async function holdersOf({locks}: Pick<StateStore, 'locks'>): Promise<Holder[]> {
  const read = await Promise.all(locks.map(async (lock) => ({lock, raw: await lock.read()})))
  return read.flatMap(({lock, raw}) => (raw === undefined ? [] : [{lock, raw, info: parse(raw)}]))
}

/** Takes every lock of the state or none, and gives back what frees them again. */
export async function takeLocks(
  store: Pick<StateStore, 'locks' | 'path'>,
  operation: string,
  worker: Worker,
  patience: Patience,
): Promise<() => Promise<void>> {
  for (;;) {
    const {clock, until, signal} = patience
    const info = JSON.stringify(lockInfo(operation, worker, store.path, clock.now()))
    const taken = await takeAll(store.locks, info)
    if (taken.length === store.locks.length) return () => freeAll(taken, info)
    await freeAll(taken, info)
    if (clock.now() >= until) throw await busy(store, clock.now())
    await clock.sleep(RETRY, signal)
  }
}

async function takeAll(locks: Lock[], info: string): Promise<Lock[]> {
  const taken: Lock[] = []
  for (const lock of locks) {
    try {
      if (!(await lock.take(info))) break
    } catch (error) {
      await freeAll([...taken, lock], info)
      throw error
    }
    taken.push(lock)
  }
  return taken
}

/** In the opposite order, and every one of them although one fails. */
async function freeAll(locks: Lock[], info: string): Promise<void> {
  const freed = await Promise.allSettled(locks.toReversed().map((lock) => lock.free(info)))
  const failed = freed.find(({status}) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failed) throw failed.reason
}

const lockInfo = (operation: string, {user, host, pid, version}: Worker, path: string, now: Date): LockInfo => ({
  ID: randomUUID(),
  Operation: operation,
  Info: `pid ${pid}`,
  Who: `${user}@${host}`,
  Version: `fb ${version}`,
  Created: now.toISOString(),
  Path: path,
})

/** The pid that fb notes with its locks; Terraform notes none. */
export const pidOf = ({Info}: LockInfo): number | undefined => Number(/^pid (\d+)$/.exec(Info)?.[1]) || undefined

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

async function busy(store: Pick<StateStore, 'locks' | 'path'>, now: Date): Promise<Busy> {
  const [holder] = await holdersOf(store)
  return new Busy(
    holder ? `The state is locked by ${holder.info.Who || 'somebody'}.` : 'The state was locked just now.',
    {
      code: 'state_locked',
      because: holder ? [describe(holder, now)] : [],
      state: 'Nothing was changed.',
      next: ['fb state lock', '--lock-timeout 5m'],
    },
  )
}

/** One line: what for, since when, and where it can be seen. */
function describe({info: {Operation, Created, Version, ID}, lock}: Holder, now: Date): string {
  const since = Date.parse(Created)
  return [
    Operation,
    Number.isNaN(since) ? '' : `for ${age(now.getTime() - since)}`,
    Version && (Version.startsWith('fb') ? Version : `Terraform ${Version}`),
    lock.name,
    ID && `lock ${ID}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

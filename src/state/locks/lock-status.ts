import {type Loss, lossOf} from '../backups/loss.js'
import type {StateStore} from '../store.js'
import {operationText} from '../words.js'
import {type Digest, digestOf} from './digest.js'
import {type Holder, holdersOf, type Liveness, type LockInfo, processIn} from './lock.js'
import {type Mismatch, mismatchOf} from './mismatch.js'

/** One lock that is held, by Terraform or by fb. */
export type HeldLock = Liveness & {
  lock: string
  id: string
  who: string
  operation: string
  tool: string
  since?: Date
}

export type LockStatus = {
  state: string
  held: boolean
  locks: HeldLock[]
  digest: Digest
  /** Why the digest is not that of the state. */
  mismatch?: Mismatch
  /** When there is a digest, and no state that it could be of. */
  loss?: Loss
}

export type Looks = {
  /** Where a lock's holder runs, when it took the lock of which state, and its pid where it is known. */
  liveness(taker: {host: string; pid?: number; namespace?: string; taken: Date; state: string}): Promise<Liveness>
}

/** Who holds the state, whether they can still be at work, and whether Terraform would read it. */
export async function lockStatus(store: StateStore, looks: Looks): Promise<LockStatus & {holders: Holder[]}> {
  const [holders, digest] = await Promise.all([holdersOf(store), digestOf(store)])
  const locks = await Promise.all(holders.map((holder) => heldLock(holder, store.path, looks)))
  const state = `${store.objects.place}${store.key}`
  return {state, held: locks.length > 0, locks, digest, ...(await causeOf(store, digest)), holders}
}

async function causeOf(store: StateStore, digest: Digest): Promise<Pick<LockStatus, 'mismatch' | 'loss'>> {
  if (digest === 'differs') return {mismatch: await mismatchOf(store)}
  return digest === 'gone' ? {loss: await lossOf(store)} : {}
}

async function heldLock({lock, info}: Holder, state: string, {liveness}: Looks): Promise<HeldLock> {
  const created = Date.parse(info.Created)
  const since = Number.isNaN(created) ? undefined : new Date(created)
  const {pid, namespace} = processIn(info)
  const taker = {host: hostOf(info), pid, namespace, taken: since ?? new Date(0), state}
  const {Who, Operation, Version, ID, Info} = info
  return {
    lock: lock.name,
    id: ID,
    who: Who,
    operation: [operationText(Operation), pid ? `pid ${pid}` : Info].filter(Boolean).join(', '),
    tool: Version === '' || Version.startsWith('fb') ? Version : `Terraform ${Version}`,
    since,
    ...(await liveness(taker)),
  }
}

const hostOf = ({Who}: LockInfo): string => Who.slice(Who.lastIndexOf('@') + 1)

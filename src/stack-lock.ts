import {explain, Interrupted, PartlyDone} from './errors.js'
import type {Workflow} from './events.js'
import {holdersOf, type Worker} from './state/locks/lock.js'
import type {StateStore} from './state/store.js'
import {inOwnWay} from './terraform/failure.js'
import {mayHold} from './terraform/liveness.js'
import {terraformsRunning} from './terraform/processes.js'

const SECOND = 1000

/** The id of the lock, if there is one. */
export type LockLeft = () => Promise<string | undefined>

/**
 * A lock that this command's Terraform has left behind: of this user on this machine, taken since then, and nobody works
 * here any more who may have taken it. Others may hold the state by now.
 */
export async function lockSince(
  store: Pick<StateStore, 'locks' | 'others' | 'path'>,
  since: Date,
  {user, host}: Pick<Worker, 'user' | 'host'>,
  terraforms = terraformsRunning,
): Promise<string | undefined> {
  const holders = await holdersOf(store)
  const own = holders.find(
    ({info: {Who, Operation, Created}}) =>
      Who === `${user}@${host}` &&
      Operation.startsWith('OperationType') &&
      Date.parse(Created) >= since.getTime() - SECOND,
  )
  if (!own) return undefined
  const lock = {taken: new Date(own.info.Created), state: store.path}
  const {running} = await terraforms()
  return running.some((one) => mayHold(one, lock)) ? undefined : own.info.ID
}

/** A plan that fails says so when it has left its lock behind: nobody else would ever free it. */
export async function* tellingOfLock<T>(run: Workflow<T>, lockLeft: LockLeft): Workflow<T> {
  try {
    return yield* run
  } catch (error) {
    throw await withLock(error, lockLeft)
  }
}

async function withLock(error: unknown, lockLeft: LockLeft): Promise<unknown> {
  const failure = explain(error)
  const lock = failure instanceof Interrupted ? undefined : await lockLeft().catch(() => undefined)
  if (lock === undefined) return error
  const {message, because, next} = inOwnWay(failure)
  return new PartlyDone(message, {
    code: 'lock_left',
    because,
    state: 'Nothing was changed. The state is still locked.',
    next: [`fb state unlock ${lock}`, ...next],
    cause: error,
  })
}

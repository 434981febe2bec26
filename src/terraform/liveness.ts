import type {Liveness} from '../state/locks/lock.js'
import {pidNamespace, seesMachine} from './namespace.js'
import {mayHaveTaken, processOf, type Running, terraformsRunning} from './processes.js'
import {worksOn} from './working-on.js'

/**
 * What a lock says of the process that took it; fb notes its pid and within what it is one, Terraform does not. `state` is
 * the bucket and the key that it locks.
 */
type Taker = {host: string; pid?: number; namespace?: string; taken: Date; state: string}

/** Whether the process that took a lock can still be alive, as far as this machine can tell. */
export async function livenessOf(taker: Taker, here: string, own = pidNamespace()): Promise<Liveness> {
  const {host, pid, taken} = taker
  if (host !== here)
    return {alive: 'unknown', because: `it was taken on ${host || 'an unknown machine'}; this is ${here}`}
  if (pid === undefined) return ofTerraform(taker, seesMachine(own))
  if (taker.namespace === own) return ofProcess(pid, taken)
  return {alive: 'unknown', because: `process ${pid} took it, and a container is between that and fb`}
}

async function ofProcess(pid: number, taken: Date): Promise<Liveness> {
  const found = await processOf(pid)
  if (found === 'gone') return {alive: 'no', because: `process ${pid}, which took it, is gone`}
  if (found === 'unseen') return {alive: 'unknown', because: `this user may not see process ${pid}`}
  if (mayHaveTaken(found, taken)) return {alive: 'yes', because: `process ${pid} still runs: ${found.command}`}
  return {alive: 'no', because: `process ${pid}, which took it, is gone; another program has its number now`}
}

async function ofTerraform({taken, state}: Taker, wholeMachine: boolean): Promise<Liveness> {
  const {running, everyones} = await terraformsRunning()
  const old = running.filter((one) => mayHaveTaken(one, taken)).map((one) => ({one, on: worksOn(one, state)}))
  const say = (wanted: string) =>
    old
      .filter(({on}) => on === wanted)
      .map(({one}) => sayRunning(one))
      .join(', ')
  if (say('this')) return {alive: 'yes', because: `${say('this')} runs here`}
  if (say('unknown')) return {alive: 'unknown', because: `${say('unknown')} runs here, on a state that fb cannot see`}
  if (everyones && wholeMachine)
    return {
      alive: 'no',
      because: 'it was taken on this machine, and no Terraform that is as old works on this state here',
    }
  return {alive: 'unknown', because: 'it was taken on this machine, and not every process of it can be seen from here'}
}

/** What locks a state for an operation; a Terraform that says its version, or gets ready, holds none. */
const OPERATION = /\s(plan|apply|destroy|refresh|import|console)(\s|$)/

/** Whether a Terraform that runs here may hold a lock for an operation; where nobody can see what it works on, it may. */
export const mayHold = (one: Running, {taken, state}: Pick<Taker, 'taken' | 'state'>): boolean =>
  OPERATION.test(one.command) && mayHaveTaken(one, taken) && worksOn(one, state) !== 'another'

const sayRunning = ({pid, command, directory}: Running): string =>
  `${command} (pid ${pid}${directory ? ` in ${directory}` : ''})`

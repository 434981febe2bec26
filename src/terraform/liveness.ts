import type {Liveness} from '../state/lock.js'
import {mayHaveTaken, processOf, type Running, terraformsRunning} from './processes.js'

/** What a lock says of the process that took it; fb notes its pid, Terraform does not. */
type Taker = {host: string; pid?: number; taken: Date}

/** Whether the process that took a lock can still be alive, as far as this machine can tell. */
export async function livenessOf({host, pid, taken}: Taker, here: string): Promise<Liveness> {
  if (host !== here)
    return {alive: 'unknown', because: `it was taken on ${host || 'an unknown machine'}; this is ${here}`}
  return pid === undefined ? ofTerraform(taken) : ofProcess(pid, taken)
}

async function ofProcess(pid: number, taken: Date): Promise<Liveness> {
  const found = await processOf(pid)
  if (found === 'gone') return {alive: 'no', because: `process ${pid}, which took it, is gone`}
  if (found === 'unseen') return {alive: 'unknown', because: `this user may not see process ${pid}`}
  if (mayHaveTaken(found, taken)) return {alive: 'yes', because: `process ${pid} still runs: ${found.command}`}
  return {alive: 'no', because: `process ${pid}, which took it, is gone; another program has its number now`}
}

async function ofTerraform(taken: Date): Promise<Liveness> {
  const {running, everyones} = await terraformsRunning()
  const candidates = running.filter((one) => mayHaveTaken(one, taken))
  if (candidates.length > 0) return {alive: 'yes', because: `${candidates.map(sayRunning).join(', ')} runs here`}
  if (everyones)
    return {alive: 'no', because: 'it was taken on this machine, and no Terraform runs here that is as old'}
  return {alive: 'unknown', because: "it was taken on this machine, and this user may not see everybody's processes"}
}

const sayRunning = ({pid, command, directory}: Running): string =>
  `${command} (pid ${pid}${directory ? ` in ${directory}` : ''})`

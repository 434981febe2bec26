import {errorPercent} from './alarms.js'
import {second} from './plan.js'
import type {Task} from './tasks.js'
import {greenWeight, rolloutAt, type TaskSet, type World} from './world.js'

/** One request that a task has answered; `id` and `trace` are hexadecimal. */
export type Request = {
  at: number
  client: string
  method: string
  path: string
  status: number
  ms: number
  id: string
  trace: string
  event: string
}

const answers = {200: 'OK', 201: 'Created', 404: 'Not Found', 422: 'Unprocessable Entity', 500: 'Internal Server Error'}

export const reasonOf = (status: number): string => answers[status as keyof typeof answers]

const routes = [
  {method: 'GET', path: '/api/v1/items', event: 'items listed'},
  {method: 'GET', path: '/api/v1/items/42', event: 'item shown'},
  {method: 'GET', path: '/api/v1/search?q=lamp', event: 'search done'},
  {method: 'GET', path: '/api/v1/users/me', event: 'user shown'},
  {method: 'POST', path: '/api/v1/orders', event: 'order placed', status: 201},
  {method: 'GET', path: '/api/v1/items', event: 'items listed'},
  {method: 'GET', path: '/api/v1/search?q=chair', event: 'search done'},
]
const refused = [
  {method: 'GET', path: '/api/v1/items/9999', event: 'item not found', status: 404},
  {method: 'POST', path: '/api/v1/orders', event: 'order refused', status: 422},
]

/** The request that a task answers in one second of its life, if there is one: at full traffic, in two seconds of five. */
export function requestIn(world: World, task: Task, s: number): Request | undefined {
  const at = s * second
  if (at < task.judgedAt || at >= task.leavesAt) return undefined
  const seed = Number.parseInt(task.id.slice(0, 7), 16) + s
  const [dice, path, luck, port] = bytesFor(seed)
  if (dice >= 0.4 * shareOf(world, task.set, at) * 256) return undefined
  const [slow, one, ...trace] = [...bytesFor(seed ^ 0x5bd1e995), ...bytesFor(seed + 0x9e3779b9)]
  const rollout = rolloutAt(world, at)
  const failed = rollout && (luck / 256) * 100 < errorPercent(world.state, rollout, task.set, at)
  const route = luck >= 252 ? refused[path % refused.length]! : routes[path % routes.length]!
  return {
    at: at + dice,
    client: `10.0.0.9:${40_000 + port * 70}`,
    method: route.method,
    path: route.path,
    event: failed ? 'request failed' : route.event,
    status: failed ? 500 : (route.status ?? 200),
    ms: slow < 5 ? 600 + one * 4 : 9 + (slow >> 3),
    id: hex([port, luck, path, ...trace.slice(0, 1)]),
    trace: hex([...trace, slow, one, path, luck, dice, port, ...bytesFor(seed + 1)]).slice(0, 32),
  }
}

const hex = (bytes: number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Four bytes that look random and are always the same for one number: a day of log lines must not take a second. */
function bytesFor(seed: number): [number, number, number, number] {
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  mixed ^= mixed >>> 16
  return [mixed & 255, (mixed >>> 8) & 255, (mixed >>> 16) & 255, mixed >>> 24]
}

function shareOf(world: World, set: TaskSet, at: number): number {
  const rollout = rolloutAt(world, at)
  if (!rollout) return 1
  const green = greenWeight(rollout, at) / 100
  if (set.id === rollout.green?.id) return green
  return set.id === rollout.blue.id ? 1 - green : 0
}

import {errorPercent} from './alarms.js'
import {rehearsals} from './images.js'
import {commandLines, oneOffTasks} from './one-off.js'
import {second} from './plan.js'
import {type Task, tasksOf} from './tasks.js'
import {allSets, greenWeight, rolloutAt, type TaskSet, type World} from './world.js'

export type Line = {at: number; text: string}

/** The log group keeps one day; what is older is not generated. */
const retention = 24 * 3600 * second

/** Tasks that have written something, newest first: a task whose image never came has no log stream. */
export function loggingTasks(world: World, now: number): Task[] {
  const sets = allSets(world).filter((set) => set.createdAt <= now)
  return [...sets.flatMap((set) => tasksOf(world, set, now)), ...oneOffTasks(world.state)]
    .filter((task) => task.startedAt <= now && task.stoppedAt > now - retention)
    .sort((a, b) => b.startedAt - a.startedAt)
}

export const streamName = ({inventory}: World, task: Task) =>
  `${inventory.streamPrefix}/${inventory.container}/${task.id}`

/** What a task wrote in a window, oldest first: computed from the task and the time, never stored. */
export function linesOf(world: World, task: Task, from: number, to: number, now: number): Line[] {
  const start = Math.max(from, task.startedAt, now - retention)
  const end = Math.min(to, now, task.stoppedAt)
  const found: Line[] = []
  if (start > end) return found
  if (task.run) return commandLines(task).filter(({at}) => at >= start && at <= end)
  const fixed = [...startUp(task), ...shutDown(task)].filter(({at}) => at >= start && at <= end)
  const first = Math.floor(start / second)
  for (let s = first; s * second <= end && task.judgedAt < Infinity; s++) {
    found.push(...healthChecks(task, s), ...requests(world, task, s))
  }
  return [...fixed, ...found.filter(({at}) => at >= start && at <= end)].sort((a, b) => a.at - b.at)
}

const line = (at: number, text: string): Line => ({at: Math.round(at), text})

function startUp(task: Task): Line[] {
  const {log} = rehearsals[task.set.rehearsal] ?? {}
  const at = (ms: number) => task.startedAt + ms
  return [
    line(at(900), 'INFO:     Started server process [1]'),
    line(at(910), 'INFO:     Waiting for application startup.'),
    ...(log?.map((text, i) => line(at(3200 + i), text)) ?? [
      line(at(1800), 'INFO:     Application startup complete.'),
      line(at(1805), 'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)'),
    ]),
  ]
}

function shutDown(task: Task): Line[] {
  if (task.stoppedAt === Infinity || rehearsals[task.set.rehearsal]?.log) return []
  return ['Shutting down', 'Waiting for application shutdown.', 'Finished server process [1]'].map((text, i) =>
    line(task.stoppedAt - 2000 + i * 10, `INFO:     ${text}`),
  )
}

/** Two nodes of the load balancer, each every 30 s. */
function healthChecks(task: Task, s: number): Line[] {
  const {health} = rehearsals[task.set.rehearsal] ?? {}
  const at = s * second
  const phase = (s - Math.floor(task.registeredAt / second)) % 30
  if (at < task.registeredAt || at >= task.leavesAt || (phase !== 2 && phase !== 9)) return []
  if (health && health.Reason !== 'Target.ResponseCodeMismatch') return []
  const answer = health ? (health.Description.includes('404') ? '404 Not Found' : '503 Service Unavailable') : '200 OK'
  return [
    line(
      at + 137,
      `INFO:     10.0.${phase === 2 ? 0 : 1}.9:${40_000 + (s % 20_000)} - "GET /health HTTP/1.1" ${answer}`,
    ),
  ]
}

const paths = ['/api/v1/items', '/api/v1/items/42', '/api/v1/search?q=lamp', '/api/v1/users/me', '/api/v1/orders']

function requests(world: World, task: Task, s: number): Line[] {
  const at = s * second
  if (at < task.judgedAt || at >= task.leavesAt) return []
  const [dice, path, luck, port] = bytesFor(Number.parseInt(task.id.slice(0, 7), 16) + s)
  if (dice >= 0.4 * shareOf(world, task.set, at) * 256) return []
  const rollout = rolloutAt(world, at)
  const failed = rollout && (luck / 256) * 100 < errorPercent(world.state, rollout, task.set, at)
  const request = `INFO:     10.0.0.9:${40_000 + port * 70} - "GET ${paths[path % paths.length]} HTTP/1.1"`
  if (!failed) return [line(at + dice, `${request} 200 OK`)]
  return [
    line(at + dice, `${request} 500 Internal Server Error`),
    line(at + dice + 1, 'ERROR:    Exception in ASGI application'),
    line(at + dice + 2, "KeyError: 'price'"),
  ]
}

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

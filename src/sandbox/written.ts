import {activeFault} from './faults.js'
import {rehearsals} from './images.js'
import {second} from './plan.js'
import type {Task} from './tasks.js'
import {type Request, reasonOf, requestIn} from './traffic.js'
import type {World} from './world.js'

/** What an application writes to its standard output at one moment. */
export type Written = {at: number; text: string}

const line = (at: number, text: string): Written => ({at: Math.round(at), text})

/** What a task writes at its start and at its end. */
export const framing = (task: Task): Written[] => [...startUp(task), ...shutDown(task)]

function startUp(task: Task): Written[] {
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

function shutDown(task: Task): Written[] {
  if (task.stoppedAt === Infinity || rehearsals[task.set.rehearsal]?.log) return []
  return ['Shutting down', 'Waiting for application shutdown.', 'Finished server process [1]'].map((text, i) =>
    line(task.stoppedAt - 2000 + i * 10, `INFO:     ${text}`),
  )
}

/** What a task writes in one second while it runs. */
export function inSecond(world: World, task: Task, release: string, s: number): Written[] {
  const request = requestIn(world, task, s)
  const own = request ? [access(request), ...ofRequest(request, release)] : []
  return [...healthChecks(task, s), ...own, ...burst(world, task, s)]
}

/** Two nodes of the load balancer, each every 30 s. */
function healthChecks(task: Task, s: number): Written[] {
  const {health} = rehearsals[task.set.rehearsal] ?? {}
  const at = s * second
  const phase = (s - Math.floor(task.registeredAt / second)) % 30
  if (at < task.registeredAt || at >= task.leavesAt || (phase !== 2 && phase !== 9)) return []
  if (health && health.Reason !== 'Target.ResponseCodeMismatch') return []
  const client = `10.0.${phase === 2 ? 0 : 1}.9:${40_000 + (s % 20_000)}`
  const answer = health ? (health.Description.includes('404') ? '404 Not Found' : '503 Service Unavailable') : '200 OK'
  return [line(at + 137, `INFO:     ${client} - "GET /health HTTP/1.1" ${answer}`)]
}

const access = ({at, client, method, path, status}: Request) =>
  line(at, `INFO:     ${client} - "${method} ${path} HTTP/1.1" ${status} ${reasonOf(status)}`)

/** The frames of a failed request, as Python prints them: CloudWatch gets every line as an event of its own. */
const traceback = [
  'Traceback (most recent call last):',
  '  File "/usr/local/lib/python3.12/site-packages/uvicorn/protocols/http/httptools_impl.py", line 409, in run_asgi',
  '    result = await app(self.scope, self.receive, self.send)',
  '  File "/app/api/v1/items.py", line 58, in list_items',
  '    return [ItemOut(id=row["id"], price=row["price"]) for row in rows]',
  "KeyError: 'price'",
]

/** Releases before 1.0 had plain text only; from 1.1 on there are traces. */
function ofRequest(request: Request, release: string): Written[] {
  const {at, status, ms, event} = request
  const plain = release.startsWith('0.')
  const level = status >= 500 ? 'error' : status >= 400 ? 'warning' : 'info'
  const logger = `app.${request.path.split(/[/?]/)[3]}`
  const failed = ['ERROR:    Exception in ASGI application', ...traceback].map((text, i) => line(at + 1 + i, text))
  const exception = traceback.join('\n')
  const slow = {event: 'slow query', level: 'warning', logger: 'app.db', duration_ms: ms - 40}
  return [
    ...(status >= 500 ? failed : []),
    ...(plain
      ? []
      : [structured(request, release, status >= 500 ? {event, level, logger, exception} : {event, level, logger})]),
    ...(plain || ms < 600 ? [] : [structured(request, release, slow)]),
  ]
}

/** A line of structlog's JSONRenderer. */
function structured(request: Request, release: string, said: Record<string, unknown>): Written {
  const {at, method, path, status, ms, id, trace} = request
  const traced = /^1\.0\b/.test(release) ? {} : {trace_id: trace}
  const about = {request_id: id, ...traced, method, path: path.split('?')[0], status, duration_ms: ms, version: release}
  const text = JSON.stringify({...about, ...said, timestamp: new Date(at + 1).toISOString()})
  return line(at + 1, text)
}

/** The fault `log-burst`: somebody has left debug logging on. */
function burst({state}: World, task: Task, s: number): Written[] {
  const at = s * second
  if (state.faults.length === 0 || at < task.judgedAt || at >= task.leavesAt) return []
  const count = Number(activeFault(state.faults, 'log-burst', at)?.argument ?? 0)
  return Array.from({length: count}, (_, i) =>
    line(at + (i * second) / count, `DEBUG:    cache lookup ${s % 1000}-${i} hit=${i % 3 > 0}`),
  )
}

// fb's own work on log lines, between CloudWatch's answer and the pipe: log-lines parse|pretty|json COUNT. Its figures go to stderr.
import type {Entry} from '../../src/logs/entry.js'
import type {LogEvent} from '../../src/logs/event.js'
import {filterOf} from '../../src/logs/filter.js'
import {jsonLines} from '../../src/logs/format-json.js'
import {prettyFormat} from '../../src/logs/format-pretty.js'
import {Ledger} from '../../src/logs/ledger.js'
import {Output} from '../../src/logs/output.js'
import {parse} from '../../src/logs/parse.js'
import {zoneOf} from '../../src/logs/zone.js'
import {Voice} from '../../src/terminal/voice.js'

/** A page of CloudWatch has 1 MB. */
const PAGE = 2500
const START = Date.UTC(2026, 10, 22, 14)

const [mode, many] = process.argv.slice(2)
const count = Number(many)

/** Half access lines of uvicorn, half JSON of structlog, as this application writes them; 2,000 a second, of 8 tasks. */
function event(i: number): LogEvent {
  const at = START + Math.floor(i / 2)
  const n = (i * 7919) % 100_000
  const message =
    i % 2 === 0
      ? `INFO:     10.0.${n % 4}.9:${40_000 + (n % 20_000)} - "GET /api/v1/items/${n} HTTP/1.1" ${n % 50 === 0 ? '500 Internal Server Error' : '200 OK'}`
      : `{"request_id":"${n.toString(16).padStart(8, '0')}","method":"GET","path":"/api/v1/items/${n}","status":200,"duration_ms":${n % 90},"version":"1.0.0","event":"item shown","level":"info","logger":"app.items","timestamp":"2026-11-22T14:02:11.482Z","user":{"id":${n}}}`
  const stream = `ecs-v1/fastapi-bootstrap-v1/0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1${i % 8}`
  return {
    id: String(i).padStart(56, '3'),
    at,
    ingestedAt: at + 400,
    group: '/ecs/fastapi-bootstrap-dev',
    stream,
    message,
  }
}

/** As an answer of CloudWatch is parsed: strings that are whole. */
const page = (first: number): LogEvent[] =>
  JSON.parse(JSON.stringify(Array.from({length: PAGE}, (_, i) => event(first + i))))

/** What this process computed for, whatever else the machine does (ms). */
function worked(): number {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1000
}

/** Time spent on making the events is no work of fb's. */
let making = 0
function made(first: number): LogEvent[] {
  const start = worked()
  const events = page(first)
  making += worked() - start
  return events
}

/** Each page is read twice, as following does it. */
function parseAll(): number {
  const ledger = new Ledger()
  let seen = 0
  for (let first = 0; first < count; first += PAGE) {
    const events = made(first)
    const now = events.at(-1)!.at
    for (const one of events) {
      if (!ledger.admit(one, now)) continue
      parse(one.message)
      seen++
    }
    if (events.some((one) => ledger.admit(one, now))) throw new Error('seen twice')
    ledger.forget(now - 130_000, now)
  }
  return seen
}

async function* entries(): AsyncGenerator<Entry[], number, void> {
  const output = new Output({filter: filterOf({}), order: 'arrival'})
  const ledger = new Ledger()
  for (let first = 0; first < count; first += PAGE) {
    const events = made(first)
    const now = events.at(-1)!.at
    yield output.take(
      events.filter((one) => ledger.admit(one, now)),
      now,
    )
    ledger.forget(now - 10_000, now)
  }
  return output.shown
}

const format = mode === 'json' ? jsonLines : prettyFormat({zone: zoneOf('utc')})
const voice = new Voice({argv: [], json: false, env: process.env})
const start = worked()
const done = mode === 'parse' ? parseAll() : await voice.pour(entries(), format)
const ms = worked() - start - making
const mib = process.resourceUsage().maxRSS / 1024
process.stderr.write(`${JSON.stringify({perSecond: Math.round((done / ms) * 1000), mib: Math.round(mib)})}\n`)

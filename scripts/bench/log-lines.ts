// fb's own work on log lines, between CloudWatch's answer and the pipe: log-lines parse|pretty|json COUNT. How many a second goes to stderr.
import {systemClock} from '../../src/clock.js'
import type {LogEvent} from '../../src/logs/event.js'
import {filterOf} from '../../src/logs/filter.js'
import {jsonLines} from '../../src/logs/format-json.js'
import {prettyFormat} from '../../src/logs/format-pretty.js'
import {Ledger} from '../../src/logs/ledger.js'
import {parse} from '../../src/logs/parse.js'
import type {Page, Query} from '../../src/logs/source.js'
import {tail} from '../../src/logs/tail.js'
import {zoneOf} from '../../src/logs/zone.js'
import {Voice} from '../../src/terminal/voice.js'
import {eventAt, PAGE} from './log-events.js'

const START = Date.UTC(2026, 10, 22, 14)

const [mode, many] = process.argv.slice(2)
const count = Number(many)

/** What this process computed for, whatever else the machine does (ms). */
function worked(): number {
  const {user, system} = process.cpuUsage()
  return (user + system) / 1000
}

/** Time spent on making the events is no work of fb's. */
let making = 0

/** As an answer of CloudWatch is parsed: strings that are whole. */
function page(first: number): LogEvent[] {
  const start = worked()
  const length = Math.min(PAGE, count - first)
  const events = JSON.parse(JSON.stringify(Array.from({length}, (_, i) => eventAt(first + i, START))))
  making += worked() - start
  return events
}

/** Each page is read twice, as following does it. */
function parseAll(): number {
  const ledger = new Ledger()
  let seen = 0
  for (let first = 0; first < count; first += PAGE) {
    const events = page(first)
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

/** All of it goes through a tail to the pipe. */
async function pourAll(): Promise<number> {
  const read = async ({token}: Query): Promise<Page> => {
    const first = Number(token ?? 0)
    const next = first + PAGE
    return {events: page(first), ...(next < count && {next: String(next)})}
  }
  const {signal} = new AbortController()
  const plan = {sources: [{group: 'g'}], since: START, follow: false, late: 120_000, saved: []}
  const output = {filter: filterOf({}), order: 'arrival'} as const
  const patience = {clock: systemClock, signal, login: false, note() {}}
  const means = {page: read, clock: systemClock, pace: {turn: async () => {}}, patience}
  const format = mode === 'json' ? jsonLines : prettyFormat({zone: zoneOf('utc')})
  const voice = new Voice({argv: [], json: false, env: process.env})
  return (await voice.pour(tail({...plan, ...output}, means, signal), format)).lines
}

const start = worked()
const done = mode === 'parse' ? parseAll() : await pourAll()
const ms = worked() - start - making
if (done !== count) throw new Error(`${done} lines instead of ${count}`)
process.stderr.write(String(Math.round((done / ms) * 1000)))

// Searches a store of many events in memory, whose pages take 100 ms: as fb does it, or page after page. Says how long that took.
import {setMaxListeners} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'

import {systemClock} from '../../src/clock.js'
import type {LogEvent} from '../../src/logs/event.js'
import {filterOf} from '../../src/logs/filter.js'
import {type Pace, paceOf} from '../../src/logs/quota.js'
import {filtered, type Search} from '../../src/logs/search.js'
import type {Page, Query, ReadPage} from '../../src/logs/source.js'

const LATENCY = 100
const START = Date.UTC(2026, 10, 22)
/** Events in a page of 1 MB, and how many ms lie between two of them. */
const PAGE = 3800
const GAP = 40
const RARE = 100

const [mode, size] = process.argv.slice(2)
const COUNT = Number(size)
const paces: Record<string, Pace> = {
  free: {turn: async () => {}},
  quota: paceOf({perSecond: 25}, systemClock, 0.8),
}
const search: Search = {
  from: START,
  to: START + COUNT * GAP,
  sources: [{group: 'g'}],
  text: 'timeout',
  filter: filterOf({}),
}

const started = performance.now()
const found = mode === 'serial' ? await pageAfterPage() : await asFb(paces[mode!]!)
if (found !== COUNT / RARE) throw new Error(`${found} found instead of ${COUNT / RARE}`)
const seconds = (performance.now() - started) / 1000
process.stdout.write(JSON.stringify({seconds, mib: process.resourceUsage().maxRSS / 1024}))

async function asFb(pace: Pace): Promise<number> {
  const {signal} = new AbortController()
  setMaxListeners(0, signal)
  const patience = {clock: systemClock, signal, login: false, note() {}}
  let count = 0
  for await (const {entries} of filtered(search, {page, pace, patience})) count += entries.length
  return count
}

async function pageAfterPage(): Promise<number> {
  let query: Query | undefined = {group: 'g', from: search.from, to: search.to}
  let count = 0
  while (query) {
    const {events, next}: Page = await page(query)
    count += events.length
    query = next ? {...query, token: next} : undefined
  }
  return count
}

/** A page looks at as many events as fit into it; of those, the ones with the text are in it. */
async function page({from, to = Number.POSITIVE_INFINITY, token}: Parameters<ReadPage>[0]): Promise<Page> {
  await wait(LATENCY)
  const first = token ? Number(token) : Math.max(0, Math.ceil((from - START) / GAP))
  const last = Math.min(COUNT - 1, Math.floor((to - START) / GAP))
  const end = Math.min(last + 1, first + PAGE)
  const events: LogEvent[] = []
  for (let i = Math.ceil(first / RARE) * RARE; i < end; i += RARE) events.push(eventAt(i))
  return {events, ...(end <= last && {next: String(end)})}
}

function eventAt(i: number): LogEvent {
  const at = START + i * GAP
  const message = `{"event":"upstream timeout","level":"error","path":"/api/v1/items","number":${i}}`
  return {id: String(i), at, ingestedAt: at, group: 'g', stream: `ecs-v1/app/${i % 4}`, message}
}

import type {Clock} from '../../src/clock.js'
import type {LogEvent} from '../../src/logs/event.js'
import type {Page, Query} from '../../src/logs/source.js'

export const START = Date.UTC(2026, 10, 22, 14, 0, 0)

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A clock that only moves when somebody sleeps, or when it is told to. */
export function manualClock(start = START) {
  let now = start
  const clock: Clock & {advance(ms: number): void} = {
    now: () => new Date(now),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      now += ms
    },
    advance: (ms) => {
      now += ms
    },
  }
  return clock
}

/** A clock for several who sleep at the same time: it moves to whoever wakes first, once all of them wait. */
export function sharedClock(start = START) {
  let now = start
  const sleepers = new Map<() => void, number>()
  let planned = false
  const plan = () => {
    if (planned || sleepers.size === 0) return
    planned = true
    setImmediate(() => {
      planned = false
      const [first] = [...sleepers].sort(([, a], [, b]) => a - b)
      if (first) {
        const [wake, at] = first
        now = Math.max(now, at)
        wake()
      }
      plan()
    })
  }
  const clock: ReturnType<typeof manualClock> = {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const end = (settle: () => void) => {
          sleepers.delete(wake)
          signal?.removeEventListener('abort', abort)
          settle()
        }
        const wake = () => end(resolve)
        const abort = () => end(() => reject(signal!.reason))
        signal?.addEventListener('abort', abort, {once: true})
        sleepers.set(wake, now + ms)
        plan()
      }),
    advance: (ms) => {
      now += ms
    },
  }
  return clock
}

/** An event, and when CloudWatch has it. */
export type Arriving = LogEvent & {visible: number}

export type Weather = {
  /** Events on a page. */
  size: () => number
  /** How long an answer takes (ms). */
  latency: () => number
  /** The chance of each trouble at a call. */
  trouble: number
}

const named = (name: string, more = {}) => Object.assign(new Error(name), {name, ...more})

/** What goes wrong instead of an answer. */
const FAILURES = [
  () => named('ThrottlingException', {$metadata: {httpStatusCode: 400}}),
  () => named('Error', {code: 'ECONNRESET'}),
  () => named('ServiceUnavailableException', {$fault: 'server', $metadata: {httpStatusCode: 503}}),
  () => named('TimeoutError'),
  () => named('ExpiredTokenException', {$metadata: {httpStatusCode: 400}}),
]

/**
 * CloudWatch's FilterLogEvents over events that arrive, from either end: what landed behind a page is not returned any more, pages may be empty,
 * repeat some events, or come with a token that was used already; tokens expire, calls fail.
 */
export function cloudWatch(
  events: Arriving[],
  clock: ReturnType<typeof manualClock>,
  weather: Weather,
  random: () => number,
) {
  const sorted = [...events].sort((a, b) => a.at - b.at)
  const firstAt = (at: number) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]!.at < at) low = middle + 1
      else high = middle
    }
    return low
  }
  const calls = {total: 0, failed: 0, odd: 0}
  const chance = () => random() < weather.trouble
  const read = async ({from, to = Number.POSITIVE_INFINITY, token, newestFirst}: Query): Promise<Page> => {
    calls.total++
    clock.advance(weather.latency())
    if (chance()) {
      calls.failed++
      throw FAILURES[Math.floor(random() * FAILURES.length)]!()
    }
    if (token && chance()) {
      calls.odd++
      throw named('InvalidParameterException', {message: 'The specified nextToken is invalid.'})
    }
    const now = clock.now().getTime()
    const start = newestFirst ? firstAt(to + 1) - 1 : firstAt(from)
    const step = newestFirst ? -1 : 1
    let index = token ? Number(token.split('/')[0]) : start
    if (chance()) {
      calls.odd++
      return {events: [], next: `${index}/${calls.total}`}
    }
    const size = weather.size()
    const found: Arriving[] = []
    const over = () => !(sorted[index] && sorted[index]!.at >= from && sorted[index]!.at <= to)
    for (; !over() && found.length < size; index += step) if (sorted[index]!.visible <= now) found.push(sorted[index]!)
    if (newestFirst) found.reverse()
    if (over()) return {events: found}
    if (token && chance()) {
      calls.odd++
      return {events: found, next: token}
    }
    const repeated = newestFirst ? Math.min(start, index + 3) : Math.max(start, index - 3)
    return {events: found, next: `${chance() ? repeated : index}/${calls.total}`}
  }
  return {read, calls}
}

import type {Clock} from '../clock.js'
import {explain, isLoggedOut, UsageError} from '../errors.js'
import type {LogEvent} from './event.js'
import {isPassing, unless} from './retry.js'
import {holds, type Source} from './source.js'

/** What a session of Live Tail sends: of these groups, and with one group alone of these streams. */
export type LiveQuery = {groups: string[]; prefixes?: string[]; streams?: string[]; pattern?: string}

/** What has arrived within a second; events without an id. Of more than 500 only some, by chance: `sampled`. */
export type LiveUpdate = {events: LogEvent[]; sampled: boolean}

export type OpenLive = (query: LiveQuery, stop: AbortSignal) => AsyncIterable<LiveUpdate>

/** StartLiveTail's own limits. */
const GROUPS = 10
const STREAMS = 10

const FIRST = 1000
const MOST = 60_000

export const LIVE_NOTE =
  'Live Tail shows lines sooner. It takes one of the 15 sessions of the account and is charged by the minute (1,800 a month are free).'

export function refuseManyGroups(sources: Source[]): void {
  const {length} = groupsOf(sources)
  if (length <= GROUPS) return
  throw new UsageError(`Live Tail follows ${GROUPS} log groups at most, and these are ${length}.`, {
    code: 'too_many_groups',
    next: ['without --live'],
  })
}

const groupsOf = (sources: Source[]) => [...new Set(sources.map(({group}) => group))]

/** One session for all sources: each one costs. What else is in their groups is left out here. */
export function liveQuery(sources: Source[], pattern?: string): LiveQuery {
  const groups = groupsOf(sources)
  if (groups.length > 1) return {groups, pattern}
  const streams = sources.flatMap((source) => source.streams ?? [])
  if (sources.every((source) => source.streams)) return {groups, pattern, ...few('streams', streams)}
  const prefixes = sources.flatMap(({prefix}) => prefix ?? [])
  return {groups, pattern, ...(prefixes.length === sources.length && few('prefixes', prefixes))}
}

const few = (what: 'streams' | 'prefixes', names: string[]) => (names.length <= STREAMS ? {[what]: names} : {})

const BECAUSE: Record<string, string> = {
  LimitExceededException: 'no session is free in this account',
  SessionStreamingException: 'the session broke off',
}

type Means = {
  open: OpenLive
  clock: Clock
  note: (text: string) => void
  /** Nothing dated later is wanted (ms). */
  until?: number
}

/**
 * Live Tail as a lane that is only quicker: it samples, breaks off, and brings nothing of the time before. Whatever happens
 * to it is said, and never ends the reading.
 */
export class LiveLane {
  /** Whether it sends at the moment; then polling may take its time. */
  open = false
  private sampled = false
  private broken = false

  constructor(
    private readonly sources: Source[],
    private readonly query: LiveQuery,
    private readonly means: Means,
  ) {}

  /** What has arrived in the streams, until `stop`. */
  async *follow(stop: AbortSignal): AsyncGenerator<LogEvent[], void> {
    const {clock} = this.means
    for (let tries = 0; !stop.aborted; tries++) {
      const began = clock.now().getTime()
      let sent = false
      try {
        for await (const update of this.means.open(this.query, stop)) {
          sent = true
          this.sends(update)
          // A part of a second would tear tracebacks apart.
          yield update.sampled ? [] : update.events.filter(this.isWanted).sort((a, b) => a.at - b.at)
        }
      } catch (error) {
        if (stop.aborted || !this.mayTryAgain(error, sent)) return
      } finally {
        this.open = false
      }
      if (clock.now().getTime() - began > MOST) tries = 0
      await clock.sleep(Math.min(MOST, FIRST * 2 ** tries), stop).catch(unless(stop))
    }
  }

  private isWanted = (event: LogEvent): boolean =>
    event.at <= (this.means.until ?? Number.POSITIVE_INFINITY) && this.sources.some((source) => holds(source, event))

  private sends({sampled}: LiveUpdate): void {
    if (this.broken) this.means.note('Live Tail is back. What came meanwhile is shown by polling.')
    this.broken = false
    if (sampled && !this.sampled)
      this.means.note('More than 500 lines a second: Live Tail leaves some out, and polling shows them.')
    this.sampled ||= sampled
    this.open = !this.sampled
  }

  /** A session ends after three hours; everything else is told, once. */
  private mayTryAgain(error: unknown, sent: boolean): boolean {
    const {name} = error as Error
    if (name === 'SessionTimeoutException') return true
    const known = BECAUSE[sent ? 'SessionStreamingException' : name]
    const passing = known !== undefined || isPassing(error) || isLoggedOut(error)
    const because = known ?? explain(error).message.replace(/\.$/, '')
    const then = passing ? 'Lines come by polling until it is back.' : 'Lines come by polling alone.'
    if (!this.broken || !passing) this.means.note(`Live Tail: ${because}. ${then}`)
    this.broken = true
    return passing
  }
}

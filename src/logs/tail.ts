import type {Clock} from '../clock.js'
import {age} from '../durations.js'
import type {Looking, Progress} from './catching-up.js'
import {Echoes} from './echoes.js'
import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import {lastLines} from './last-lines.js'
import type {Saved} from './ledger.js'
import {LiveLane, liveQuery, type OpenLive} from './live.js'
import {asTheyCome, byTime, inParts} from './merge.js'
import {type Ended, Output, type OutputPlan} from './output.js'
import type {Pace} from './quota.js'
import {Reading} from './reading.js'
import {type Patience, TimeIsUp} from './retry.js'
import {Silence} from './silence.js'
import type {ReadPage, Source} from './source.js'

export type TailPlan = OutputPlan & {
  sources: Source[]
  /** Times in ms since 1970. */
  since: number
  until?: number
  /** When following ends, whatever the lines are dated. */
  end?: number
  follow: boolean
  /** Only the newest so many of what there is already. */
  lines?: number
  /** How long after its timestamp a line may turn up (ms). */
  late: number
  pattern?: string
  /** Where earlier readings of some of the sources ended. */
  saved: Kept[]
}

export type Kept = {source: Source; saved: Saved}

const placeOf = ({group, prefix, streams}: Source) => JSON.stringify([group, prefix, streams])

/** Where an earlier reading of the same streams ended, whatever it looked for. */
export const keptOf = (source: Source, saved: Kept[]): Kept | undefined =>
  saved.find((kept) => placeOf(kept.source) === placeOf(source))

export type TailMeans = {
  page: ReadPage
  clock: Clock
  pace: Pace
  patience: Patience
  /** Shows lines sooner, where that is wanted. */
  live?: OpenLive
  /** Told now and then, and at the end, how far it has come; everything up to there was shown. */
  keep?: (kept: Kept[]) => Promise<void>
  /** Told when there was nothing to read so far. */
  nothing?: () => Promise<void>
  /** Told before lines are shown, and when nothing more comes, how far all is read. */
  progress?: (progress: Progress) => void
  /** Told while one page is not enough for the newest lines. */
  looking?: (looking: Looking) => void
  /** Told that time passes. */
  tick?: (now: number) => void
}

export type Summary = {
  reason: Ended | 'interrupted' | 'end' | 'error'
  /** Shown: a traceback whose lines are events of their own is one line. */
  lines: number
  events: number
  read: number
  late: number
  health: number
  calls: number
  throttled: number
}

type Ending = Summary & {error?: unknown}

const KEEP = 10_000
const NEVER = Number.POSITIVE_INFINITY
const OVER: Progress = {reached: 0, to: 0, pages: 0, lines: 0}

/**
 * What is there already, oldest first; then, following, what comes. Hands out what is to be shown, and returns when `stop`,
 * the plan's end or what a script waits for has come, or with the `error` that nothing can be done about.
 */
export const tail = (plan: TailPlan, means: TailMeans, stop: AbortSignal): AsyncGenerator<Entry[], Ending, void> =>
  new Tail(plan, means, stop).run()

class Tail {
  private readonly lane: LiveLane | undefined
  private readonly readings: Reading[]
  private readonly output: Output
  private readonly silence: Silence
  /** Those that begin with the newest lines, as long as these were not sent. Between a cursor's place and now none is passed over. */
  private fresh: Reading[] = []
  private caughtUp = false
  private keptAt = 0

  constructor(
    private readonly plan: TailPlan,
    private readonly means: TailMeans,
    private readonly stop: AbortSignal,
  ) {
    const lane = plan.follow ? laneOf(plan, means) : undefined
    const readings = plan.sources.map((source) => readingOf(source, plan, means, lane))
    const echoes = new Echoes(() => least(readings, ({floor}) => floor))
    this.output = new Output(plan, lane && ((events) => echoes.first(events)))
    if (plan.lines !== undefined) this.fresh = readings.filter(({source}) => !keptOf(source, plan.saved))
    this.lane = lane
    this.readings = readings
    this.silence = new Silence(this.now(), means.patience.note)
  }

  async *run(): AsyncGenerator<Entry[], Ending, void> {
    let error: unknown
    try {
      const behind = this.readings.filter((reading) => !this.fresh.includes(reading))
      if (this.fresh.length > 0) yield await this.newest()
      yield* this.coming(behind)
    } catch (thrown) {
      // What was still under way when a person or the plan ended it is not missed.
      if (!this.stop.aborted && !(thrown instanceof TimeIsUp)) error = thrown
    } finally {
      this.means.progress?.(OVER)
    }
    const rest = this.output.release(this.now())
    if (rest.length > 0) yield rest
    if (!error || this.output.read > 0) await this.keep().catch((unkept: unknown) => (error ??= unkept))
    return {...this.summary(), ...(error !== undefined && {reason: 'error', error})}
  }

  private now(): number {
    return this.readings[0]!.now()
  }

  private async newest(): Promise<Entry[]> {
    const last = await lastLines(this.fresh, this.output, this.plan, this.means, this.stop)
    this.means.progress?.(OVER)
    this.fresh = []
    return this.output.send(last, this.now())
  }

  private async *coming(behind: Reading[]): AsyncGenerator<Entry[], void> {
    for await (const batch of inParts(this.batches(behind))) {
      this.means.tick?.(this.now())
      if (this.now() - this.keptAt >= KEEP) await this.keep()
      // In the past an empty page is no time that passes.
      const entries = batch.length > 0 || this.caughtUp ? this.output.take(batch, this.now()) : []
      for (const reading of this.readings) reading.taken(batch)
      this.silence.tick(this.output, entries.length, this.now())
      this.means.progress?.(this.progress(entries.length))
      if (entries.length > 0) yield entries
      if (this.output.ended) return
    }
  }

  /** What there is already of those that are `behind`, then what comes. */
  private async *batches(behind: Reading[]): AsyncGenerator<LogEvent[], void> {
    const {follow, until, end} = this.plan
    const to = follow ? undefined : (until ?? this.now())
    yield* byTime(behind.map((reading) => reading.history(this.stop, to)))
    if (!this.stop.aborted) await this.hasCaughtUp()
    if (!follow) return
    const polling = this.readings.map((reading) => reading.follow(this.stop, Math.min(until ?? NEVER, end ?? NEVER)))
    const over = new AbortController()
    try {
      yield* asTheyCome(polling, this.lane && [this.lane.follow(AbortSignal.any([this.stop, over.signal]))])
    } finally {
      over.abort()
    }
  }

  /** Who sees nothing is told why. */
  private async hasCaughtUp(): Promise<void> {
    const {plan, means, output} = this
    this.caughtUp = true
    if (output.read === 0) await means.nothing?.()
    if (plan.follow && plan.lines === undefined && output.shown + output.held().length === 0)
      means.patience.note(`Nothing to show of the last ${age(this.now() - plan.since)}; what comes is shown.`)
  }

  private progress(lines: number): Progress {
    const reached = least(this.readings, (reading) => reading.reached)
    return {reached, to: Math.min(this.plan.until ?? NEVER, this.now()), pages: this.sum('calls'), lines}
  }

  /** Tells how far it has come. What is not read this time, or could not be sent, stays where it was. */
  private async keep(): Promise<void> {
    const {plan, readings, fresh, output, means} = this
    if (!means.keep) return
    this.keptAt = this.now()
    const held = output.held()
    const read = plan.sources.map(placeOf)
    const others = plan.saved.filter(({source}) => !read.includes(placeOf(source)))
    const sent = readings.filter((reading) => !fresh.includes(reading))
    await means.keep([...others, ...sent.map((reading) => ({source: reading.source, saved: reading.save(held)}))])
  }

  private sum(what: 'calls' | 'throttled'): number {
    return this.readings.reduce((sum, reading) => sum + reading[what], 0)
  }

  private summary(): Summary {
    const {output, plan, stop} = this
    return {
      reason: output.ended ?? (stop.aborted ? 'interrupted' : 'end'),
      lines: output.shown,
      events: output.events,
      read: output.read,
      late: output.late,
      health: plan.filter.hidden.health,
      calls: this.sum('calls'),
      throttled: this.sum('throttled'),
    }
  }
}

const least = (readings: Reading[], of: (reading: Reading) => number) => Math.min(...readings.map(of))

function readingOf(
  source: Source,
  {since, until, end, late, pattern, saved}: TailPlan,
  {page, clock, pace, patience}: TailMeans,
  lane?: LiveLane,
): Reading {
  const aided = () => lane?.open ?? false
  return new Reading(
    source,
    since,
    {read: page, clock, pace, patience, pattern, late, until, end, aided},
    keptOf(source, saved)?.saved,
  )
}

const laneOf = ({sources, pattern, until}: TailPlan, {live: open, clock, patience: {note}}: TailMeans) =>
  open && new LiveLane(sources, liveQuery(sources, pattern), {open, clock, note, until})

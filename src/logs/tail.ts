import type {Clock} from '../clock.js'
import {age} from '../durations.js'
import type {Looking, Progress} from './catching-up.js'
import {Echoes} from './echoes.js'
import type {Entry} from './entry.js'
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

const KEEP = 10_000
const NEVER = Number.POSITIVE_INFINITY
const OVER: Progress = {reached: 0, to: 0, pages: 0, lines: 0}

/**
 * What is there already, oldest first; then, following, what comes. Hands out what is to be shown, and returns when `stop`,
 * the plan's end or what a script waits for has come, or with the `error` that nothing can be done about.
 */
export async function* tail(
  plan: TailPlan,
  means: TailMeans,
  stop: AbortSignal,
): AsyncGenerator<Entry[], Summary & {error?: unknown}, void> {
  const lane = plan.follow ? laneOf(plan, means) : undefined
  const readings = plan.sources.map((source) => readingOf(source, plan, means, lane))
  const echoes = new Echoes(() => Math.min(...readings.map(({floor}) => floor)))
  const output = new Output(plan, lane && ((events) => echoes.first(events)))
  const now = () => readings[0]!.now()
  const silence = new Silence(now(), means.patience.note)
  const fresh = freshOf(readings, plan)
  const unsent = new Set(fresh)
  const keeper = keeping(() => readings.filter((reading) => !unsent.has(reading)), output, plan, means)
  let caughtUp = false
  const nothing = async () => {
    caughtUp = true
    if (output.read === 0) await means.nothing?.()
    if (plan.follow && plan.lines === undefined && output.shown + output.held().length === 0)
      means.patience.note(`Nothing to show of the last ${age(now() - plan.since)}; what comes is shown.`)
  }
  let error: unknown
  try {
    if (fresh.length > 0) {
      const last = await lastLines(fresh, output, plan, means, stop)
      means.progress?.(OVER)
      unsent.clear()
      yield output.send(last, now())
    }
    const behind = readings.filter((reading) => !fresh.includes(reading))
    for await (const batch of inParts(batchesOf({readings, behind, lane}, plan, stop, nothing))) {
      means.tick?.(now())
      await keeper(now())
      // In the past an empty page is no time that passes.
      const entries = batch.length > 0 || caughtUp ? output.take(batch, now()) : []
      for (const reading of readings) reading.taken(batch)
      silence.tick(output, entries.length, now())
      const to = Math.min(plan.until ?? NEVER, now())
      const reached = Math.min(...readings.map((reading) => reading.reached))
      means.progress?.({reached, to, pages: callsOf(readings), lines: entries.length})
      if (entries.length > 0) yield entries
      if (output.ended) break
    }
  } catch (thrown) {
    // What was still under way when a person or the plan ended it is not missed.
    if (!stop.aborted && !(thrown instanceof TimeIsUp)) error = thrown
  } finally {
    means.progress?.(OVER)
  }
  const rest = output.release(now())
  if (rest.length > 0) yield rest
  if (!error || output.read > 0) await keeper().catch((unkept: unknown) => (error ??= unkept))
  return {...summary(readings, output, plan, stop), ...(error !== undefined && {reason: 'error', error})}
}

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

/** Those that begin with the newest lines. Between a cursor's place and now no line is passed over. */
const freshOf = (readings: Reading[], {lines, saved}: TailPlan): Reading[] =>
  lines === undefined ? [] : readings.filter(({source}) => !keptOf(source, saved))

type Reads = {readings: Reading[]; behind: Reading[]; lane?: LiveLane}

/** What there is already of those that are `behind`, then what comes. */
async function* batchesOf(
  {readings, behind, lane}: Reads,
  {follow, until, end}: TailPlan,
  stop: AbortSignal,
  nothing: () => Promise<unknown>,
) {
  const to = follow ? undefined : (until ?? readings[0]!.now())
  yield* byTime(behind.map((reading) => reading.history(stop, to)))
  if (!stop.aborted) await nothing()
  if (!follow) return
  const polling = readings.map((reading) => reading.follow(stop, Math.min(until ?? NEVER, end ?? NEVER)))
  const over = new AbortController()
  try {
    yield* asTheyCome(polling, lane && [lane.follow(AbortSignal.any([stop, over.signal]))])
  } finally {
    over.abort()
  }
}

/** Tells how far it has come, every ten seconds; without a time, now. What is not read this time stays where it was. */
function keeping(readings: () => Reading[], output: Output, {sources, saved}: TailPlan, {keep}: TailMeans) {
  const read = sources.map(placeOf)
  const others = saved.filter(({source}) => !read.includes(placeOf(source)))
  let last = 0
  return async (now?: number): Promise<void> => {
    if (!keep || (now !== undefined && now - last < KEEP)) return
    last = now ?? last
    const held = output.held()
    await keep([...others, ...readings().map((reading) => ({source: reading.source, saved: reading.save(held)}))])
  }
}

const summary = (readings: Reading[], output: Output, {filter}: TailPlan, stop: AbortSignal): Summary => ({
  reason: output.ended ?? (stop.aborted ? 'interrupted' : 'end'),
  lines: output.shown,
  events: output.events,
  read: output.read,
  late: output.late,
  health: filter.hidden.health,
  calls: callsOf(readings),
  throttled: readings.reduce((sum, {throttled}) => sum + throttled, 0),
})

const callsOf = (readings: Reading[]) => readings.reduce((sum, {calls}) => sum + calls, 0)

import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import type {Filter} from './filter.js'
import {Folding} from './fold.js'
import {Ordering} from './order.js'

/** What ends a tail before its time. */
export type Ends = {max?: number; untilMatch?: RegExp; failOn?: RegExp}
export type Ended = 'max' | 'matched' | 'failed'

export type OutputPlan = Ends & {
  filter: Filter
  order: 'arrival' | 'time'
  serviceOf?: (event: LogEvent) => string | undefined
}

/** Lines older than the one before by more than this are late: tasks are always a moment out of step. */
const LATE = 1000

/** What is dated further back was not logged just now. */
const PAST = 60_000

/** From events as they are read to entries as they are shown: folded, filtered, in order, and no more than wanted. */
export class Output {
  shown = 0
  /** Events that are shown: a traceback can be many. */
  events = 0
  late = 0
  read = 0
  ended: Ended | undefined
  /** The time of the newest entry shown (ms); of an event that is dated later than now, now. */
  newest = 0
  private readonly folding: Folding
  private readonly ordering = new Ordering()
  private rest: LogEvent[] = []

  /** `first` leaves of events those that were not taken in another way. */
  constructor(
    private readonly plan: OutputPlan,
    private readonly first = (events: LogEvent[]) => events,
  ) {
    this.folding = new Folding(plan.serviceOf)
  }

  take(batch: LogEvent[], now: number): Entry[] {
    const events = this.first(batch)
    this.read += events.length
    const entries: Entry[] = []
    const last = events.at(-1)?.at ?? now
    // Of what is read long after it was logged, time passes from line to line: a traceback must not wait for today.
    const past = now - last > PAST
    for (const event of events) {
      if (past) entries.push(...this.folding.release(event.at))
      entries.push(...this.folding.take(event, past ? event.at : now))
    }
    entries.push(...this.folding.release(past ? last : now))
    return this.show(entries, now)
  }

  /** The entries of one page that stands for itself, as far as they are wanted, by time: a traceback is whole after what came within it. */
  select(page: LogEvent[]): Entry[] {
    const events = this.first(page)
    this.read += events.length
    const folding = new Folding(this.plan.serviceOf)
    const entries = events.flatMap((event) => folding.take(event, 0))
    const all = [...entries, ...folding.release()].filter(this.plan.filter.accepts)
    return all.sort((a, b) => a.event.at - b.event.at)
  }

  /** What was held back. */
  release(now: number): Entry[] {
    const entries = this.folding.release()
    if (this.plan.order === 'arrival') return this.show(entries, now)
    this.ordering.take(entries.filter(this.plan.filter.accepts), now)
    return this.send(this.ordering.release(), now)
  }

  /** Events that were taken and are not shown yet. */
  held(): LogEvent[] {
    return [...this.folding.held(), ...this.ordering.held().flatMap(({events}) => events), ...this.rest]
  }

  private show(entries: Entry[], now: number): Entry[] {
    const accepted = entries.filter(this.plan.filter.accepts)
    if (this.plan.order === 'arrival') return this.send(accepted, now)
    this.ordering.take(accepted, now)
    return this.send(this.ordering.release(now), now)
  }

  /** Counts and marks what is shown now: these, or as many as are wanted. */
  send(entries: Entry[], now: number): Entry[] {
    const end = this.endOf(entries)
    this.rest.push(...entries.slice(end).flatMap(({events}) => events))
    const sent = entries.slice(0, end)
    for (const entry of sent) this.mark(entry, now)
    this.shown += sent.length
    for (const {events} of sent) this.events += events.length
    return sent
  }

  private mark(entry: Entry, now: number): void {
    const {at} = entry.event
    const late = this.newest - at
    if (late > LATE) {
      entry.late = late
      this.late++
    }
    this.newest = Math.max(this.newest, Math.min(at, now))
  }

  /** How many of these may be shown until something ends it. */
  private endOf(entries: Entry[]): number {
    if (this.ended) return 0
    const {max = Number.POSITIVE_INFINITY, untilMatch, failOn} = this.plan
    const has = ({events}: Entry, pattern?: RegExp) => pattern && events.some(({message}) => pattern.test(message))
    const room = max - this.shown
    if (untilMatch || failOn) {
      const at = entries.slice(0, room).findIndex((entry) => has(entry, failOn) || has(entry, untilMatch))
      if (at >= 0) {
        this.ended = has(entries[at]!, failOn) ? 'failed' : 'matched'
        return at + 1
      }
    }
    if (entries.length < room) return entries.length
    this.ended = 'max'
    return room
  }
}

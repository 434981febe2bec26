import {duration} from '../durations.js'
import {Asking, type Way} from './asking.js'
import {backwards} from './backwards.js'
import type {LogEvent} from './event.js'
import {beginOf, Ledger, type Saved} from './ledger.js'
import {unless} from './retry.js'
import {FRUITLESS, holds, nowhere, type Query, type Source} from './source.js'

/** Beyond the time in which an event may turn up: for the granularity of clocks, and for what shows a moment after it was ingested. */
const MARGIN = 10_000
/** How often the newest events are read, and older ones once more (ms). */
const TICK = 2000
const AGAIN = 10_000
/** Each look at the newest events goes back this far, because tasks send their lines in batches of 5 s (the awslogs driver). */
const OVERLAP = 10_000
/** What is this old is read once more; what is as old as `late` allows is read for the last time. */
const AGES = [30_000, 130_000]
const SLEPT = 30_000
/** For the last look at what is newest (ms). */
export const LAST_LOOK = 1500
/** The due time of a lane that is being read, or was left unfinished. */
const UNFINISHED = Number.NEGATIVE_INFINITY

/** What is `age` old is read every so often, up to `done` by now. Age 0 is what is new, without an end. */
type Lane = {age: number; overlap: number; due: number; done: number}

export type Means = Way & {
  /** Whether lines are shown sooner in another way too: then the newest events are read as rarely as the others. */
  aided?: () => boolean
  /** CloudWatch's own filter pattern. */
  pattern?: string
  /** How long after its timestamp an event may turn up and is still shown (ms). */
  late: number
  /** Nothing dated later is wanted (ms). */
  until?: number
  /** Events remembered at most. */
  cap?: number
}

/**
 * Reads a source so that each event is handed out exactly once, if CloudWatch has it within `late` of its timestamp. The
 * newest events are read every two seconds. Whatever turns up behind them is found by reading again what is half a minute
 * old and, finally, what is `late` old. No read begins before the place that the slowest of these has reached, and the
 * ledger remembers all events from there on: that is the whole of it.
 */
export class Reading {
  readonly ledger: Ledger
  private readonly asking: Asking
  private readonly lanes: [Lane, ...Lane[]]
  private handed: LogEvent[] = []
  private cut = false
  private since: number

  /** `since` a time (ms), or where the reading of `saved` had come to. */
  constructor(
    readonly source: Source,
    since: number,
    private readonly means: Means,
    saved?: Saved,
  ) {
    this.asking = new Asking(means)
    this.ledger = new Ledger(means.cap)
    if (saved) this.ledger.load(saved)
    this.since = saved ? beginOf(saved) : since
    const oldest = means.late + MARGIN
    const again = [...AGES.filter((age) => age < oldest), oldest]
    const from = Math.max(this.since, this.now() - oldest)
    const lane = (age: number) => ({age, overlap: 1, due: 0, done: from})
    this.lanes = [{age: 0, overlap: OVERLAP, due: 0, done: this.since}, ...again.map(lane)]
  }

  /** Pages read. */
  get calls(): number {
    return this.asking.calls
  }

  get throttled(): number {
    return this.asking.throttled
  }

  now(): number {
    return this.asking.now()
  }

  /** What has happened since the beginning, up to `to` or to this moment, oldest first. */
  async *history(stop: AbortSignal, to?: number): AsyncGenerator<LogEvent[], void> {
    const [live] = this.lanes
    const over = () => stop.aborted || this.asking.isOver()
    for (let [done, vain] = [live.done, 0]; !(yield* this.sweep(live, over, to)) && !over(); done = live.done) {
      vain = live.done > done ? 0 : vain + 1
      if (vain < FRUITLESS) continue
      // Whoever follows asks again soon.
      if (to === undefined) return
      throw nowhere(this.source)
    }
  }

  /**
   * The newest events up to this moment, page by page backwards; each page is oldest first. Afterwards `follow` goes on from
   * here; only what that will read once more is remembered.
   */
  async *newest(stop: AbortSignal, until = Number.POSITIVE_INFINITY): AsyncGenerator<LogEvent[], void> {
    const to = Math.min(until, this.now())
    this.lanes[0].done = to
    const again = this.leastRead()
    const query = {...this.source, pattern: this.means.pattern, from: this.since, to}
    for await (const events of backwards((asked) => this.asking.page(asked), query)) {
      yield* this.hand(events.filter(({at}) => at >= again))
      yield events.filter(({at}) => at < again && at >= this.since)
      if (stop.aborted) return
    }
  }

  /** What is older (ms) was read for the first time. */
  get reached(): number {
    return this.lanes[0].done
  }

  /** Nothing that is older (ms) is handed out any more. */
  get floor(): number {
    return Math.max(this.since, this.ledger.floor, this.leastRead())
  }

  /** Nothing that happened before is wanted. */
  startAt(at: number): void {
    this.since = Math.max(this.since, at)
  }

  /** What happens from now on, until `until` or `stop`; then once more what is newest. An empty batch says that time passes. */
  async *follow(stop: AbortSignal, until = Number.POSITIVE_INFINITY): AsyncGenerator<LogEvent[], void> {
    const [live] = this.lanes
    const over = () => stop.aborted || this.now() >= until
    while (!over()) {
      for (const lane of this.lanes)
        if (lane.due <= this.now() && !over()) yield* this.sweep(lane, () => stop.aborted || this.asking.isOver())
      yield []
      await this.sleep(Math.min(until, ...this.lanes.map(({due}) => due)), stop)
    }
    if (live.due !== UNFINISHED) yield* this.lastLook(live)
  }

  /** What is newest, and then what has turned up late behind it. */
  private async *lastLook(live: Lane): AsyncGenerator<LogEvent[], void> {
    const end = this.now() + LAST_LOOK
    const over = () => this.now() >= end
    const done = Math.min(...this.lanes.map((lane) => lane.done))
    yield* this.sweep(live, over)
    // A lane of its own: how far the others have come is not changed by it, so that who goes on reads it once more.
    if (!over()) yield* this.sweep({...live, overlap: 1, done}, over, live.done)
  }

  /** These events of the last batch are shown, or held by who shows them. */
  taken(events: LogEvent[]): void {
    if (events.length > 0 && this.handed[0] === events[0]) this.handed = this.handed.slice(events.length)
  }

  /**
   * How far it has come. One that goes on reads all that this one would have read once more, what is held, and what nobody has
   * taken yet.
   */
  save(held: LogEvent[] = []): Saved {
    const ours = held.filter((event) => holds(this.source, event))
    return this.ledger.save([...ours, ...this.handed], this.floor)
  }

  /** One pass over what a lane has to read; false when it did not come to its end. An empty batch is a page without anything new. */
  private async *sweep(lane: Lane, over: () => boolean, until?: number): AsyncGenerator<LogEvent[], boolean> {
    const started = this.now()
    const [live, ...others] = this.lanes
    // Nothing is read for the second time before it was read for the first: the order would suffer, and the memory.
    const to = until ?? (lane === live ? undefined : Math.min(started - lane.age, live.done))
    const end = to ?? started
    let query: Query = {...this.source, pattern: this.means.pattern, from: this.startOf(lane), to}
    let count = 0
    lane.due = UNFINISHED
    for (; query.from <= (to ?? Number.POSITIVE_INFINITY); count++) {
      const {events, next} = await this.asking.page(query)
      yield* this.hand(events)
      if (!next) break
      const reached = Math.min(end, Math.max(query.from, events.at(-1)?.at ?? 0))
      // A token that leads nowhere: the same events are asked for without it.
      if (next === query.token && reached <= query.from) {
        this.later(lane, 1)
        return false
      }
      query = next === query.token ? {...query, from: reached, token: undefined} : {...query, token: next}
      lane.done = Math.max(lane.done, reached)
      this.forget()
      if (over()) return false
      if (lane === live && until === undefined)
        for (const other of others) if (other.due <= this.now()) yield* this.sweep(other, over)
    }
    lane.done = Math.max(lane.done, end)
    this.forget()
    this.later(lane, count)
    return true
  }

  /** The more pages it takes, the rarer: the quota is there for others too. */
  private later(lane: Lane, pages: number): void {
    const every = lane.age > 0 || this.means.aided?.() ? AGAIN : TICK
    lane.due = this.now() + every * Math.min(5, Math.max(1, pages))
  }

  private startOf({done, overlap}: Lane): number {
    return Math.max(this.floor, done - overlap)
  }

  /** Nothing older is read any more. What is dated after `until` is for another to show, however far the lanes are. */
  private leastRead(): number {
    const {until = Number.POSITIVE_INFINITY} = this.means
    return Math.min(until + 1, ...this.lanes.map(({done, overlap}) => done - overlap))
  }

  private *hand(events: LogEvent[]): Generator<LogEvent[], void> {
    const now = this.now()
    const {until = Number.POSITIVE_INFINITY} = this.means
    this.handed = events.filter((event) => event.at >= this.since && event.at <= until && this.ledger.admit(event, now))
    yield this.handed
    this.handed = []
  }

  private forget(): void {
    const before = this.leastRead()
    this.ledger.forget(before, this.now())
    if (this.cut || this.ledger.floor <= before) return
    this.cut = true
    const window = duration(this.now() - this.ledger.floor)
    const {cap} = this.ledger
    this.means.patience.note(
      `So much is logged that fb remembers only the last ${cap} lines: what turns up more than ${window} late is not shown.`,
    )
  }

  private async sleep(wake: number, stop: AbortSignal): Promise<void> {
    const before = this.now()
    const {clock, patience} = this.means
    await clock.sleep(Math.max(1, wake - before), stop).catch(unless(stop))
    const late = this.now() - Math.max(wake, before)
    if (late > SLEPT) patience.note(`fb was stopped for ${duration(late)}: catching up.`)
  }
}

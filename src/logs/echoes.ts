import type {LogEvent} from './event.js'

/** Letters of lines that are remembered of each kind at most; most take a byte. */
const CAP = 20_000_000

/**
 * What Live Tail and polling both tell, shown once. Live Tail gives no ids, so a line is known by where, when and what it
 * is, and counted: a task may write the same line twice within a millisecond. What Live Tail was first with, polling passes
 * over as often, and the other way round; whatever cannot be told apart is left to polling, which misses nothing.
 */
export class Echoes {
  /** Shown by Live Tail; polling will come to it. */
  private readonly told = new Counts()
  /** Shown by polling; Live Tail may yet tell it. */
  private readonly read = new Counts()
  private floor = 0

  /** `from` is the time before which polling shows nothing any more (ms). */
  constructor(
    private readonly from: () => number,
    private readonly cap = CAP,
  ) {}

  /** Those that were not shown yet, of a batch of polling's, or of Live Tail's, which has no ids. */
  first(events: LogEvent[]): LogEvent[] {
    this.forget()
    return events.filter((event) => {
      if (event.id) return this.isFirst(event, this.told, this.read)
      if (event.at < this.floor || this.told.size >= this.cap) return false
      return this.isFirst(event, this.read, this.told)
    })
  }

  private isFirst(event: LogEvent, others: Counts, own: Counts): boolean {
    const key = keyOf(event)
    if (others.take(event.at, key)) return false
    own.add(event.at, key)
    return true
  }

  private forget(): void {
    const from = this.from()
    this.floor = Math.max(this.floor, from)
    this.told.drop(from)
    // Without its traces Live Tail may not show what is as old; what it has shown is not forgotten before polling was there.
    while (this.read.size > this.cap) this.floor = Math.max(this.floor, this.read.dropOldest())
    this.read.drop(this.floor)
  }
}

const keyOf = ({group, stream, at, message}: LogEvent): string => `${group}\n${stream}\n${at}\n${message}`

/** How often something was there, by the second: it is forgotten by age. */
class Counts {
  private readonly seconds = new Map<number, Map<string, number>>()
  /** In letters. */
  size = 0

  add(at: number, key: string): void {
    const second = Math.floor(at / 1000)
    const counts = this.seconds.get(second) ?? new Map<string, number>()
    this.seconds.set(second, counts.set(key, (counts.get(key) ?? 0) + 1))
    this.size += key.length
  }

  /** One less of it; false when there is none. */
  take(at: number, key: string): boolean {
    const counts = this.seconds.get(Math.floor(at / 1000))
    const count = counts?.get(key)
    if (!counts || !count) return false
    if (count > 1) counts.set(key, count - 1)
    else counts.delete(key)
    this.size -= key.length
    return true
  }

  /** Forgets all that is older than this (ms). */
  drop(before: number): void {
    for (const second of this.seconds.keys()) if ((second + 1) * 1000 <= before) this.dropSecond(second)
  }

  /** Forgets the oldest second; returns when the next one began (ms). */
  dropOldest(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const second of this.seconds.keys()) oldest = Math.min(oldest, second)
    this.dropSecond(oldest)
    return (oldest + 1) * 1000
  }

  private dropSecond(second: number): void {
    for (const [key, count] of this.seconds.get(second)!) this.size -= count * key.length
    this.seconds.delete(second)
  }
}

import type {Entry} from './entry.js'

/** Tasks send their lines in batches of 5 s, and CloudWatch takes a moment. */
const HOLD = 8000

/** Holds young entries back for some seconds, so that those of several tasks come out in the order of their times. */
export class Ordering {
  private waiting: {entry: Entry; from: number}[] = []

  /** One that is dated later than now waits as if it were of now. */
  take(entries: Entry[], now: number): void {
    for (const entry of entries) this.waiting.push({entry, from: Math.min(entry.event.at, now)})
  }

  /** What is old enough, in the order of time; all of it without `now`. */
  release(now = Number.POSITIVE_INFINITY): Entry[] {
    this.waiting.sort((a, b) => a.from - b.from)
    const young = this.waiting.findIndex(({from}) => now - from < HOLD)
    return this.waiting.splice(0, young < 0 ? this.waiting.length : young).map(({entry}) => entry)
  }

  held(): Entry[] {
    return this.waiting.map(({entry}) => entry)
  }
}

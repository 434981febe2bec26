import type {Entry} from './entry.js'

/** Tasks send their lines in batches of 5 s, and CloudWatch takes a moment. */
const HOLD = 8000

/** Holds entries back for some seconds, so that those of several tasks come out in the order of their times. */
export class Ordering {
  private waiting: {entry: Entry; since: number}[] = []

  take(entries: Entry[], now: number): void {
    for (const entry of entries) this.waiting.push({entry, since: now})
  }

  /** What has waited long enough, and everything older than that; all of it without `now`. */
  release(now = Number.POSITIVE_INFINITY): Entry[] {
    const timeOf = ({entry}: {entry: Entry}) => entry.event.at
    this.waiting.sort((a, b) => timeOf(a) - timeOf(b))
    const last = this.waiting.findLastIndex(({since}) => now - since >= HOLD)
    return this.waiting.splice(0, last + 1).map(({entry}) => entry)
  }

  held(): Entry[] {
    return this.waiting.map(({entry}) => entry)
  }
}

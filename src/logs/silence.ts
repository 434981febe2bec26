import {duration} from '../durations.js'

const FIRST = 5 * 60_000

/** What was read and shown so far. */
type Progress = {read: number; shown: number}

/** Says that nothing comes, after five minutes and then ever more rarely: a screen that stands still does not tell why. */
export class Silence {
  private read = 0
  private next = FIRST

  constructor(
    private last: number,
    private readonly say: (text: string) => void,
  ) {}

  tick({read}: Progress, shown: number, now: number): void {
    if (shown > 0) {
      this.last = now
      this.read = read
      this.next = FIRST
      return
    }
    if (now - this.last < this.next) return
    const unshown = read - this.read
    const why = unshown > 0 ? `Nothing to show for` : 'No events for'
    const because = unshown > 0 ? ` (${unshown} lines did not match)` : ''
    this.say(`${why} ${duration(now - this.last).replace(/00s$/, '')}${because}.`)
    this.next *= 2
  }
}

import type {Clock} from '../clock.js'
import type {Pace} from './quota.js'
import {type Patience, persist, TimeIsUp} from './retry.js'
import {lostToken, type Page, type Query, type ReadPage} from './source.js'

/** A clock that is further from AWS's is put right. */
const SKEW = 3000

export type Way = {
  read: ReadPage
  clock: Clock
  pace: Pace
  patience: Patience
  /** When reading ends, however far it has come and whatever it waits for (ms). */
  end?: number
}

/** Asks CloudWatch for pages: no faster than the pace allows, and until each is there. */
export class Asking {
  /** Pages read. */
  calls = 0
  private skew = 0

  constructor(private readonly way: Way) {}

  /** Now, as AWS has it. */
  now(): number {
    return this.way.clock.now().getTime() + this.skew
  }

  isOver(): boolean {
    return this.now() >= (this.way.end ?? Number.POSITIVE_INFINITY)
  }

  async page(query: Query): Promise<Page> {
    const {read, clock, pace, patience, end} = this.way
    const call = async () => {
      await pace.turn(patience.signal)
      return read(query).catch((error: Error) => lostToken(error, query))
    }
    const page = await persist(call, {...patience, end}).catch((error: unknown) => {
      throw this.isOver() ? new TimeIsUp() : error
    })
    this.calls++
    // To the second, cut off.
    const ahead = page.answered === undefined ? 0 : page.answered + 500 - clock.now().getTime()
    this.skew = Math.abs(ahead) > SKEW ? ahead : 0
    return page
  }
}

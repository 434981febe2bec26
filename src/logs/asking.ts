import type {Clock} from '../clock.js'
import {isThrottled} from '../errors.js'
import type {Pace} from './quota.js'
import {type Patience, persist, TimeIsUp} from './retry.js'
import {lostToken, type Page, type Query, type ReadPage} from './source.js'

export type Way = {
  read: ReadPage
  /** As AWS has it. */
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
  /** Calls that AWS has throttled. */
  throttled = 0

  constructor(private readonly way: Way) {}

  now(): number {
    return this.way.clock.now().getTime()
  }

  isOver(): boolean {
    return this.now() >= (this.way.end ?? Number.POSITIVE_INFINITY)
  }

  async page(query: Query): Promise<Page> {
    const {read, pace, patience, end} = this.way
    const call = async () => {
      await pace.turn(patience.signal)
      return read(query).catch((error: Error) => {
        if (isThrottled(error)) this.throttled++
        return lostToken(error, query)
      })
    }
    const page = await persist(call, {...patience, end}).catch((error: unknown) => {
      throw this.isOver() ? new TimeIsUp() : error
    })
    this.calls++
    return page
  }
}

import type {Engine} from './engine.js'
import type {Price} from './price.js'

/**
 * `more`: there are others, before the shown ones when those are the `last`, otherwise after them. `cut`: Logs Insights has not
 * sent all of them. `unpaid`: to go on would cost so much in all (USD). `done`: the part that is read (0 to 1).
 */
export type Summary = {
  shown: number
  more: boolean
  cut?: boolean
  unpaid?: number
  last: boolean
  limit?: number
  scanned?: number
  done?: number
}

/** How a search has gone: all of it, or until Ctrl-C or another error. */
export type Course = {ms: number; price: Price; reason: 'end' | 'interrupted' | 'error'}

/** How it ended, for programs, in a line. */
export const endRecord = <T extends {scanned?: number}>(what: T, {price, reason}: Course, engine: Engine): string =>
  JSON.stringify({
    type: 'end',
    reason,
    ...what,
    engine,
    ...(what.scanned !== undefined && {usd: Number(price.usd(what.scanned).toPrecision(3))}),
  })

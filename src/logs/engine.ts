import {UsageError} from '../errors.js'
import {isCountable, type Key} from './tally.js'

export type Engine = 'filter' | 'insights'

export type EngineAsked = {
  engine: Engine | 'auto'
  rawQuery?: string
  counts: boolean
  by?: Key
  /** Conditions on lines as fb reads them. */
  filters: boolean
  /** The newest lines only. */
  last: boolean
}

/** What Insights would have to look at (bytes), where it is known, and what fb reads in a second when it reads itself. */
export type Volume = {bytes?: number; perSecond: number}

/** Beyond it waiting costs a person more than Insights does. */
const PATIENCE = 60

/** A page has 1 MB at most, whether anything in it matches or not. */
export const secondsToRead = ({bytes = 0, perSecond}: Volume): number => bytes / 2 ** 20 / perSecond

/** Whether Insights is out of the question for what is asked, or asked for itself. */
export function onlyEngine({engine, rawQuery, counts, by, filters, last}: EngineAsked): Engine | undefined {
  if (rawQuery !== undefined) return engine === 'filter' ? refuse('--raw-query') : 'insights'
  const ours = counts
    ? !isCountable(by)
      ? `--by ${by}`
      : filters
        ? 'a count of filtered lines'
        : undefined
    : last
      ? '--last'
      : undefined
  if (engine === 'insights' && ours) {
    throw new UsageError(`Logs Insights cannot do it: ${ours} needs every line as fb reads it.`, {
      code: 'engine',
      next: ['--engine filter'],
    })
  }
  // What fb filters itself, Insights has to send whole: that is no gain, and it is paid for.
  if (engine === 'auto') return ours || filters ? 'filter' : undefined
  return ours ? 'filter' : engine
}

function refuse(what: string): never {
  throw new UsageError(`Only Logs Insights can do ${what}.`, {code: 'engine', next: ['--engine insights']})
}

/** The better one for so much: reading is free, and takes its time. */
export const betterEngine = (volume: Volume): Engine => (secondsToRead(volume) > PATIENCE ? 'insights' : 'filter')

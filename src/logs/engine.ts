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

/** A group, and its class where that was read. */
export type Readable = {name: string; kind?: string}

/** Groups that one query takes (StartQuery). */
const MOST_GROUPS = 50

/** The engine that is asked for, or the only one that can do it in these groups; undefined when either could. */
export function onlyEngine(asked: EngineAsked, groups: Readable[] = []): Engine | undefined {
  const {engine, rawQuery, filters} = asked
  const own = ours(asked)
  const insights = rawQuery !== undefined || engine === 'insights'
  if (rawQuery !== undefined && engine === 'filter') throw onlyInsights()
  if (engine === 'insights' && own) throw notInsights(own)
  const delivery = groups.find(({kind}) => kind === 'DELIVERY')
  if (delivery) throw unreadable(delivery)
  const infrequent = groups.find(({kind}) => kind === 'INFREQUENT_ACCESS')
  if (infrequent && (own || engine === 'filter')) throw infrequentAccess(infrequent, own)
  const tooMany = groups.length > MOST_GROUPS
  if (tooMany && (insights || infrequent)) throw manyGroups(groups.length)
  if (insights || infrequent) return 'insights'
  // What fb filters itself, Insights has to send whole: that is no gain, and it is paid for.
  return engine === 'auto' && !own && !filters && !tooMany ? undefined : 'filter'
}

/** What needs every line as fb reads it. */
function ours({rawQuery, counts, by, filters, last}: EngineAsked): string | undefined {
  if (rawQuery !== undefined) return undefined
  if (!counts) return last ? '--last' : undefined
  if (!isCountable(by)) return `--by ${by}`
  return filters ? 'a count of filtered lines' : undefined
}

const refusal = (message: string, next: string[], because: string[] = []) =>
  new UsageError(message, {code: 'engine', because, next})

const onlyInsights = () => refusal('Only Logs Insights can do --raw-query.', ['--engine insights'])

const notInsights = (what: string) =>
  refusal(`Logs Insights cannot do it: ${what} needs every line as fb reads it.`, ['--engine filter'])

const infrequentAccess = ({name}: Readable, own?: string) =>
  refusal(
    `Only Logs Insights can read ${name}: its class is Infrequent Access.`,
    own
      ? [`fb logs search TEXT --group ${name}`, `fb logs search --raw-query QUERY --group ${name}`]
      : ['--engine insights'],
    own ? [`Logs Insights cannot do ${own}, which needs every line as fb reads it.`] : [],
  )

const unreadable = ({name}: Readable) =>
  refusal(`Nothing of ${name} can be read: its class, Delivery, only passes on what comes in.`, ['fb logs groups'])

const manyGroups = (count: number) =>
  refusal(`Logs Insights takes ${MOST_GROUPS} groups at once, and these are ${count}.`, ['--engine filter'])

/** The better one for so much: reading is free, and takes its time. */
export const betterEngine = (volume: Volume): Engine => (secondsToRead(volume) > PATIENCE ? 'insights' : 'filter')

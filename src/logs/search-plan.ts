import {UsageError} from '../errors.js'
import type {Engine, EngineAsked, Volume} from './engine.js'
import {type Filter, filterOf} from './filter.js'
import type {Level} from './level.js'
import type {Price} from './price.js'
import type {Search} from './search.js'
import type {ShowAsked} from './shown-as.js'
import type {Source} from './source.js'
import {KEYS, type Key} from './tally.js'
import {parseRange} from './time.js'
import type {Test} from './where.js'
import {type Zone, zoneOf} from './zone.js'

/** What a person asked for, by the names of the flags. */
export type SearchAsked = Omit<ShowAsked, 'grep'> & {
  since: string
  until?: string
  tz?: string
  exclude?: RegExp[]
  level?: string
  where?: Test
  trace?: string
  count?: boolean
  by?: string
  limit?: number
  last?: boolean
  group?: string[]
  task?: string[]
  service?: string
  engine: string
  'raw-query'?: string
}

export type Wanted = {
  text: string
  zone: Zone
  now: number
  /** Lines, as many as there may be; a number of them, perhaps by a key; or the rows of a query. */
  by?: Key
  counts: boolean
  most: number
  engine: EngineAsked
  rawQuery?: string
  /** A text is all that was asked for. */
  onlyText: boolean
  searchIn(sources: Source[]): Search
}

/** What is looked for, by which engine, at what cost. */
export type Prepared = {search: Search; engine: Engine; volume: Volume; price: Price}

/** A person reads so many lines at most; a pipe takes what there is. */
const MOST_SEEN = 1000

/** What is looked for, before anything is read. */
export function wantedOf(
  query: string | undefined,
  asked: SearchAsked,
  {now, onScreen}: {now: number; onScreen: boolean},
): Wanted {
  const {trace, count = false, last = false, include, exclude, level, where, by, 'raw-query': rawQuery} = asked
  if (!(query ?? trace ?? include ?? exclude ?? level ?? where ?? rawQuery) && !count && !by) throw nothingAsked()
  if (query && rawQuery) throw twoQueries()
  const zone = zoneOf(asked.tz ?? (onScreen ? 'local' : 'utc'))
  const range = parseRange(asked, now, zone)
  const filter = strict(filterOf({include, exclude, level: level as Level, where, grep: trace && query}), level)
  const text = trace ?? query ?? ''
  const counts = count || by !== undefined
  const filters = Boolean(include ?? exclude ?? level ?? where ?? (trace && query))
  const key = KEYS.find((one) => one === by)
  return {
    text,
    zone,
    now,
    by: key,
    counts,
    most: asked.limit ?? (onScreen || last ? MOST_SEEN : Number.POSITIVE_INFINITY),
    engine: {engine: asked.engine as EngineAsked['engine'], rawQuery, counts, by: key, filters, last},
    rawQuery,
    onlyText: Boolean(query) && !(filters || counts || last || trace || asked.group || asked.task || asked.service),
    searchIn: (sources) => ({from: range.since, to: range.until ?? now, sources, text, filter}),
  }
}

/** Who looks for errors does not look for lines that say no level; one who follows a log may want to see them. */
const strict = (filter: Filter, level?: string): Filter => ({
  ...filter,
  accepts: (entry) => (!level || entry.parsed.level !== undefined) && filter.accepts(entry),
})

const twoQueries = () =>
  new UsageError('--raw-query is the whole query: QUERY belongs into it, as filter @message like "...".', {
    code: 'two_queries',
  })

const nothingAsked = () =>
  new UsageError('What do you look for? A text, or a condition such as --level or --where.', {
    code: 'argument_missing',
    next: ["fb logs search 'timeout' --since 3h", 'fb logs search --level error --by minute', 'fb logs tail'],
  })

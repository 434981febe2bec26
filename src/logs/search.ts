import {Assembly} from './assembly.js'
import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import {type Filter, patternFor} from './filter.js'
import type {Pace} from './quota.js'
import {type Patience, persist} from './retry.js'
import {merged, readSlices, type Span} from './slices.js'
import {lostToken, type ReadPage, type Source} from './source.js'

/** What is looked for: lines with a text that a filter accepts, in a range of time. */
export type Search = Span & {sources: Source[]; text: string; filter: Filter}

export type SearchMeans = {page: ReadPage; pace: Pace; patience: Patience}

/**
 * Entries in order of time, and how far it has come: a part of the work (0 to 1), or what Insights has looked at (bytes).
 * `cut`: some are missing. `unpaid`: to go on would cost so much in all (USD). `error` has ended it: there are no others.
 */
export type Found = {
  entries: Entry[]
  done?: number
  scanned?: number
  cut?: boolean
  unpaid?: number
  error?: unknown
}

/** One call after the other goes out, as fast as the quota lets them; each is repeated until it works. */
export const politely =
  ({page, pace, patience}: SearchMeans): ReadPage =>
  (query) =>
    persist(async () => {
      await pace.turn(patience.signal)
      return page(query).catch((error: Error) => lostToken(error, query))
    }, patience)

/** Reads with FilterLogEvents, which costs nothing: every source in slices side by side. */
export async function* filtered(search: Search, means: SearchMeans): AsyncGenerator<Found, void> {
  const {from, to, sources} = search
  const read = politely(means)
  const range = {from, to, pattern: patternFor(search.text)}
  const {take, rest} = entriesOf(search)
  let done = 0
  try {
    for await (const {events, until} of merged(sources.map((source) => readSlices(read, {...source, ...range})))) {
      done = Math.min(1, (until - from) / Math.max(1, to - from))
      yield {entries: take(events), done}
    }
  } catch (error) {
    return yield {entries: rest(), done, error}
  }
  yield {entries: rest(), done: 1}
}

export const groupsOf = ({sources}: Search): string[] => [...new Set(sources.map(({group}) => group))]

/** Events as they are shown; what CloudWatch could not look for is looked for here. */
export function entriesOf({sources, text, filter}: Search) {
  const assembly = new Assembly(sources, text === '')
  return {
    take: (events: LogEvent[]): Entry[] =>
      assembly.take(text ? events.filter(({message}) => message.includes(text)) : events).filter(filter.accepts),
    rest: (): Entry[] => assembly.rest().filter(filter.accepts),
  }
}

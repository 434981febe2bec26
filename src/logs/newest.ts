import {backwards} from './backwards.js'
import type {Looking} from './catching-up.js'
import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import {patternFor} from './filter.js'
import {GAP, MOST} from './fold.js'
import {entriesOf, politely, type Search, type SearchMeans} from './search.js'
import type {Source} from './source.js'
import {continuesTrace, isRaised} from './traceback.js'

/** `more`: there are older ones. `error` has ended the search: these are the newest that were found until then. */
export type Newest = {entries: Entry[]; more: boolean; error?: unknown}

/** The newest entries of all sources, looked for page by page from the end. */
export async function newest(
  search: Search,
  means: SearchMeans,
  most: number,
  looking: (looking: Looking) => void = () => {},
): Promise<Newest> {
  const read = politely(means)
  const {from, to, text} = search
  const looked = {found: 0, wanted: most, pages: 0, since: undefined as number | undefined}
  let error: unknown
  const lastOf = async (source: Source) => {
    const last = new LastEntries(search, most)
    try {
      for await (const page of backwards(read, {...source, from, to, pattern: patternFor(text)})) {
        last.takeBefore(page)
        Object.assign(looked, {found: last.found, pages: looked.pages + 1, since: page[0]?.at ?? looked.since})
        if (last.isEnough()) return last.entries()
        // The others have nothing to look for any more.
        if (error) break
        looking(looked)
      }
    } catch (failed) {
      error ??= failed
    }
    return last.rest()
  }
  const all = (await Promise.all(search.sources.map(lastOf))).flat().sort((a, b) => a.event.at - b.event.at)
  return {entries: all.slice(-most), more: all.length > most, error}
}

/** Of one source, from pages that come from the newest to the oldest: a traceback may begin in the page that comes next. */
class LastEntries {
  found = 0
  /** The newest page first. */
  private readonly pages: Entry[][] = []
  /** With what the newest page begins in each stream, while that may belong to something older. */
  private ends: LogEvent[] = []

  constructor(
    private readonly search: Search,
    private readonly most: number,
  ) {}

  takeBefore(page: LogEvent[]): void {
    const events = [...page, ...this.ends]
    this.ends = this.search.text === '' ? endsAmong(events) : []
    const ends = new Set(this.ends)
    this.add(events.filter((event) => !ends.has(event)))
  }

  /** Whatever is older, it is not among those that are wanted. */
  isEnough(): boolean {
    if (this.found <= this.most) return false
    const oldest = this.entries().at(-this.most)!.event.at
    return this.ends.every(({at}) => at < oldest)
  }

  entries(): Entry[] {
    return this.pages.toReversed().flat()
  }

  /** All, when there is nothing older. */
  rest(): Entry[] {
    this.add(this.ends)
    return this.entries()
  }

  private add(events: LogEvent[]): void {
    const {take, rest} = entriesOf(this.search)
    const entries = [...take(events), ...rest()]
    this.pages.push(entries)
    this.found += entries.length
  }
}

/** The lines with which each stream begins, as far as they can belong to a traceback that began before all of these. */
function endsAmong(events: LogEvent[]): LogEvent[] {
  const runs = new Map<string, {lines: number; at: number}>()
  const begin = {lines: 0, at: events[0]?.at ?? 0}
  return events.filter(({stream, message, at}) => {
    const {lines, at: before} = runs.get(stream) ?? begin
    const isEnd = lines < MOST && at - before <= GAP && (continuesTrace(message) || isRaised(message))
    runs.set(stream, {lines: isEnd ? lines + 1 : MOST, at})
    return isEnd
  })
}

import type {LogEvent} from './event.js'
import {FRUITLESS, nowhere, type Query, type ReadPage} from './source.js'

/** What a query has, the newest first, page by page; each page is oldest first. What a page repeats is left out. */
export async function* backwards(read: ReadPage, query: Query & {to: number}): AsyncGenerator<LogEvent[], void> {
  let asked: Query & {to: number} = {...query, newestFirst: true}
  let reached = query.to
  let fruitless = 0
  /** The page before, and all of the moment that was reached: what may come again. */
  let last: LogEvent[] = []
  for (;;) {
    const {events, next} = await read(asked)
    const known = new Set(last.map(({id}) => id))
    yield events.filter(({id}) => !known.has(id))
    if (events.length > 0) {
      reached = Math.min(reached, events[0]!.at)
      last = [...last.filter(({at}) => at === reached), ...events]
    }
    if (!next) return
    if (next !== asked.token) asked = {...asked, token: next}
    else {
      // A token that leads nowhere: what is older is asked for without it.
      fruitless = reached < asked.to ? 0 : fruitless + 1
      if (fruitless === FRUITLESS) throw nowhere(query)
      asked = {...asked, to: reached, token: undefined}
    }
  }
}

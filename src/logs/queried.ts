import {againText} from './cost-text.js'
import {
  type Answer,
  type Insights,
  type InsightsQuery,
  isFull,
  MOST_ROWS,
  type QueryMeans,
  runQuery,
} from './insights.js'
import {eventOf, linesQuery} from './insights-query.js'
import type {Price} from './price.js'
import {entriesOf, type Found, groupsOf, type Search} from './search.js'

/** Lines at most, what all queries together may cost (USD), and what is paid for them. */
export type Limits = {most: number; usd: number; price: Price}

const SECOND = 1000
const secondOf = (at: number) => Math.floor(at / SECOND) * SECOND

/**
 * Lines by way of Logs Insights, which sends them when it has all of them, and only so many: the next query begins in the
 * second of the last row, and is paid for once more. Of a second that has more rows than a query returns, the others cannot
 * be had.
 */
export async function* queried(
  search: Search,
  {most, usd, price}: Limits,
  api: Insights,
  means: QueryMeans,
): AsyncGenerator<Found, void> {
  const {to, sources, text} = search
  const {take, rest} = entriesOf(search)
  let {from} = search
  let limit = Math.min(most, MOST_ROWS)
  let seen = new Set<string>()
  let before = 0
  if (text === '')
    means.patience.note('Logs Insights gives lines of one millisecond in any order: a traceback may come in pieces.')
  for (;;) {
    const query = {from, to, groups: groupsOf(search), text: linesQuery(sources, text, {from, to}, limit)}
    const {rows, scanned, error} = yield* answered(api, query, means, before)
    before += scanned
    const events = rows.map(eventOf)
    const entries = take(events.filter(({id}) => !seen.has(id)))
    if (error) return yield {entries: [...entries, ...rest()], scanned: before, error}
    if (!isFull(rows, limit)) return yield {entries: [...entries, ...rest()], scanned: before}
    const last = secondOf(events.at(-1)!.at)
    const cut = last <= secondOf(from) && limit === MOST_ROWS
    if (entries.length > 0 || cut) yield {entries, scanned: before, cut}
    seen = new Set(events.filter(({at}) => at >= last).map(({id}) => id))
    from = cut ? last + SECOND : Math.max(search.from, last)
    limit = MOST_ROWS
    if (from > to) return yield {entries: rest(), scanned: before}
    const bytes = (scanned * (to - from)) / Math.max(1, to - query.from)
    const cost = price.usd(before + bytes)
    if (cost > usd) return yield {entries: rest(), scanned: before, unpaid: cost}
    means.patience.note(againText(rows.length, bytes, price))
  }
}

/** Tells how far a query is, and has its rows at the end: some of them when something has ended it. */
async function* answered(
  api: Insights,
  query: InsightsQuery,
  means: QueryMeans,
  before: number,
): AsyncGenerator<Found, Answer & {error?: unknown}> {
  let answer: Answer = {rows: [], scanned: 0}
  try {
    for await (answer of runQuery(api, query, means)) yield {entries: [], scanned: before + answer.scanned}
    return answer
  } catch (error) {
    return {...answer, error}
  }
}

import {bytesText, countText} from './amounts.js'
import type {Engine} from './engine.js'
import type {Entry} from './entry.js'
import {writerOf} from './event.js'
import {
  type Answer,
  countQuery,
  type Insights,
  type InsightsQuery,
  isFull,
  MOST_ROWS,
  runQuery,
  timeOf,
} from './insights.js'
import type {Price} from './price.js'
import {type Limits, queried} from './queried.js'
import {type Found, filtered, groupsOf, newest, type Search, type SearchMeans} from './search.js'
import type {Wanted} from './search-plan.js'
import type {Summary} from './search-text.js'
import type {Key, Tally} from './tally.js'

/** What is drawn while it goes on; taken away before lines are printed. */
export type Progress = {show(text: string): void; clear(): void}

export type Work = {
  search: Search
  engine: Engine
  means: SearchMeans
  insights: Insights
  /** fb filters what it gets: Insights must send all of it. */
  filters: boolean
  /** What queries may cost without a further question (USD). */
  allowed: number
  price: Price
  progress: Progress
}

/** The lines that were looked for, a batch at a time, and no more of them than `most`. */
export async function* lines(work: Work, {most, engine: {last}}: Wanted): AsyncGenerator<Entry[], Summary, void> {
  const {search, means, progress} = work
  const summary: Summary = {shown: 0, more: false, last, ...(most < Number.POSITIVE_INFINITY && {limit: most})}
  try {
    if (last) {
      progress.show('looking back from the end ...')
      const {entries, more} = await newest(search, means, most)
      progress.clear()
      yield entries
      return {...summary, shown: entries.length, more}
    }
    const limits = {most: work.filters ? MOST_ROWS : most + 1, usd: work.allowed, price: work.price}
    for await (const found of batches(work, limits)) {
      const entries = found.entries.slice(0, most - summary.shown)
      summary.more = entries.length < found.entries.length
      summary.shown += entries.length
      summary.scanned = found.scanned
      if (found.cut) summary.cut = true
      summary.unpaid = found.unpaid
      progress.clear()
      if (entries.length > 0) yield entries
      if (summary.more) break
      progress.show(progressText(found, summary.shown))
    }
    return summary
  } finally {
    progress.clear()
  }
}

const batches = ({search, engine, means, insights}: Work, limits: Limits): AsyncGenerator<Found, void> =>
  engine === 'insights' ? queried(search, limits, insights, means) : filtered(search, means)

function progressText({done, scanned}: Found, count: number): string {
  const how =
    done === undefined ? `Logs Insights has scanned ${bytesText(scanned ?? 0)}` : `${Math.floor(done * 100)} % read`
  return `${how} · ${countText(count)} found · Ctrl-C ends it`
}

/** Counts instead of lines. What was counted until Ctrl-C is in the tally, too. */
export async function count(work: Work, tally: Tally): Promise<{scanned?: number}> {
  const {engine, progress, search, insights, means} = work
  try {
    if (engine === 'insights') {
      const query = {
        ...search,
        groups: groupsOf(search),
        text: countQuery(search.sources, search.text, countable(tally.by)),
      }
      const {rows, scanned} = await answer(query, insights, means, progress)
      if (isFull(rows, MOST_ROWS))
        means.patience.note(
          `Logs Insights has sent ${countText(rows.length)} rows and no more: the count is too small.`,
        )
      for (const {key, events = '0'} of rows) tally.count(keyFrom(key, tally.by), Number(events))
      return {scanned}
    }
    for await (const found of filtered(search, means)) {
      for (const entry of found.entries) tally.add(entry)
      progress.show(progressText(found, tally.total))
    }
    return {}
  } finally {
    progress.clear()
  }
}

const countable = (by: Key | undefined) => (by === 'minute' || by === 'task' ? by : undefined)

function keyFrom(key: string | undefined, by: Key | undefined): string | number | undefined {
  if (by === 'minute') return timeOf(key)
  return by && key && (writerOf(key).task ?? key)
}

/** The rows of a query, once it is complete. */
export async function answer(
  query: InsightsQuery,
  insights: Insights,
  {clock, patience}: SearchMeans,
  progress: Progress,
): Promise<Answer> {
  let result: Answer = {rows: [], scanned: 0}
  try {
    for await (const state of runQuery(insights, query, clock, patience.signal)) {
      result = state
      progress.show(progressText({entries: [], scanned: state.scanned}, state.matched))
    }
    return result
  } finally {
    progress.clear()
  }
}

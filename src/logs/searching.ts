import {bytesText, countText} from './amounts.js'
import {lookingBack, type Passing} from './catching-up.js'
import type {Entry} from './entry.js'
import {writerOf} from './event.js'
import {
  type Answer,
  type Insights,
  type InsightsQuery,
  isFull,
  MOST_ROWS,
  type QueryMeans,
  runQuery,
} from './insights.js'
import {countQuery, filterText, timeOf} from './insights-query.js'
import {newest} from './newest.js'
import {type Limits, queried} from './queried.js'
import {type Found, filtered, groupsOf, type SearchMeans} from './search.js'
import type {Summary} from './search-end.js'
import type {Prepared, Wanted} from './search-plan.js'
import {isCountable, type Key, type Tally} from './tally.js'

export type Work = Prepared & {
  means: SearchMeans & QueryMeans
  insights: Insights
  /** fb filters what it gets: Insights must send all of it. */
  filters: boolean
  /** What queries may cost without a further question (USD). */
  allowed: number
  progress: Passing
}

/** Work that an error, such as Ctrl-C, has ended is told with what there was until then. */
export type Failed = {error?: unknown}

/** The lines that were looked for, a batch at a time, and no more of them than `most`. */
export async function* lines(work: Work, wanted: Wanted): AsyncGenerator<Entry[], Summary & Failed, void> {
  const {most, engine} = wanted
  const {search, means, progress} = work
  const summary: Summary = {shown: 0, more: false, last: engine.last, ...(most < Infinity && {limit: most})}
  try {
    if (engine.last) {
      const looking = lookingBack(progress, wanted.zone)
      const {entries, more, error} = await newest(search, means, most, looking)
      progress.clear()
      yield entries
      return {...summary, shown: entries.length, more, error}
    }
    const limits = {most: work.filters ? MOST_ROWS : most + 1, usd: work.allowed, price: work.price}
    for await (const found of batches(work, limits)) {
      const entries = found.entries.slice(0, most - summary.shown)
      summary.more = entries.length < found.entries.length
      summary.shown += entries.length
      summary.scanned = found.scanned
      summary.done = found.done
      if (found.cut) summary.cut = true
      summary.unpaid = found.unpaid
      progress.clear()
      if (entries.length > 0) yield entries
      if (found.error) return {...summary, error: found.error}
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

/** Counts into the tally instead of giving lines. */
export async function count(work: Work, tally: Tally): Promise<{scanned?: number} & Failed> {
  return work.engine === 'insights' ? countThere(work, tally) : countHere(work, tally)
}

async function countHere({search, means, progress}: Work, tally: Tally): Promise<Failed> {
  try {
    for await (const found of filtered(search, means)) {
      for (const entry of found.entries) tally.add(entry)
      if (found.error) return {error: found.error}
      progress.show(progressText(found, tally.total))
    }
    return {}
  } finally {
    progress.clear()
  }
}

async function countThere(work: Work, tally: Tally): Promise<{scanned: number} & Failed> {
  const {search, means} = work
  const {sources, text} = search
  if (text === '') means.patience.note('Logs Insights counts each line of a traceback.')
  const by = isCountable(tally.by) ? tally.by : undefined
  const query = {...search, groups: groupsOf(search), text: countQuery(sources, text, search, by)}
  const {rows, scanned, error} = await answer(query, work)
  if (!error && isFull(rows, MOST_ROWS))
    means.patience.note(`Logs Insights has sent ${countText(rows.length)} rows and no more: the count is too small.`)
  for (const {key, events = '0'} of rows) tally.count(keyFrom(key, tally.by), Number(events))
  return {scanned, error}
}

function keyFrom(key: string | undefined, by: Key | undefined): string | number | undefined {
  if (by === 'minute') return timeOf(key)
  return by && key && (writerOf(key).task ?? key)
}

/** The rows of somebody's own query about the lines that are looked through. */
export const rowsOf = (work: Work, text: string): Promise<Answer & Failed> => {
  const {from, to, sources} = work.search
  const own = filterText(sources, '')
  return answer({from, to, groups: groupsOf(work.search), text, before: own && `${own}\n`}, work)
}

/** The rows of a query once it is complete, or those that it had when it was ended. */
async function answer(query: InsightsQuery, {insights, means, progress}: Work): Promise<Answer & Failed> {
  let result: Answer = {rows: [], scanned: 0}
  try {
    for await (const state of runQuery(insights, query, means)) {
      result = state
      progress.show(progressText({entries: [], scanned: state.scanned}, state.matched))
    }
    return result
  } catch (error) {
    return {...result, error}
  } finally {
    progress.clear()
  }
}

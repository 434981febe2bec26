import type {Clock} from '../clock.js'
import {FbError} from '../errors.js'
import type {LogEvent} from './event.js'
import type {Span} from './slices.js'
import type {Source} from './source.js'

/** A row of a result: values by the names that the query gives them. */
export type Row = Record<string, string>

export type QueryState = {
  status: 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled' | 'Timeout' | 'Unknown'
  /** Of a query that runs, some of them. */
  rows: Row[]
  /** Bytes looked at so far: what is paid for. */
  scanned: number
  matched: number
}

/** All that a query has sent, and the bytes it has looked at. */
export type Answer = Pick<QueryState, 'rows' | 'scanned'>

/** Times in ms; Insights counts in whole seconds, so a range may begin and end a moment earlier and later. */
export type InsightsQuery = Span & {groups: string[]; text: string}

export type Insights = {
  startQuery(query: InsightsQuery): Promise<string>
  queryState(id: string): Promise<QueryState>
  /** Works after Ctrl-C too. */
  stopQuery(id: string): Promise<void>
}

const POLL = 1000

/** Runs a query and yields how far it is; whatever ends this before the query is over ends the query as well. */
export async function* runQuery(
  api: Insights,
  query: InsightsQuery,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<QueryState, QueryState> {
  const id = await api.startQuery(query)
  let over = false
  try {
    for (;;) {
      const state = await api.queryState(id)
      over = state.status !== 'Scheduled' && state.status !== 'Running'
      yield state
      if (over) return completed(state, id)
      await clock.sleep(POLL, signal)
    }
  } finally {
    if (!over) await api.stopQuery(id)
  }
}

function completed(state: QueryState, id: string): QueryState {
  if (state.status === 'Complete') return state
  const how = {Cancelled: 'somebody has stopped it', Timeout: 'it ran for an hour', Failed: 'it failed'}
  const why = how[state.status as keyof typeof how] ?? `it is ${state.status}`
  throw new FbError(`Logs Insights has not finished the query: ${why}.`, {
    code: 'query_ended',
    because: [`logs:GetQueryResults: query ${id} is ${state.status}`],
    next: ['--since with a shorter range'],
  })
}

/** The most rows that a query can return. */
export const MOST_ROWS = 100_000
/** The most that some Regions return. */
const FEWER_ROWS = 10_000

/** Whether there may be rows that a query with this limit has not returned. */
export const isFull = (rows: Row[], limit: number): boolean => rows.length >= limit || rows.length === FEWER_ROWS

/** How many rows a query of somebody's own asks for; one that does not say gets as many as StartQuery's default. */
export function limitOf(query: string): number {
  const [, limit] = [...query.matchAll(/(?:^|\|)\s*limit\s+(\d+)/gi)].at(-1) ?? []
  return limit === undefined ? FEWER_ROWS : Number(limit)
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
const pattern = (text: string) => `/${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/`

/** `filter` for the lines of these sources that have a text. */
function filterText(sources: Source[], text: string): string {
  const several = new Set(sources.map(({group}) => group)).size > 1
  const places = sources.map(({group, prefix, streams}) =>
    [
      ...(several ? [`@log like ${pattern(`:${group}`)}`] : []),
      ...(streams ? [`@logStream in [${streams.map(quoted).join(', ')}]`] : []),
      ...(prefix ? [`@logStream like ${pattern(prefix).replace('/', '/^')}`] : []),
    ].join(' and '),
  )
  const where = places.every(Boolean) ? [`(${places.map((place) => `(${place})`).join(' or ')})`] : []
  const what = text ? [`@message like ${quoted(text)}`] : []
  return [...what, ...where].map((condition) => `filter ${condition} | `).join('')
}

export const linesQuery = (sources: Source[], text: string, most: number): string =>
  `${filterText(sources, text)}fields @timestamp, @ingestionTime, @logStream, @log, @message | sort @timestamp asc | limit ${Math.min(most, MOST_ROWS)}`

/** Counts, in one row or by what Insights can tell apart. */
export function countQuery(sources: Source[], text: string, by?: 'minute' | 'task'): string {
  const key = by && {minute: 'bin(1m) as key', task: '@logStream as key'}[by]
  return `${filterText(sources, text)}stats count(*) as events${key ? ` by ${key} | limit ${MOST_ROWS}` : ''}`
}

/** Insights writes times as `2026-11-22 14:02:11.482`, in UTC. */
export const timeOf = (text = ''): number => Date.parse(`${text.replace(' ', 'T')}Z`)

export function eventOf(row: Row): LogEvent {
  const {'@log': log = '', '@timestamp': at} = row
  return {
    id: row['@ptr'] ?? '',
    at: timeOf(at),
    ingestedAt: timeOf(row['@ingestionTime'] ?? at),
    group: log.slice(log.indexOf(':') + 1),
    stream: row['@logStream'] ?? '',
    message: row['@message'] ?? '',
  }
}

import type {LogEvent} from './event.js'
import {nameOf} from './group-id.js'
import {FEWER_ROWS, MOST_ROWS, type Row} from './insights.js'
import type {Span} from './slices.js'
import type {Source} from './source.js'
import type {Countable} from './tally.js'

/** How many rows a query of somebody's own asks for; one that does not say gets as many as StartQuery's default. */
export function limitOf(query: string): number {
  const spoken = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|^\s*#.*$/gm, '')
  const [, limit] = [...spoken.matchAll(/(?:^|\|)\s*limit\s+(\d+)/gi)].at(-1) ?? []
  return limit === undefined ? FEWER_ROWS : Number(limit)
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
const pattern = (text: string) => `/${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}/`

/** `filter` for the lines of these sources that have a text, and a pipe behind it; nothing when all lines are. */
export function filterText(sources: Source[], text: string): string {
  const several = new Set(sources.map(({group}) => group)).size > 1
  const places = sources.map(({group, prefix, streams}) =>
    [
      ...(several ? [`@log like ${pattern(`:${nameOf(group)}`).replace(/\/$/, '$/')}`] : []),
      ...(streams ? [`@logStream in [${streams.map(quoted).join(', ')}]`] : []),
      ...(prefix ? [`@logStream like ${pattern(prefix).replace('/', '/^')}`] : []),
    ].join(' and '),
  )
  const where = places.every(Boolean) ? [`(${places.map((place) => `(${place})`).join(' or ')})`] : []
  const what = text ? [`@message like ${quoted(text)}`] : []
  return [...what, ...where].map((condition) => `filter ${condition} | `).join('')
}

/** Exactly what is in this range, whatever seconds the query asks for. */
const within = ({from, to}: Span): string =>
  `filter toMillis(@timestamp) >= ${from} and toMillis(@timestamp) <= ${to} | `

export const linesQuery = (sources: Source[], text: string, range: Span, most: number): string =>
  `${filterText(sources, text)}${within(range)}fields @timestamp, @ingestionTime, @logStream, @log, @message | sort @timestamp asc, @ingestionTime asc | limit ${Math.min(most, MOST_ROWS)}`

/** Counts, in one row or by what Insights can tell apart. */
export function countQuery(sources: Source[], text: string, range: Span, by?: Countable): string {
  const key = by && {minute: 'bin(1m) as key', task: '@logStream as key'}[by]
  return `${filterText(sources, text)}${within(range)}stats count(*) as events${key ? ` by ${key} | limit ${MOST_ROWS}` : ''}`
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

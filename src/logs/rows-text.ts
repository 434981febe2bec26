import {clip, columns} from '../columns.js'
import type {Canvas} from '../events.js'
import {amountText} from './amounts.js'
import {paidText, took} from './cost-text.js'
import {type Answer, isFull, MOST_ROWS, type Row} from './insights.js'
import {limitOf} from './insights-query.js'
import type {Course} from './search-end.js'

/** The rows of a query as a table. */
export function rowsText(rows: Row[], {paint, safe, width, edge = width}: Canvas): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== '@ptr')
  const cells = rows.map((row) => names.map((name) => safe(row[name] ?? '')))
  const right = names.flatMap((_, i) => (cells.every((row) => /^-?[\d.]*$/.test(row[i]!)) ? [i] : []))
  const [head = '', ...table] = columns([names, ...cells], {right})
  return [paint.dim(clip(head, edge)), ...table.map((line) => clip(line, edge))]
}

/** Said after the rows of a query, which may have been cut at its own limit or at that of Logs Insights. */
export function rowsFooterText({rows, scanned}: Answer, query: string, course: Course, {paint}: Canvas): string {
  const limit = limitOf(query)
  const more =
    rows.length === limit && limit < MOST_ROWS
      ? `| limit ${Math.min(limit * 10, MOST_ROWS)}`
      : '--since with a shorter range'
  const facts = [
    `${amountText(rows.length, 'row')}${course.reason === 'end' ? '' : ' so far'}${took(course.ms)}`,
    ...(isFull(rows, limit) ? [`there may be more: ${more}`] : []),
    ...paidText(course.price, scanned),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

import {padEnd, widthOf, wrapped} from '../columns.js'
import type {Paint} from '../events.js'

export type Page = {width: number; paint: Paint}

/** A block under a heading; no block when there is nothing in it. */
export function section(title: string, lines: string[], {paint}: Page): string[] {
  return lines.length > 0 ? ['', paint.bold(title), ...lines.map((line) => `  ${line}`)] : []
}

/** Labels this long and longer get a line of their own, so that one of them does not push all text to the right edge. */
const LABEL = 26

/** Two aligned columns, the second wrapped within the page. */
export function pairs(rows: [label: string, text: string][], {width, paint}: Page): string[] {
  const column = Math.min(LABEL, Math.max(0, ...rows.map(([label]) => widthOf(label)))) + 2
  return rows.flatMap(([label, text]) => {
    const [first = '', ...rest] = wrapped(text, width - column - 2, 0)
    const below = rest.map((line) => ' '.repeat(column) + line)
    if (widthOf(label) <= column - 2) return [`${paint.accent(padEnd(label, column))}${first}`, ...below]
    return [paint.accent(label), ' '.repeat(column) + first, ...below]
  })
}

import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'

type Row = [label: string, lines: string[]]

/** How a command ended: what is true now in one sentence, then the facts, last what to type next. */
export function verdict(sentence: string, rows: Row[], {paint, safe, width}: Canvas): string[] {
  const facts = rows.flatMap(([label, lines]) => lines.map((line, i) => [i === 0 ? label : '', line] as const))
  return [
    ...wrapped(`${paint.good('✔')} ${paint.bold(safe(sentence))}`, width, 2),
    ...facts.flatMap(([label, line]) => wrapped(`  ${paint.dim(label.padEnd(6))} ${safe(line)}`, width, 9)),
  ]
}

import {widthOf, wrapped} from '../columns.js'
import {moment} from '../durations.js'
import type {Canvas} from '../events.js'
import type {Change} from './changes.js'
import type {Failure} from './diagnose.js'

/** A name and its lines; of those that may be `cut`, the first or the last are the telling ones. */
export type Part = {name: string; lines: string[]; cut?: {keep: 'first' | 'last'; least: number}}

/** What was seen of a failure and how to mend it. `now`: of one that may be long ago. */
export function failureParts(
  {evidence, logs, changes, fix}: Failure,
  since: string,
  canvas: Canvas,
  now?: Date,
): Part[] {
  const {paint, safe} = canvas
  const seen = evidence.map(({source, message, count, since}) => {
    const often = count > 1 ? ` ${count}x` : ''
    const where = `${source}${often}${since ? ` since ${moment(since, now ?? since)}` : ''}:`
    return `${paint.dim(where)} ${safe(message)}`
  })
  return [
    {name: 'Seen', lines: seen, cut: {keep: 'first', least: 1}},
    {name: 'Log', lines: logs.map(safe), cut: {keep: 'last', least: 3}},
    ...changeParts(changes, since, canvas),
    {name: 'Fix', lines: fix ? [safe(fix)] : []},
  ]
}

/** What a release has changed; `since` names the one before it. */
export const changeParts = (changes: Change[], since: string, {safe}: Canvas): Part[] => [
  {name: 'Change', lines: changes.map((change) => safe(sayChange(change, since))), cut: {keep: 'first', least: 2}},
]

/** A change as what the new release did. */
function sayChange({what, before, after}: Change, since: string): string {
  if (after === undefined) return `${what} is gone; ${since} had ${before}`
  if (before === undefined) return `${what} is new: ${after}`
  return before === after ? `${what} is another one` : `${what} ${before} → ${after}`
}

/** Parts as lines with their names in a column; on a screen as many of them as let all parts be seen at once. */
export function laidOut(parts: Part[], verdict: string, canvas: Canvas): string[] {
  const text = (lines: Part[]) => [
    ...wrapped(verdict, canvas.width, 2),
    ...lines.flatMap((part) => drawn(part, canvas)),
  ]
  const room = canvas.height === undefined ? Infinity : canvas.height - BESIDE
  let shown = parts
  for (const name of ORDER) {
    const over = rowsOf(text(shown), canvas) - room
    if (over > 0) shown = shown.map((part) => (part.name === name ? shorter(part, over, canvas) : part))
  }
  return text(shown)
}

/** What is cut first when a screen is too low. */
const ORDER = ['Log', 'Change', 'Seen']

/** The empty line before it, and the shell's own. */
const BESIDE = 2

/** A word that is longer than a line, such as an ARN, goes on in the next one. */
const rowsOf = (lines: string[], {width}: Canvas): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / width)), 0)

function shorter(part: Part, over: number, canvas: Canvas): Part {
  const {lines, cut} = part
  if (!cut) return part
  const rows = (some: string[]) => rowsOf(drawn({...part, lines: some}, canvas), canvas)
  const wanted = rows(lines) - over - 1
  let kept = lines
  while (kept.length > cut.least && rows(kept) > wanted) kept = cut.keep === 'last' ? kept.slice(1) : kept.slice(0, -1)
  const left = lines.length - kept.length
  const more = canvas.paint.dim(`… ${left} more`)
  if (left === 0) return part
  return {...part, lines: cut.keep === 'last' ? [more, ...kept] : [...kept, more]}
}

/** The name stands before the first of its lines. */
const drawn = ({name, lines}: Part, {width, paint}: Canvas): string[] =>
  lines.flatMap((line, i) => wrapped(`  ${paint.dim((i === 0 ? name : '').padEnd(6))} ${line}`, width, 9))

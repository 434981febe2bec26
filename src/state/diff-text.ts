import {clip, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Difference} from './diff.js'
import type {AttributeChange} from './document/attribute-changes.js'
import type {Beside} from './document/outputs.js'
import {count} from './words.js'

/** One of two states that are compared, and where it came from. */
export type Side = {name: string; serial: number; lineage: string}

export type Comparison = Beside & {
  before: Side
  after: Side
  /** Nothing differs but the serials. */
  same: boolean
  sameResources: boolean
  differences: Difference[]
}

const MARKS = {added: '+', removed: '-', changed: '~', moved: '→'}

/** What one state knows otherwise than another, in the order of addresses. */
export function comparisonText(comparison: Comparison, canvas: Canvas): string[] {
  const {before, after, differences, lineage} = comparison
  const {paint, safe, width} = canvas
  const side = ({name, serial}: Side) => `${paint.bold(safe(name))} (serial ${serial})`
  return [
    ...wrapped(`${side(before)} → ${side(after)}`, width, 2),
    ...(lineage === 'same' ? [] : foreign(canvas)),
    '',
    ...differences.flatMap((one) => differenceText(one, canvas)),
    ...(differences.length > 0 ? [''] : []),
    ...besideText(comparison, canvas),
    ...wrapped(summary(comparison, canvas), width, 2),
  ]
}

function besideText({outputs, checks}: Beside, {paint, safe}: Canvas): string[] {
  const names = [...outputs.map((name) => `output ${safe(name)}`), ...(checks === 'same' ? [] : ['results of checks'])]
  return names.length > 0 ? [...names.map((name) => `${paint.warn(MARKS.changed)} ${name}`), ''] : []
}

function summary({same, sameResources, differences, outputs, checks}: Comparison, canvas: Canvas): string {
  if (same) return `${canvas.paint.good('✔')} No resource differs.`
  const parts = [
    sameResources ? 'No resource differs' : countsText(differences, canvas),
    ...(outputs.length > 0
      ? [`${count(outputs.length, 'output')} ${outputs.length === 1 ? 'differs' : 'differ'}`]
      : []),
    ...(checks === 'same' ? [] : ['results of checks differ']),
  ]
  return parts.join('; ')
}

const foreign = ({paint, width}: Canvas) =>
  wrapped(paint.warn('The lineages differ: these are not two ages of one state.'), width, 2)

function differenceText({kind, address, from, deposed, attributes = []}: Difference, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const colour = {added: paint.good, removed: paint.bad, changed: paint.warn, moved: paint.accent}[kind]
  const what = [safe(address), ...(deposed ? [`deposed ${safe(deposed)}`] : [])].join('  ')
  return [
    `${colour(MARKS[kind])} ${what}`,
    ...(from ? [`    ${paint.dim(`was ${safe(from)}`)}`] : []),
    ...attributes.flatMap((change) => changeText(change, canvas)),
  ]
}

/** In one line where both values fit into it, else one below the other. */
function changeText({name, before, after, sensitive}: AttributeChange, {paint, safe, width}: Canvas): string[] {
  const title = `    ${safe(name)}`
  if (sensitive) return [`${title}: ${paint.warn('(sensitive) changed')}`]
  if (before === undefined && after === undefined) return [title]
  const [old, now] = [before, after].map((value) => safe(value === undefined ? 'none' : JSON.stringify(value)))
  const line = `${title}: ${old} ${paint.dim('→')} ${now}`
  if (title.length + old!.length + now!.length + 5 <= Math.min(width, ONE_LINE)) return [line]
  const half = (text: string) => clip(text, width - 8)
  return [title, `      ${paint.bad('-')} ${half(old!)}`, `      ${paint.good('+')} ${half(now!)}`]
}

/** Beyond it two values side by side are hard to compare, also where there is no edge. */
const ONE_LINE = 100

function countsText(differences: Difference[], {paint}: Canvas): string {
  const kinds = ['added', 'removed', 'changed', 'moved'] as const
  const counts = kinds.map((kind) => [kind, differences.filter((one) => one.kind === kind).length] as const)
  const words = counts.filter(([, number]) => number > 0).map(([kind, number]) => `${number} ${kind}`)
  return `${paint.bold(count(differences.length, 'resource'))} ${differences.length === 1 ? 'differs' : 'differ'}: ${words.join(', ')}`
}

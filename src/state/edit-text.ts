import {columns, widthOf, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {EditPlan, Thing} from './edit.js'
import type {Move} from './move.js'
import type {Removal} from './removal.js'
import type {Replaced} from './replace.js'
import {verdict} from './verdict.js'
import {count} from './words.js'

const LABEL = 9

/** A list before a question leaves the question on the screen; `all` is for a plan that is only read. */
const SHOWN = 12

export function removalText(plan: Removal, all: boolean, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const rows = plan.forgotten.map(({address, id}) => [paint.bold(safe(address)), paint.dim(safe(shortId(id)))])
  const real = plan.forgotten.filter(({data}) => !data).length
  const [stay, them] = real === 1 ? ['It stays as it is', 'it'] : [`All ${real} stay as they are`, 'them']
  return sections(canvas, [
    ['Forget', list(rows, all, canvas)],
    ['State', [stateLine(plan)]],
    ['In AWS', [real > 0 ? `${stay}, and nobody manages ${them} any more.` : 'Nothing changes: it was only read.']],
    [
      'Code',
      real > 0 ? [paint.warn(`While the code still has ${them}, the next apply makes ${them} a second time.`)] : [],
    ],
  ])
}

export function moveText(plan: Move, all: boolean, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const rows = plan.moved.map(({address, to, id}) => [
    safe(address),
    `→ ${paint.bold(safe(to))}`,
    paint.dim(safe(shortId(id))),
  ])
  const [them, others] = plan.moved.length === 1 ? ['it', 'another one'] : ['them', 'others']
  const code = `While the code has the old address, the next apply destroys ${them} and makes ${others}.`
  return sections(canvas, [
    ['Move', list(rows, all, canvas)],
    ['State', [stateLine(plan)]],
    ['In AWS', ['Nothing changes.']],
    ['Code', plan.moved.some(({data}) => !data) ? [paint.warn(code)] : []],
    ['Warning', plan.warning ? [paint.warn(safe(plan.warning))] : []],
  ])
}

/** Of an ARN only what tells one from another; account and region are in the line above. */
const shortId = (id = ''): string => id.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '')

const stateLine = ({current, rest}: EditPlan) =>
  `serial ${current.serial}; ${count(rest, 'other resource')} in it ${rest === 1 ? 'stays' : 'stay'} as ${rest === 1 ? 'it is' : 'they are'}`

/** In columns where they fit; else a line for each cell. */
function list(rows: string[][], all: boolean, {width, paint}: Canvas): string[] {
  const table = columns(rows)
  const fits = table.every((line) => widthOf(line) <= width - LABEL)
  const texts = fits ? table : rows.map((row) => row.filter((cell) => widthOf(cell) > 0).join('\n  '))
  const shown = texts.slice(0, all ? Infinity : fits ? SHOWN : SHOWN / 2)
  const more = texts.length - shown.length
  return [...shown, ...(more > 0 ? [paint.dim(`and ${more} more; --dry-run shows all`)] : [])]
}

function sections({paint, width}: Canvas, all: [title: string, texts: string[]][]): string[] {
  const labelled = all.flatMap(([title, texts]) => texts.map((text, i) => [i === 0 ? title : '', text] as const))
  const lines = labelled.flatMap(([title, text]) => wrapped(`${paint.dim(title.padEnd(LABEL))}${text}`, width, LABEL))
  return ['', ...lines, '']
}

export type Edited = {env: string; done: boolean; previousSerial: number; serial: number; backup?: string}

/** For `--json`. */
export const editedOf = (env: string, {current}: EditPlan, replaced?: Replaced): Edited => ({
  env,
  done: replaced !== undefined,
  previousSerial: current.serial,
  serial: replaced?.serial ?? current.serial,
  backup: replaced?.previous?.name,
})

export function removalDone(things: Thing[], edited: Edited, canvas: Canvas): string[] {
  const real = things.filter(({data}) => !data).length
  const what = things.length === 1 ? things[0]!.address : `these ${things.length} addresses`
  const kept = real > 0 ? [`${count(real, 'resource')}, as before, managed by nobody`] : []
  return verdict(`The state of ${edited.env} has forgotten ${what}.`, [['In AWS', kept], ...rows(edited)], canvas)
}

export function moveDone({moved, edit: [, from, to]}: Move, edited: Edited, canvas: Canvas): string[] {
  const all = moved.length > 1 ? `, ${count(moved.length, 'resource')}` : ''
  return verdict(`In the state of ${edited.env}, ${from} is ${to} now${all}.`, rows(edited), canvas)
}

const rows = ({env, serial, previousSerial, backup}: Edited): [string, string[]][] => [
  ['State', [`serial ${previousSerial} → ${serial}`]],
  ['Undo', backup ? [`fb state restore ${backup} --env ${env}`] : []],
  ['Next', [`fb infra plan --env ${env}`]],
]

import {padEnd, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {changeText} from '../state/diff-text.js'
import {byModule} from './definition.js'
import type {Action, Change, Plan} from './plan.js'
import {costText} from './prices-text.js'
import {listed, placeText} from './words.js'

const MARKS: Record<Action, string> = {
  create: '+',
  update: '~',
  replace: '±',
  destroy: '-',
  forget: '○',
  move: '→',
  import: '←',
}

/** Said of a number of resources: `3 to create`. */
const VERBS: Record<Action, string> = {
  create: 'create',
  update: 'change',
  replace: 'replace',
  destroy: 'destroy',
  forget: 'forget',
  move: 'move',
  import: 'import',
}

const markOf = (action: Action, {paint}: Canvas): string => {
  const colour = {create: paint.good, update: paint.warn, replace: paint.bad, destroy: paint.bad}
  return (colour[action as keyof typeof colour] ?? paint.accent)(MARKS[action])
}

/** What an apply of this plan would do: by module, then what is lost, what it costs, and the sum. */
export function planText(plan: Plan, canvas: Canvas): string[] {
  if (plan.empty) return [`${canvas.paint.good('✔')} Nothing differs: ${placeText(plan, canvas)}`]
  return [
    ...[...byModule(plan.changes)].flatMap(([module, own]) => moduleText(module, own, canvas)),
    ...outputsText(plan, canvas),
    ...lossesText(plan, canvas),
    ...costText(plan.costs, canvas),
    sumText(plan, canvas),
  ]
}

function moduleText(module: string, changes: Change[], canvas: Canvas): string[] {
  const {paint} = canvas
  const created = changes.filter(({action}) => action === 'create')
  const others = changes.filter(({action}) => action !== 'create')
  return [
    paint.bold(module || 'no longer in the definition'),
    ...createdText(created, canvas),
    ...others.flatMap((change) => changedText(change, canvas)),
    '',
  ]
}

/** New ones of a type stand together: their names say enough. */
function createdText(created: Change[], canvas: Canvas): string[] {
  const types = new Map<string, string[]>()
  for (const {type, address} of created) types.set(type, [...(types.get(type) ?? []), address.slice(type.length + 1)])
  const edge = Math.min(34, Math.max(0, ...[...types.keys()].map((type) => type.length)))
  return [...types].flatMap(([type, names]) => {
    const head = `  ${markOf('create', canvas)} ${padEnd(type, edge)}  `
    return wrapped(`${head}${canvas.paint.dim(canvas.safe(names.join(' ')))}`, canvas.width, edge + 6)
  })
}

function changedText(change: Change, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const {address, action, from, reason, newFirst, attributes} = change
  const order = newFirst === undefined ? [] : [newFirst ? 'the new one first' : 'the old one goes first']
  const why = [...(reason ? [safe(reason)] : []), ...order].join('; ')
  return [
    ...wrapped(`  ${markOf(action, canvas)} ${safe(address)}${why && `  ${paint.dim(why)}`}`, width, 6),
    ...(from ? [`      ${paint.dim(`was ${safe(from)}`)}`] : []),
    ...attributes.flatMap((one) => {
      const [first = '', ...rest] = changeText(one, {...canvas, width: width - 2})
      return [first + (one.replaces ? paint.bad(' forces a new one') : ''), ...rest].map((line) => `  ${line}`)
    }),
  ]
}

function outputsText({outputs}: Plan, canvas: Canvas): string[] {
  if (outputs.length === 0) return []
  const lines = outputs.flatMap(({action, ...change}) => {
    const [first = '', ...rest] = changeText(change, canvas)
    return [`  ${markOf(action, canvas)} ${first.trimStart()}`, ...rest]
  })
  return [canvas.paint.bold('outputs'), ...lines, '']
}

function lossesText({changes}: Plan, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const lost = changes.filter(({loss}) => loss !== undefined)
  if (lost.length === 0) return []
  const lines = lost.flatMap((change) => {
    const {action, address, loss, reason, id} = change
    const known = id && !address.endsWith(id) ? paint.dim(` ${safe(id)}`) : ''
    return [
      ...wrapped(`  ${markOf(action, canvas)} ${paint.bold(safe(address))}${known}`, width, 4),
      ...wrapped(`    ${paint.bad('lost')}  ${safe(loss!)}`, width, 10),
      ...(reason ? wrapped(`    ${paint.dim('why')}   ${safe(reason)}`, width, 10) : []),
    ]
  })
  return [paint.bad(paint.bold('What would be lost')), ...lines, '']
}

/** `3 to create, 1 to replace`. */
export function countsText({counts, outputs}: Plan): string {
  const words = (Object.keys(VERBS) as Action[])
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} to ${VERBS[action]}`)
  return listed(words) || (outputs.length > 0 ? 'only outputs change' : 'nothing differs')
}

function sumText(plan: Plan, canvas: Canvas): string {
  return `${canvas.paint.bold(countsText(plan))}: ${placeText(plan, canvas)}`
}

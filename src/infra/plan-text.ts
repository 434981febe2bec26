import {padEnd, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Diagnostic} from '../terraform/said.js'
import {changeText} from './change-text.js'
import {byModule} from './definition.js'
import {type Action, type Change, NO_MORE, type Plan} from './plan.js'
import {costText} from './prices-text.js'
import {plainHttp as plainHttpText} from './summary.js'
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
export function planText(plan: Plan, {kept, asking}: {kept?: string; asking?: true}, canvas: Canvas): string[] {
  if (plan.empty) return [`${canvas.paint.good('✔')} Nothing differs: ${placeText(plan, canvas)}`]
  return [
    ...[...byModule(plan.changes)].flatMap(([module, own]) => moduleText(module, own, canvas)),
    ...outputsText(plan, canvas),
    ...lossesText(plan, canvas),
    ...costText(plan.costs, canvas),
    ...sumText(plan, asking ? undefined : {kept}, canvas),
  ]
}

function moduleText(module: string, changes: Change[], canvas: Canvas): string[] {
  const plain = changes.filter(isPlain)
  const edge = Math.min(TYPE, Math.max(0, ...plain.map(({type}) => type.length)))
  const together = (action: Action) =>
    togetherText(
      action,
      plain.filter((one) => one.action === action),
      edge,
      canvas,
    )
  return [
    canvas.paint.bold(module || 'no longer in the definition'),
    ...together('create'),
    ...changes.filter((one) => !isPlain(one)).flatMap((change) => changedText(change, canvas)),
    ...together('destroy'),
    '',
  ]
}

/** The longest types get no column of their own. */
const TYPE = 44

/** There is nothing to say of it but that it comes or goes. */
const isPlain = ({action, reason}: Change) =>
  action === 'create' || (action === 'destroy' && (reason === undefined || reason === NO_MORE))

/** Those of a type stand together: their names say enough. */
function togetherText(action: Action, changes: Change[], edge: number, canvas: Canvas): string[] {
  const types = new Map<string, string[]>()
  for (const {type, address} of changes) types.set(type, [...(types.get(type) ?? []), address.slice(type.length + 1)])
  return [...types].flatMap(([type, names]) => {
    const head = `  ${markOf(action, canvas)} ${padEnd(type, edge)}  `
    return wrapped(head + canvas.safe(names.join(' ')), canvas.width, edge + 6)
  })
}

function changedText(change: Change, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const {address, action, from, reason, newFirst, attributes} = change
  const said = attributes.some(({replaces}) => replaces)
  const order = newFirst === undefined ? [] : [newFirst ? 'the new one is there first' : 'the old one goes first']
  const why = [...(reason && !said ? [safe(reason)] : []), ...order].join('; ')
  return [
    ...wrapped(`  ${markOf(action, canvas)} ${safe(address)}${why && `  ${paint.dim(why)}`}`, width, 6),
    ...(from ? [`      ${paint.dim(`was ${safe(from)}`)}`] : []),
    ...attributes.flatMap((one) => changeText(one, '      ', canvas)),
  ]
}

function outputsText({outputs}: Plan, canvas: Canvas): string[] {
  if (outputs.length === 0) return []
  const lines = outputs.flatMap(({action, ...change}) => {
    const [first = '', ...rest] = changeText(change, '', canvas)
    return [`  ${markOf(action, canvas)} ${first}`, ...rest.map((line) => `    ${line}`)]
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

function sumText(plan: Plan, next: {kept?: string} | undefined, {paint, safe, width}: Canvas): string[] {
  const sum = wrapped(`${paint.bold(countsText(plan))} in ${paint.bold(plan.env)}.`, width, 2)
  if (!next) return sum
  const {kept} = next
  const command = `fb infra up --env ${plan.env}${kept ? ` --plan ${kept}` : ''}`
  const row = (label: string, text: string) => wrapped(`  ${paint.dim(label.padEnd(6))} ${safe(text)}`, width, 9)
  return [
    ...sum,
    ...(kept ? row('Kept', `${kept}, for you alone to read: it holds the secrets of the state`) : []),
    ...row('Next', command),
  ]
}

type Asides = {warnings: Diagnostic[]; modules?: string[]; plainHttp: boolean}

/** What is said beside the plan: of the load balancer only where it is looked at. */
export function asidesText({warnings, modules, plainHttp}: Asides, {env}: Pick<Plan, 'env'>, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const note = (text: string) => wrapped(`${paint.warn('!')} ${safe(text)}`, width, 2)
  return [
    ...warnings.flatMap(({summary, detail}) => note(`${summary}. ${detail.replace(/\s+/g, ' ')}`)),
    ...(modules ? note(onlyText(modules)) : []),
    ...(plainHttp && (modules?.includes('ecs') ?? true) ? plainHttpText(env, canvas) : []),
  ]
}

const onlyText = (modules: string[]) =>
  `Only ${listed(modules)} and what ${modules.length > 1 ? 'they need' : 'it needs'}: the rest may differ too.`

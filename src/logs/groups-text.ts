import {clipMiddle, columns, padEnd, widthOf, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {amountText, bytesText} from './amounts.js'
import type {Groups, KnownGroup} from './groups.js'

/** A line for each group, then what is wrong with some of them. */
export function groupsText(groups: Groups, canvas: Canvas): string[] {
  const [table, troubles] = [tableText(groups.groups, canvas), troublesText(groups, canvas)]
  return [...table, ...(table.length > 0 && troubles.length > 0 ? [''] : []), ...troubles]
}

type Column = {
  title: string
  right?: boolean
  of(group: KnownGroup, canvas: Canvas): string
  isNews?(group: KnownGroup): boolean
}

/** Classes by the words that tell them apart in a column. */
const CLASSES: Record<string, string> = {STANDARD: 'standard', INFREQUENT_ACCESS: 'infrequent', DELIVERY: 'delivery'}

/** Without `isNews` always there; otherwise only when one group at least is not like most are. */
const COLUMNS: Column[] = [
  {
    title: 'SERVICE',
    of: ({services}, {safe}) => safe(services.join(', ')),
    isNews: ({services}) => services.length > 0,
  },
  {
    title: 'RETENTION',
    of: ({retentionDays: days}, {paint}) => (days === undefined ? paint.warn('for ever') : `${days} d`),
  },
  {title: 'STORED', right: true, of: ({bytes}) => bytesText(bytes)},
  {
    title: 'CLASS',
    of: (group) => CLASSES[group.class] ?? group.class.toLowerCase(),
    isNews: (group) => group.class !== 'STANDARD',
  },
  {
    title: 'KEY',
    of: ({kmsKey}, {paint}) => (kmsKey ? 'own' : paint.dim("AWS's")),
    isNews: ({kmsKey}) => kmsKey !== undefined,
  },
]

function tableText(groups: KnownGroup[], canvas: Canvas): string[] {
  if (groups.length === 0) return []
  const {paint, safe, width, edge = width} = canvas
  const shown = COLUMNS.filter(({isNews}) => !isNews || groups.some(isNews))
  const right = shown.flatMap((column, i) => (column.right ? [i] : []))
  const facts = columns(
    [shown.map(({title}) => title), ...groups.map((group) => shown.map((column) => column.of(group, canvas)))],
    {right},
  )
  const names = ['GROUP', ...groups.map(({name}) => safe(name))]
  const room = Math.max(12, edge - Math.max(...facts.map(widthOf)) - 2)
  const most = Math.min(room, Math.max(...names.map(widthOf)))
  const lines = names.map((name, i) => `${padEnd(clipMiddle(name, most), most)}  ${facts[i]}`)
  return [paint.dim(lines[0]!), ...lines.slice(1)]
}

/** Names told of one trouble. */
const NAMED = 3

/** Each trouble once, with the groups that have it: in some accounts that is nearly all of them. */
function troublesText({groups, missing}: Groups, {paint, safe, width}: Canvas): string[] {
  const byTrouble = new Map<string, string[]>()
  for (const {name, warnings} of groups)
    for (const warning of warnings) byTrouble.set(warning, [...(byTrouble.get(warning) ?? []), name])
  const troubles = [...byTrouble].map(
    ([warning, names]) => `${listText(names.map((name) => clipMiddle(safe(name), width - 4)))}: ${safe(warning)}`,
  )
  const absent = missing.map(
    ({group, service}) =>
      `${clipMiddle(safe(group), width - 4)}: not there, and the tasks of ${service} want to write to it`,
  )
  return [...troubles, ...absent].flatMap((text) => wrapped(`${paint.warn('!')} ${text}.`, width, 2))
}

function listText(names: string[]): string {
  const rest = names.length - NAMED
  return rest < 2 ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} and ${amountText(rest, 'other')}`
}

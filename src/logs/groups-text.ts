import {clip, columns, padEnd, widthOf, wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {bytesText} from './amounts.js'
import type {Groups, KnownGroup} from './groups.js'

/** A line for each group, then what is wrong with some of them. */
export function groupsText({groups, missing}: Groups, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const names = groups.map(({name}) => safe(name))
  const facts = columns(
    [['SERVICE', 'RETENTION', 'STORED', 'CLASS', 'KEY'], ...groups.map((group) => factsOf(group, canvas))],
    {right: [2]},
  )
  const room = Math.max(12, width - Math.max(...facts.map(widthOf)) - 2)
  const edge = Math.min(room, Math.max(...['GROUP', ...names].map(widthOf)))
  const table = ['GROUP', ...names].map((name, i) => {
    const line = `${padEnd(middle(name, edge), edge)}  ${facts[i]}`
    return i === 0 ? paint.dim(line) : line
  })
  const troubles = [
    ...groups.flatMap(({name, warnings}) => warnings.map((text) => `${safe(name)} ${safe(text)}`)),
    ...missing.map(
      ({group, service}) => `${safe(group)} is not there, and the tasks of ${service} want to write to it`,
    ),
  ]
  const warnings = troubles.flatMap((text) => wrapped(`${paint.warn('!')} ${text}.`, width, 2))
  return warnings.length > 0 ? [...table, '', ...warnings] : table
}

function factsOf({services, retentionDays, bytes, class: kind, kmsKey}: KnownGroup, {paint, safe}: Canvas): string[] {
  return [
    safe(services.join(', ')),
    retentionDays === undefined ? paint.warn('never expires') : `${retentionDays} d`,
    bytesText(bytes),
    kind.toLowerCase().replace('_', ' '),
    kmsKey ? 'own' : paint.dim("AWS's"),
  ]
}

/** Names begin alike and end unlike: what does not fit is left out in the middle. */
function middle(name: string, room: number): string {
  if (widthOf(name) <= room) return name
  const end = Math.floor((room - 1) / 2)
  return clip(name, room - end) + name.slice(-end)
}

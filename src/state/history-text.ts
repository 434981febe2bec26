import {clip, columns, padEnd, widthOf} from '../columns.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import type {Entry} from './history.js'
import {bytesText, personOf} from './words.js'

/** As many characters of an S3 version's id as nobody mistakes. */
const ID = 12

const shortName = ({kind, name}: Pick<Entry, 'kind' | 'name'>): string =>
  kind === 'version' ? name.slice(0, ID) : name

export function historyText(entries: Entry[], now: Date, {paint, safe, width}: Canvas): string[] {
  const rows = entries.map((entry) => [
    `${age(now.getTime() - entry.at.getTime())} ago`,
    safe(shortName(entry)),
    entry.deleted ? '' : String(entry.serial ?? '?'),
    entry.deleted ? '' : String(entry.resources ?? '?'),
    entry.deleted ? '' : bytesText(entry.bytes),
    entry.by ? safe(personOf(entry.by)) : '',
  ])
  const table = columns([['WHEN', 'BACKUP OR VERSION', 'SERIAL', 'RESOURCES', 'SIZE', 'WHO'], ...rows], {
    right: [2, 3, 4],
  })
  const edge = Math.max(...table.map(widthOf)) + 2
  return table.map((line, i) => {
    if (i === 0) return paint.dim(width - edge < 8 ? line : `${padEnd(line, edge)}WHY`)
    const entry = entries[i - 1]!
    const marked = entry.current ? paint.good(line) : line
    const why = width - edge < 8 ? '' : paint.dim(clip(safe(whyOf(entry)), width - edge))
    return `${padEnd(marked, edge)}${why}`.trimEnd()
  })
}

function whyOf({current, deleted, why = '', label}: Entry): string {
  if (deleted) return 'the state was deleted'
  return [current && 'current', label && `“${label}”`, why].filter(Boolean).join(' · ')
}

/** What can be restored, as choices; the current state and deletions are none. */
export function historyChoices(entries: Entry[], now: Date): {name: string; short: string; value: string}[] {
  const able = entries.filter(({current, deleted}) => !current && !deleted)
  const rows = able.map((entry) => [
    `${age(now.getTime() - entry.at.getTime())} ago`,
    shortName(entry),
    `serial ${entry.serial ?? '?'}`,
    `${entry.resources ?? '?'} resources`,
    entry.by ? personOf(entry.by) : '',
    whyOf(entry),
  ])
  return columns(rows).map((name, i) => ({name, short: shortName(able[i]!), value: able[i]!.name}))
}

import {clip, columns, padEnd, widthOf} from '../../columns.js'
import {age} from '../../durations.js'
import type {Canvas} from '../../events.js'
import {bytesText, personOf} from '../words.js'
import type {Entry} from './history.js'

/** As many characters of an S3 version's id as nobody mistakes. */
const ID = 12

const shortName = ({kind, name}: Pick<Entry, 'kind' | 'name'>): string =>
  kind === 'version' ? name.slice(0, ID) : name

/** The person who took a backup, in a table that must fit beside why they did. */
const WHO = 10
/** With less room than this for WHY, how large a state is has to go. */
const WHY = 24

const TITLES = ['WHEN', 'BACKUP OR VERSION', 'SERIAL', 'RESOURCES', 'WHO', 'SIZE']

export function historyText(entries: Entry[], now: Date, {paint, safe, width}: Canvas): string[] {
  const rows = entries.map((entry) => {
    const known = [String(entry.serial ?? '?'), String(entry.resources ?? '?')]
    const who = entry.by ? clip(safe(personOf(entry.by)), width === Infinity ? width : WHO) : ''
    const size = entry.deleted ? '' : bytesText(entry.bytes)
    return [ageOf(entry, now), safe(shortName(entry)), ...(entry.deleted ? ['', ''] : known), who, size]
  })
  const table = (most: number) =>
    columns(
      [TITLES, ...rows].map((row) => row.slice(0, most)),
      {right: [2, 3, 5]},
    )
  const edgeOf = (lines: string[]) => Math.max(...lines.map(widthOf)) + 2
  const all = table(TITLES.length)
  const lines = width - edgeOf(all) < WHY ? table(TITLES.length - 1) : all
  const edge = edgeOf(lines)
  return lines.map((line, i) => {
    if (i === 0) return paint.dim(width - edge < 8 ? line : `${padEnd(line, edge)}WHY`)
    const entry = entries[i - 1]!
    const marked = entry.current ? paint.good(line) : line
    const why = width - edge < 8 ? '' : paint.dim(clip(safe(whyOf(entry)), width - edge))
    return `${padEnd(marked, edge)}${why}`.trimEnd()
  })
}

const ageOf = ({at}: Entry, now: Date): string => `${age(now.getTime() - at.getTime())} ago`

/** Nearly all are commands of this topic: what tells one from another comes after that. */
function whyOf({current, deleted, why = '', label}: Entry): string {
  if (deleted) return 'the state was deleted'
  return [current && 'current', label && `“${label}”`, why.replace(/^fb state /, '')].filter(Boolean).join(' · ')
}

/** What can be restored, as choices; the current state and deletions are none. */
export function historyChoices(entries: Entry[], now: Date): {name: string; short: string; value: string}[] {
  const able = entries.filter(({current, deleted}) => !current && !deleted)
  const rows = able.map((entry) => [
    ageOf(entry, now),
    shortName(entry),
    `serial ${entry.serial ?? '?'}`,
    `${entry.resources ?? '?'} resources`,
    entry.by ? personOf(entry.by) : '',
    whyOf(entry),
  ])
  return columns(rows).map((name, i) => ({name, short: shortName(able[i]!), value: able[i]!.name}))
}

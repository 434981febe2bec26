import {clip, columns, padEnd, widthOf} from '../columns.js'
import {age, duration} from '../durations.js'
import type {Canvas} from '../events.js'
import {shortName} from './image.js'
import type {PastRelease, ReleaseResult} from './releases.js'

export function releasesText(releases: PastRelease[], now: Date, {paint, safe, width}: Canvas): string[] {
  const colour: Partial<Record<ReleaseResult, (text: string) => string>> = {
    live: paint.good,
    'in progress': paint.accent,
    superseded: paint.dim,
  }
  const rows = releases.map(({number, image, result, who, at, tookMs}) => [
    number === undefined ? '?' : `v${number}`,
    safe(image ? shortName(image) : '?'),
    (colour[result] ?? paint.bad)(result),
    `${age(now.getTime() - at.getTime())} ago`,
    tookMs === undefined ? '' : duration(tookMs),
    safe(who),
  ])
  const table = columns([['RELEASE', 'IMAGE', 'RESULT', 'WHEN', 'TOOK', 'WHO'], ...rows])
  const edge = Math.max(...table.map(widthOf)) + 2
  const messages = ['MESSAGE', ...releases.map((release) => safe(messageOf(release)))]
  const lines = table.map((line, i) => [
    padEnd(i === 0 ? paint.dim(line) : line, edge),
    paint.dim(clip(messages[i]!, width - edge)),
  ])
  return lines.map(([line, message]) => (width - edge < 8 ? line! : line! + message!).trimEnd())
}

/** Why a release was taken back says more than what it was made for. */
function messageOf({message, rolledBack}: PastRelease): string {
  if (!rolledBack) return message
  const {by, reason} = rolledBack
  return `${reason ?? 'rolled back'}${by ? ` (${by})` : ''}${message && `; was: ${message}`}`
}

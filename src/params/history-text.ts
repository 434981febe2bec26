import {columns, wrapped} from '../columns.js'
import {actorOf} from '../deploy/release.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import {type History, maskedOf, type Past, warningOf} from './history.js'
import {type Fingerprint, sayDifference} from './mask.js'

type Way = {now: Date; most: number; reveal: boolean; fingerprint: Fingerprint}

/** Versions, newest first, with what each one changed; values only with `reveal`. */
export function historyText(history: History, {now, most, reveal, fingerprint}: Way, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const shown = history.past.slice(0, most)
  const head = shown.map((one, i) => [
    paint.bold(`v${one.version}`) + (i === 0 ? paint.accent('*') : ' '),
    `${age(now.getTime() - one.at.getTime())} ago`,
    safe(actorOf(one.by) || 'somebody'),
    one.tasks > 0 ? `${one.tasks} running ${one.tasks === 1 ? 'task' : 'tasks'}` : '',
    one.labels.length > 0 ? paint.accent(safe(one.labels.join(', '))) : '',
    safe(one.reason ?? ''),
  ])
  const value = (one: Past) => {
    const text = reveal && one.value !== undefined ? one.value : maskedOf(one, history.key)
    const mark = one.value === undefined ? '' : paint.dim(`  #${fingerprint(one.value)}`)
    return `     ${safe(text)}${mark}  ${sayDifference(one.changed)}`
  }
  const warning = warningOf(history)
  const more = history.past.length - shown.length
  return [
    ...columns(head).flatMap((line, i) => [line, ...wrapped(value(shown[i]!).trimEnd(), width, 5)]),
    ...(more > 0 ? [paint.dim(`and ${more} more; --limit ${history.past.length} shows all`)] : []),
    ...(warning ? wrapped(`${paint.warn('!')} ${safe(warning)}`, width, 2) : []),
    ...(history.unreadable
      ? wrapped(`${paint.warn('!')} No value can be compared: ${safe(history.unreadable)}`, width, 2)
      : []),
  ]
}

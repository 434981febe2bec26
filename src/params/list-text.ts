import {columnsWithin, wrapped} from '../columns.js'
import {actorOf} from '../deploy/release.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import {sayReaders} from './fleet.js'
import type {Listed} from './list.js'
import type {Fingerprint} from './mask.js'

export function listText(all: Listed[], now: Date, fingerprint: Fingerprint, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const titles = ['KEY', 'TYPE', 'VERSION', 'UPDATED', 'BY', 'STATE', 'FINGERPRINT'].map((title) => paint.dim(title))
  const rows = all.map((one) => {
    const {key, parameter, by} = one
    const ago = parameter ? `${age(now.getTime() - parameter.modifiedAt.getTime())} ago` : ''
    const {type = '', version} = parameter ?? {}
    const mark = parameter ? paint.dim(`#${fingerprint(parameter.value)}`) : ''
    return [safe(key), type, version ? `v${version}` : '', ago, safe(by ? actorOf(by) : ''), stateOf(one, canvas), mark]
  })
  const linked = all.filter((one) => one.linked.length > 0)
  const absent = all.filter(({state}) => state === 'missing')
  return [
    ...columnsWithin([titles, ...rows], width),
    ...linked.flatMap(({key, linked: readers}) =>
      wrapped(
        `${paint.dim('+')} ${safe(key)} is read by ${safe(sayReaders(readers))} from the next deployment on.`,
        width,
        2,
      ),
    ),
    ...absent.flatMap(({key, readers}) =>
      wrapped(
        `${paint.bad('✖')} ${safe(key)} is missing: new tasks of ${safe(sayReaders(readers))} cannot start.`,
        width,
        2,
      ),
    ),
  ]
}

function stateOf({state, tasks, old}: Listed, {paint}: Canvas): string {
  if (state === 'missing') return paint.bad('missing')
  if (state === 'unused') return paint.dim('unused')
  if (state === 'live') return paint.good('live')
  return paint.warn(state === 'partial' ? `partial ${tasks - old}/${tasks}` : 'pending')
}

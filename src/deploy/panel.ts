import type {Clock} from '../clock.js'
import {clip, padEnd, padStart} from '../columns.js'
import {duration, timeOfDay} from '../durations.js'
import type {Canvas, Paint} from '../events.js'
import type {Alarmed} from './guard.js'
import {healthy, type Reading, type Side, sidesOf} from './reading.js'
import {revisionOf} from './service.js'

const NARROW = 64
/** Of a traceback the last frame and the error. */
const LOG = 3

/** The live picture of a deployment: both sides, what comes next, alarms, and what cannot be read at the moment. */
export function panel(
  reading: Reading,
  deploymentId: string,
  next: Next | undefined,
  clock: Clock,
  {since, alarm}: Beside = {},
) {
  return ({width, paint, safe}: Canvas): string[] => {
    const {blue, green} = sidesOf(reading, deploymentId)
    const narrow = width < NARROW
    const row = (label: string, text: string) => clip(`${paint.dim(label.padEnd(6))} ${text}`, width)
    return [
      sideLine('Blue', blue, narrow, paint, paint.blue),
      sideLine('Green', green, narrow, paint, paint.green),
      ...Object.entries({
        Time: sayTime(reading, since, clock),
        Next: sayNext(next, clock),
        Alarms: sayAlarms(reading, paint),
        Cause: alarm ? paint.bad(safe(alarm.summary)) : '',
      }).flatMap(([label, text]) => (text ? [row(label, text)] : [])),
      ...(alarm?.logs ?? []).slice(-LOG).map((line) => row('', paint.dim(safe(line)))),
      ...(alarm?.stop ? [row('Stop', paint.warn(alarm.stop()))] : []),
      ...reading.stale.map(({read, since, reason}) => {
        const ago = duration(clock.now().getTime() - since.getTime())
        return paint.warn(clip(`${read}: last seen ${ago} ago, trying again (${safe(reason)})`, width))
      }),
    ]
  }
}

export type Next = {what: string; at?: Date}

/** When the running step began, and what goes wrong in it. */
type Beside = {since?: Date; alarm?: Alarmed}

function sideLine(
  label: string,
  side: Side | undefined,
  narrow: boolean,
  paint: Paint,
  colour: (text: string) => string,
): string {
  if (!side) return `${padEnd(colour(label), 6)} ${paint.dim('not there yet')}`
  const {taskSet, weight, targets} = side
  const cells = [
    padEnd(colour(label), 6),
    padEnd(`v${revisionOf(taskSet.taskDefinition)}`, 4),
    bar(weight ?? 0, narrow ? 8 : 20, paint, colour),
    padStart(`${weight ?? '?'} %`, 5),
    ` ${taskSet.running}/${taskSet.desired} running`,
    health(side, paint),
  ]
  return (
    (narrow ? cells.filter((_, i) => i !== 4) : cells).join(' ') +
    (targets.length === 0 && taskSet.status === 'DRAINING' ? paint.dim(' gone') : '')
  )
}

function health({taskSet, targets}: Side, paint: Paint): string {
  if (taskSet.status === 'DRAINING') return paint.dim(' draining')
  const fit = healthy(targets)
  const text = ` ${fit}/${Math.max(taskSet.desired, targets.length)} healthy`
  return targets.some(({state}) => state === 'unhealthy') ? paint.bad(text) : text
}

function bar(percent: number, width: number, paint: Paint, colour: (text: string) => string): string {
  const full = Math.round((percent / 100) * width)
  return colour('█'.repeat(full)) + paint.dim('░'.repeat(width - full))
}

function sayTime({deployment}: Reading, since: Date | undefined, clock: Clock): string {
  const ago = (date: Date) => duration(clock.now().getTime() - date.getTime())
  const step = since ? `${ago(since)} in this step` : ''
  return [step, deployment ? `${ago(deployment.createdAt)} since the start` : ''].filter(Boolean).join(', ')
}

function sayNext(next: Next | undefined, clock: Clock): string {
  if (!next) return ''
  if (!next.at) return next.what
  const left = next.at.getTime() - clock.now().getTime()
  return `${next.what} ${left > 0 ? `in ${duration(left)} (${timeOfDay(next.at)})` : 'any moment now'}`
}

function sayAlarms({alarms = []}: Reading, paint: Paint): string {
  const firing = alarms.filter(({state}) => state === 'ALARM')
  if (alarms.length === 0) return ''
  if (firing.length > 0) return paint.bad(`${firing.map(({name}) => name).join(', ')} in ALARM`)
  return `${alarms.length} OK`
}

/** The same in one line of text, for a log. */
export function oneLine(reading: Reading, deploymentId: string, phase: string, awaited?: string): string {
  const {blue, green} = sidesOf(reading, deploymentId)
  const side = (name: string, one: Side | undefined) =>
    one
      ? `${name} v${revisionOf(one.taskSet.taskDefinition)} ${one.weight ?? '?'} % ${one.taskSet.running}/${one.taskSet.desired} running ${healthy(one.targets)} healthy`
      : `${name} none yet`
  const firing = (reading.alarms ?? []).filter(({state}) => state === 'ALARM').map(({name}) => name)
  const stale = reading.stale.map(({read, reason}) => `cannot read ${read}: ${reason}`)
  return [
    `${padEnd(phase, 9)}${side('green', green)}`,
    side('blue', blue),
    ...(firing.length > 0 ? [`ALARM ${firing.join(', ')}`] : []),
    ...(awaited ? [awaited] : []),
    ...stale,
  ].join(' · ')
}

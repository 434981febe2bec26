import {clip, columns, wrapped} from '../columns.js'
import {SANDBOX} from '../config/names.js'
import {duration, timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import type {Health} from './health.js'
import {shortName} from './image.js'
import {readDescription} from './release.js'
import {releasesText} from './releases-text.js'
import {readRollback} from './rollback-marks.js'
import {RELEASE} from './scaling.js'
import type {Status, TaskSetStatus} from './status.js'

const INDENT = 11
/** Rows that would be unreadable if they went on in the next line. */
const TABLES = new Set(['Task sets', 'Releases'])

/** The whole service on one screen, the verdict first. */
export function statusText(status: Status, now: Date, canvas: Canvas): string[] {
  const {dim} = canvas.paint
  const inner = {...canvas, width: canvas.width - INDENT}
  const sections: [string, string[]][] = [
    ['Problems', status.problems.map((problem) => canvas.paint.bad(canvas.safe(problem)))],
    ['Deploying', deploymentLines(status, now, canvas)],
    ['Task sets', taskSetLines(status, canvas)],
    ['Scaling', scalingLines(status, canvas)],
    ['Alarms', alarmLines(status, canvas)],
    ['Stopped', stoppedLines(status, canvas)],
    ['Releases', status.releases.length > 0 ? releasesText(status.releases, now, inner) : []],
  ]
  return [
    ...wrapped(verdict(status, canvas), canvas.width, 2),
    '',
    ...sections.flatMap(([title, lines]) =>
      lines.flatMap((line, i) => {
        const labelled = `${dim((i === 0 ? title : '').padEnd(INDENT))}${line}`
        return TABLES.has(title) ? [clip(labelled, canvas.width)] : wrapped(labelled, canvas.width, INDENT)
      }),
    ),
  ]
}

const SIGNS: Record<Health, {sign: string; colour: 'good' | 'accent' | 'warn' | 'bad'}> = {
  healthy: {sign: '●', colour: 'good'},
  deploying: {sign: '◐', colour: 'accent'},
  degraded: {sign: '▲', colour: 'warn'},
  down: {sign: '✖', colour: 'bad'},
}

function verdict({env, service, health, release, tasks, taskSets, alarms}: Status, {paint, safe}: Canvas): string {
  const {sign, colour} = SIGNS[health]
  const primary = taskSets.find(({status}) => status === 'PRIMARY')
  const firing = alarms.filter(({state}) => state === 'ALARM').length
  const seen = primary !== undefined && primary.traffic !== null
  const facts = [
    release && `v${release.number} (${safe(shortName(release.image))})${seen ? ` serves ${primary.traffic} %` : ''}`,
    seen ? `${primary.healthy}/${tasks.desired} healthy` : `${tasks.running}/${tasks.desired} running`,
    firing > 0 ? `${firing} alarm${firing > 1 ? 's' : ''} firing` : '',
  ]
  const mark = env === SANDBOX ? `${paint.warn('[sandbox]')} ` : ''
  return `${mark}${paint[colour](sign)} ${paint.bold(`${env} ${service} is ${health}`)}: ${facts.filter(Boolean).join(' · ')}`
}

function deploymentLines({deployment, taskSets}: Status, now: Date, {safe}: Canvas): string[] {
  if (!deployment) return []
  const {id, status, release, rollbackOf, createdAt, description, blueTerminatesAt} = deployment
  const {message, actor} = readDescription(description)
  const what = release ? `v${release}` : 'release not known yet'
  const who = [
    rollbackOf ? `rolls back ${rollbackOf}` : what,
    actor ? `by ${actor}` : '',
    `for ${duration(now.getTime() - createdAt.getTime())}`,
  ]
    .filter(Boolean)
    .join(' ')
  return [
    `${id} ${status} · ${safe(who)}${message ? ` · ${safe(message)}` : ''}`,
    ...(blueTerminatesAt ? [sayBake(deployment, taskSets, blueTerminatesAt)] : []),
  ]
}

/** Nobody wants back what a rollback has just taken away. */
function sayBake({description}: {description?: string}, taskSets: TaskSetStatus[], until: Date): string {
  const old = taskSets.find(({status}) => status === 'ACTIVE')
  const stays = `all traffic moved; ${old ? `v${old.release} stays` : 'the old tasks stay'} until ${timeOfDay(until)}`
  return readRollback({description}) ? stays : `${stays}: until then the way back takes seconds`
}

const STATUS_COLOURS = {PRIMARY: 'good', ACTIVE: 'accent', DRAINING: 'dim'} as const

function taskSetLines({taskSets}: Status, {paint}: Canvas): string[] {
  if (taskSets.length === 0) return []
  const rows = taskSets.map(({release, status, traffic, desired, running, healthy, targets}) => {
    const named = [`v${release}`, paint[STATUS_COLOURS[status]](status), traffic === null ? '?' : `${traffic} %`]
    // Its tasks finish what they have begun, and the load balancer has let go of them.
    if (status === 'DRAINING') return [...named, paint.dim(`${running} left`), '']
    const fit = healthy === null ? '?' : `${healthy}/${targets}`
    return [...named, `${running}/${desired}`, healthy !== null && healthy < desired ? paint.bad(fit) : fit]
  })
  return columns([['RELEASE', 'STATUS', 'TRAFFIC', 'RUNNING', 'HEALTHY'].map(paint.dim), ...rows], {right: [2, 3, 4]})
}

function scalingLines({tasks: {desired, running, min, max, scaleIn}, env}: Status, {paint, safe}: Canvas): string[] {
  const bounds = min === undefined ? 'does not scale by itself' : `scales from ${min} to ${max}`
  const line = `${desired} desired, ${running} running · ${bounds}`
  if (!scaleIn) return [line]
  const {heldFor, left} = scaleIn
  if (heldFor === undefined) return [line, paint.warn('scale-in is suspended, not by fb')]
  if (!left) return [`${line} · scale-in is held for ${safe(heldFor)}`]
  return [line, paint.warn(`scale-in is still held for ${safe(heldFor)}, whose shift is over: ${RELEASE} --env ${env}`)]
}

function alarmLines({alarms}: Status, {paint, safe}: Canvas): string[] {
  if (alarms.length === 0) return [paint.warn('none watch this service')]
  return alarms.map(
    ({name, state}) =>
      `${state === 'ALARM' ? paint.bad(state) : state === 'OK' ? paint.good(state) : paint.warn(state)} ${safe(name)}`,
  )
}

function stoppedLines({stopped}: Status, {safe}: Canvas): string[] {
  return stopped.map(
    ({count, message, since}) => `${count}x ${safe(message)}${since ? `, since ${timeOfDay(since)}` : ''}`,
  )
}

import type {Clock} from '../clock.js'
import {age, timeOfDay} from '../durations.js'
import {GaveUp} from '../errors.js'
import {type Canvas, type Event, stands, type Workflow} from '../events.js'
import {ROLLBACK_BEGINS} from './aftermath.js'
import type {Attached} from './attach.js'
import {untilCalm} from './calm.js'
import {type MarkAws, marking} from './mark.js'
import {oneLine, panel} from './panel.js'
import {blueTerminatesAt, isDone, spanOf} from './phases.js'
import {readDescription, sayCreator, sayRelease} from './release.js'
import {readRollback, replacedBy} from './rollback-marks.js'
import {type Deployment, isOver, type LifecycleEvent} from './service.js'
import {shiftMinutes} from './strategy.js'
import type {Observe} from './watch.js'

/** What to do when another deployment is under way. */
export const IF_BUSY = ['fail', 'wait', 'attach', 'replace'] as const
export type IfBusy = (typeof IF_BUSY)[number]

/** A deployment that is in the way of another, and how far it has come. */
export type InTheWay = {found: Attached; deployment: Deployment; lifecycle: LifecycleEvent[]}

/** Its traffic has moved: CodeDeploy only keeps the old version for the way back. */
const isKept = ({lifecycle}: InTheWay): boolean => isDone('verify', lifecycle)

/** A rollback, by CodeDeploy or by fb, is never stopped: it brings the service home. */
export const isRollback = (way: InTheWay): boolean =>
  way.found.deployment.id !== way.deployment.id || (readRollback(way.deployment) !== undefined && !isKept(way))

/** Replacing it takes its release back; one whose traffic has moved is only ended. */
export const isTakenBack = (way: InTheWay): boolean => !isRollback(way) && !isKept(way)

const names = ({found: {underway}}: InTheWay) => ({
  old: underway.previous ? sayRelease(underway.previous) : 'the old version',
  fresh: sayRelease(underway.release),
})

/** Who deploys what, since when, and how far it is. */
export function wayText(way: InTheWay, now: Date, {paint, safe}: Canvas): string[] {
  const {id, createdAt, creator, description} = way.deployment
  const {message, actor = sayCreator(creator)} = readDescription(description)
  const begun = `${age(now.getTime() - createdAt.getTime())} ago`
  return [
    `${paint.warn('!')} ${paint.bold(`Another deployment is running: ${id}`)}, by ${safe(actor)}, ${begun}.`,
    ...(message ? [`  It says: ${safe(message)}`] : []),
    `  ${safe(howFar(way))}`,
  ]
}

function howFar(way: InTheWay): string {
  const {lifecycle, deployment} = way
  const {old, fresh} = names(way)
  const back = readRollback(deployment)
  if (isRollback(way)) return back ? `It goes back to v${back.to}.` : `It returns all traffic to ${old}.`
  const until = blueTerminatesAt(lifecycle, deployment.terminationMinutes)
  if (isKept(way)) return `All traffic is on ${fresh}; ${old} is kept${until ? ` until ${timeOfDay(until)}` : ''}.`
  if (deployment.status === 'Ready') return `${fresh} waits for approval; ${old} has all the traffic.`
  if (spanOf('shift', lifecycle).startedAt) return `Traffic is being moved from ${old} to ${fresh}.`
  return `${fresh} is being started; ${old} has all the traffic.`
}

/** What can be done about it, and what each choice loses. `already`: what is asked for serves beside it. */
export function wayChoices(way: InTheWay, already = false): {name: string; short: string; value: IfBusy}[] {
  const {old, fresh} = names(way)
  const lost = isKept(way)
    ? `End it now, then deploy. ${old} is terminated: the way back to it takes a deployment.`
    : already
      ? `Stop it and roll it back, and deploy nothing: ${old} serves on.`
      : `Stop it and roll it back, then deploy. ${fresh} does not go live.`
  return [
    {
      value: 'wait',
      short: 'wait',
      name: `Wait until it is over, about ${timeOfDay(endOf(way))}, then deploy. Nothing is lost.`,
    },
    ...(isRollback(way) ? [] : [{value: 'replace' as const, short: 'replace it', name: lost}]),
    {value: 'attach', short: 'watch it', name: 'Watch it, and deploy nothing.'},
    {value: 'fail', short: 'cancel', name: 'Cancel.'},
  ]
}

/** The question before it is replaced. */
export const replaceQuestion = (way: InTheWay): string =>
  isKept(way) ? `End ${way.deployment.id} now?` : `Stop ${way.deployment.id} and roll it back?`

const STARTING_MINUTES = 2

/** When it is over, if all goes well. */
function endOf({found: {underway}, deployment, lifecycle}: InTheWay): Date {
  const {createdAt, terminationMinutes} = deployment
  const known = blueTerminatesAt(lifecycle, terminationMinutes)
  const minutes = STARTING_MINUTES + shiftMinutes(underway.strategy) + terminationMinutes
  return known ?? new Date(createdAt.getTime() + minutes * 60_000)
}

export type WayAws = MarkAws & {
  stop(deploymentId: string, how: {rollback: boolean}): Promise<boolean>
  proceed(deploymentId: string, wait: 'TERMINATION_WAIT'): Promise<boolean>
  observe: Observe
}

/** `by`: what comes next, for which alarms must be OK when it `heeds` them. */
type How = {how: 'wait' | 'replace'; deadline: Date; by: string; heeds?: boolean}

/** Waits until CodeDeploy takes another deployment; with `replace` it ends the one in the way first. Its id when that took it back. */
export async function* makeWay(
  aws: WayAws,
  way: InTheWay,
  {how, deadline, by, heeds}: How,
  clock: Clock,
): Workflow<string | undefined> {
  const {id} = way.deployment
  const ends = how === 'replace' && !isRollback(way)
  const back = ends && isTakenBack(way)
  let told = false
  const end = back ? `Stop ${id} and roll it back` : `End ${id}`
  yield {type: 'plan', steps: {...(ends && {end}), over: `Wait until ${id} is over`}}
  if (ends) {
    yield {type: 'start', step: 'end'}
    const heard = back ? await aws.stop(id, {rollback: true}) : await aws.proceed(id, 'TERMINATION_WAIT')
    yield {type: 'done', step: 'end', detail: heard ? '' : 'it was over already'}
    told = heard
    if (heard)
      yield stands(`${id} was told to ${back ? 'stop and roll back' : 'end'}; nothing else was changed.`, [
        `fb watch ${id}`,
      ])
    if (back && heard) yield* marking(aws, way.found.underway)(replacedBy(by))
  }
  yield {type: 'start', step: 'over'}
  const {rollbackId, status} = yield* followed(aws.observe, id, {deadline, told, back: back && told}, clock)
  if (rollbackId) yield* followed(aws.observe, rollbackId, {deadline, told}, clock)
  yield {type: 'done', step: 'over', detail: rollbackId ? `rolled back by ${rollbackId}` : ''}
  // One that outran its own stop has all the traffic.
  const takenBack = back && told && status !== 'Succeeded'
  if (told) yield stands(`${id} ${takenBack ? 'was stopped and rolled back' : 'is over'}; nothing else was changed.`)
  if (takenBack && heeds) yield* untilCalm(aws.observe, id, deadline)
  return takenBack ? id : undefined
}

/** `told`: fb has had it end. `back`: it is to be rolled back, and CodeDeploy may take a while to begin with that. */
type Following = {deadline: Date; told: boolean; back?: boolean}

/** Follows a deployment to its end, and to the beginning of the one that rolls it back. */
async function* followed(
  observe: Observe,
  id: string,
  {deadline, told, back = false}: Following,
  clock: Clock,
): AsyncGenerator<Event, Deployment, void> {
  for await (const reading of observe(id)) {
    const {deployment, at} = reading
    if (deployment && isOver(deployment) && !(back && mayBegin(deployment, at))) return deployment
    if (at > deadline) throw gaveUp(id, told)
    const picture = panel(reading, id, undefined, clock)
    yield {type: 'progress', step: 'over', line: oneLine(reading, id, 'waiting'), panel: picture}
  }
  throw new TypeError('observing ended by itself')
}

/** Whether it may yet be rolled back, by a deployment that is not there yet. */
const mayBegin = ({status, rollbackId, completedAt}: Deployment, at: Date): boolean =>
  status !== 'Succeeded' && !rollbackId && at.getTime() - (completedAt ?? at).getTime() < ROLLBACK_BEGINS

const gaveUp = (id: string, told: boolean) =>
  new GaveUp(`Gave up waiting for ${id}; it goes on in AWS.`, {
    code: 'still_busy',
    state: told ? `${id} was told to end; nothing was deployed.` : 'Nothing was deployed.',
    next: [`fb watch ${id}`],
  })

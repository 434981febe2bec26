import {wrapped} from '../columns.js'
import {timeOfDay} from '../durations.js'
import {Busy} from '../errors.js'
import type {Canvas} from '../events.js'
import type {Attached} from './attach.js'
import {approvalEndsAt} from './gate.js'
import {blueTerminatesAt} from './phases.js'
import {placeOf} from './plan.js'
import {type Release, sayRelease} from './release.js'
import {type Deployment, isOver, type LifecycleEvent} from './service.js'

export type ProceedAws = {
  lifecycle(deploymentId: string): Promise<LifecycleEvent[]>
  deployment(deploymentId: string): Promise<Deployment>
  proceed(deploymentId: string, wait: 'READY_WAIT' | 'TERMINATION_WAIT'): Promise<boolean>
}

/** A wait of CodeDeploy's that a person ends, and when it would end by itself. */
export type Wait = {found: Attached; until?: Date}

/** What `--json` prints of a wait that was ended. */
export type Proceeded = {
  env: string
  account: string
  region: string
  service: string
  result: 'approved' | 'finished'
  deploymentId: string
  release: Release
  previous?: Release
  next: string[]
  exitCode: 0
}

/** The wait for approval of a deployment; fails when it does not wait. */
export async function findGate(aws: ProceedAws, found: Attached): Promise<Wait> {
  const {deployment, underway} = found
  if (deployment.status !== 'Ready') throw notWaiting(deployment, 'does not wait for approval')
  const lifecycle = await aws.lifecycle(deployment.id)
  return {found, until: approvalEndsAt({at: deployment.createdAt, stale: [], lifecycle}, underway.group)}
}

/** The time in which blue is kept although all traffic has moved; fails when blue is needed, or gone. */
export async function findBake(aws: ProceedAws, found: Attached): Promise<Wait> {
  const {deployment} = found
  if (isOver(deployment) || !deployment.terminationStarted)
    throw notWaiting(deployment, isOver(deployment) ? 'is over' : 'still moves traffic, and needs the old version')
  const lifecycle = await aws.lifecycle(deployment.id)
  return {
    found,
    until: blueTerminatesAt(lifecycle, deployment.terminationMinutes),
  }
}

export const approve = (aws: ProceedAws, {found}: Wait): Promise<Proceeded> => end(aws, found, 'READY_WAIT')

export const finish = (aws: ProceedAws, {found}: Wait): Promise<Proceeded> => end(aws, found, 'TERMINATION_WAIT')

/** That it does not wait any more can be our own doing, when the first answer was lost, or a colleague's: what counts is that it goes on. */
async function end(aws: ProceedAws, {underway}: Attached, wait: 'READY_WAIT' | 'TERMINATION_WAIT'): Promise<Proceeded> {
  const {scene, deploymentId, release, previous} = underway
  if (!(await aws.proceed(deploymentId, wait))) {
    const deployment = await aws.deployment(deploymentId)
    if (deployment.status === 'Ready' || (isOver(deployment) && deployment.status !== 'Succeeded'))
      throw notWaiting(deployment, 'has not gone on')
  }
  const approved = wait === 'READY_WAIT'
  const next = approved ? `fb watch ${deploymentId} --env ${scene.env}` : `fb status --env ${scene.env}`
  return {
    ...placeOf(scene),
    result: approved ? 'approved' : 'finished',
    deploymentId,
    release,
    previous,
    next: [next],
    exitCode: 0,
  }
}

const notWaiting = ({id, status, error}: Deployment, what: string) =>
  new Busy(`${id} ${what}: it is ${status}.`, {
    code: 'not_waiting',
    because: error ? [`codedeploy:GetDeployment: ${error.code}: ${error.message}`] : [],
    state: 'Nothing was changed.',
    next: [`fb watch ${id}`, 'fb status'],
  })

/** What ending the time of the old version costs. */
export function bakeText({found, until}: Wait, canvas: Canvas): string[] {
  const {paint, width} = canvas
  const old = oldOf(found.underway)
  const rows = {
    Now: `${old} is kept${until ? ` until ${timeOfDay(until)}` : ''}: the way back takes seconds`,
    Then: `${old} is gone: the way back is a new deployment, and takes minutes`,
  }
  const lines = Object.entries(rows).flatMap(([label, text]) =>
    wrapped(`  ${paint.dim(label.padEnd(6))} ${label === 'Then' ? paint.warn(text) : text}`, width, 9),
  )
  return ['', ...lines, '']
}

export const oldOf = ({previous}: {previous?: Release}): string => (previous ? sayRelease(previous) : 'the old version')

export function proceededText(
  {result, deploymentId, release, previous, next}: Proceeded,
  {paint, safe}: Canvas,
): string[] {
  const what =
    result === 'approved'
      ? `${deploymentId} is approved: production traffic moves to ${sayRelease(release)}.`
      : `${deploymentId} is finished: CodeDeploy terminates ${oldOf({previous})} now.`
  return [`${paint.good('✔')} ${safe(what)}`, ...next.map((step) => `  ${paint.dim('Next  ')} ${step}`)]
}

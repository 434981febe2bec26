import {duration, timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import type {Failure} from './diagnose.js'
import {failureParts, laidOut} from './failure-text.js'
import {shortName} from './image.js'
import type {Migration} from './migration.js'
import type {Release} from './release.js'
import type {Deployment} from './service.js'

export type Result = 'live' | 'started' | 'complete' | 'rolled_back' | 'failed' | 'timeout' | 'noop'

/** How a deployment ended: what `--json` prints. Dates are ISO 8601 in UTC there. */
export type Outcome = {
  env: string
  account: string
  region: string
  service: string
  result: Result
  release: Release
  /** What it replaces, when that is known. */
  previous?: Release
  deployment?: {
    id: string
    status: string
    config: string
    createdAt: Date
    trafficShiftedAt?: Date
    blueTerminatesAt?: Date
    /** The deployment by which CodeDeploy rolled it back. */
    rollbackId?: string
    /** When fb itself asked for its end, because it could not succeed. */
    stoppedAt?: Date
  }
  /** Where nothing had to be deployed: the deployment that was rolled back instead. */
  takenBack?: string
  /** What ran on the new release before it was deployed. */
  migration?: Migration
  /** Percent of production traffic; null where it could not be read. */
  traffic: {blue: number | null; green: number | null}
  failure?: Failure
  /** Why scale-in could not be released after it was held. */
  scaleInHeld?: string
  next: string[]
  exitCode: number
}

const EXIT: Record<Result, number> = {live: 0, started: 0, complete: 0, noop: 0, rolled_back: 9, failed: 6, timeout: 8}

export const exitCodeOf = (result: Result): number => EXIT[result]

export const deploymentOf = (
  deployment: Deployment,
  trafficShiftedAt?: Date,
  blueTerminatesAt?: Date,
): NonNullable<Outcome['deployment']> => ({
  id: deployment.id,
  status: deployment.status,
  config: deployment.config,
  createdAt: deployment.createdAt,
  trafficShiftedAt,
  blueTerminatesAt,
  rollbackId: deployment.rollbackId,
})

/** The end in a few lines: what happened, the evidence, what serves now, what to type. */
export function outcomeText(outcome: Outcome, canvas: Canvas): string[] {
  const {failure, previous, next} = outcome
  const parts = [
    ...(failure ? failureParts(failure, previous ? `v${previous.number}` : 'the old one', canvas) : []),
    {name: 'State', lines: [...state(outcome), ...saySchema(outcome), ...sayHeld(outcome, canvas)]},
    {name: 'Next', lines: next},
  ]
  return laidOut(parts, headline(outcome, canvas), canvas)
}

function headline(
  {result, release, previous, deployment, env, failure, takenBack}: Outcome,
  {paint, safe}: Canvas,
): string {
  const name = `v${release.number} (${shortName(release.image)})`
  const took =
    deployment?.trafficShiftedAt && duration(deployment.trafficShiftedAt.getTime() - deployment.createdAt.getTime())
  switch (result) {
    case 'noop':
      if (!takenBack) return `${paint.good('✔')} ${env} already runs ${name}.`
      return `${paint.good('✔')} ${paint.bold(`${name} serves ${env}`)}: ${takenBack} was rolled back, and nothing had to be deployed.`
    case 'started':
      return `${paint.good('✔')} Deployment ${deployment!.id} of ${name} has started.`
    case 'timeout':
      return `${paint.warn('!')} Gave up waiting for ${deployment?.id ?? 'the deployment'}; it goes on in AWS.`
    case 'live':
      return `${paint.good('✔')} ${paint.bold(`${name} is live in ${env}`)}: all traffic moved${took ? ` in ${took}` : ''}.`
    case 'complete':
      return `${paint.good('✔')} ${paint.bold(`${name} is live in ${env}`)}, and ${oldOf(previous)} is gone.`
    default:
      if (failure?.code === 'asked')
        return `${paint.bad('✖')} ${paint.bold(`${name} was not deployed to ${env}`)}: ${safe(failure.summary)}.`
      return `${paint.bad('✖')} ${paint.bold(`${name} failed in ${env}: ${safe(failure?.summary ?? 'unknown cause')}`)}`
  }
}

const oldOf = (previous?: Release): string =>
  previous ? `v${previous.number} (${shortName(previous.image)})` : 'the old version'

function state({result, deployment, previous, release, traffic}: Outcome): string[] {
  const old = oldOf(previous)
  const shares = `${old} has ${traffic.blue ?? '?'} % of the traffic, v${release.number} has ${traffic.green ?? '?'} %.`
  switch (result) {
    case 'live':
      return [sayWayBack(old, deployment)]
    case 'rolled_back':
      return [
        `${old} serves all traffic and is healthy. ${deployment?.rollbackId ? 'The deployment was rolled back.' : 'No traffic had moved.'}${sayStopped(deployment)}`,
      ]
    case 'failed':
      return [`${shares} A person must look.${sayStopped(deployment)}`]
    case 'timeout':
      return [deployment?.status === 'Ready' ? `It waits for approval; ${shares}` : shares]
    default:
      return []
  }
}

/** What failing fast has saved: CodeDeploy waits for an hour. */
const sayStopped = (deployment: Outcome['deployment']): string =>
  deployment?.stoppedAt
    ? ` fb stopped it after ${duration(deployment.stoppedAt.getTime() - deployment.createdAt.getTime())}, instead of CodeDeploy after an hour.`
    : ''

/** A migration is not undone by whatever becomes of the deployment. */
const saySchema = ({result, migration, previous}: Outcome): string[] =>
  migration && ['rolled_back', 'failed', 'timeout'].includes(result)
    ? [
        `The migration has run: the schema stays, ${previous ? `v${previous.number}` : 'the old version'} has to work with it.`,
      ]
    : []

const sayHeld = ({scaleInHeld}: Outcome, {paint, safe}: Canvas): string[] =>
  scaleInHeld ? [paint.warn(`Scale-in is still held: ${safe(scaleInHeld)}`)] : []

function sayWayBack(old: string, deployment: Outcome['deployment']): string {
  const until = deployment?.blueTerminatesAt
  if (until) return `${old} stays until ${timeOfDay(until)}: until then the way back takes seconds.`
  if (deployment?.status === 'Succeeded') return `${old} is gone: the way back is a deployment.`
  return `${old} is kept for the way back until CodeDeploy ends the deployment.`
}

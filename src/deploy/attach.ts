import type {Clock} from '../clock.js'
import {age} from '../durations.js'
import {NotFound} from '../errors.js'
import type {Canvas, Workflow} from '../events.js'
import {type FollowAws, followed, outcome, type Patience, type Underway} from './deploy.js'
import {explainFailure, type FailureReads} from './failure.js'
import type {Outcome} from './outcome.js'
import {patience, type Scene} from './plan.js'
import {type Release, readDescription, releaseOf, sayCreator, sayRelease} from './release.js'
import type {ReleasesReads} from './releases.js'
import {type RolledBack, readRollback, readRolledBackTag, toldBy} from './rollback-marks.js'
import {releasingScaleIn} from './scaling.js'
import {type Deployment, type Group, isOver, type LifecycleEvent, type ServiceState} from './service.js'
import type {Steering} from './steer.js'
import type {Strategy} from './strategy.js'
import {STEPS, type WaitFor} from './watch.js'

export type AttachReads = ReleasesReads & {
  service(): Promise<ServiceState>
  group(): Promise<Group>
  strategy(name: string): Promise<Strategy>
  deployment(id: string): Promise<Deployment>
  inFlight(): Promise<Deployment | undefined>
  targetGroups(names: string[]): Promise<Record<string, string>>
}

/** A deployment somebody started, with all that watching it needs. */
export type Attached = {
  underway: Underway
  deployment: Deployment
  /** Who stopped it, when that was noted with the release. */
  rolledBack?: RolledBack
  /** True when it is over, and its rollback too: there is nothing to watch. */
  past: boolean
  targetGroups: string[]
}

/** Finds the deployment to watch: the one named, or the one in flight. A rollback is watched as the end of what it rolls back. */
export async function findDeployment(aws: AttachReads, scene: Scene, id?: string): Promise<Attached> {
  const [service, group, named] = await Promise.all([
    aws.service(),
    aws.group(),
    id ? aws.deployment(id) : aws.inFlight(),
  ])
  if (!named) throw nothingRuns(scene)
  const deployment = named.rollbackOf ? await aws.deployment(named.rollbackOf) : named
  const [arn, strategy, targets, rollback] = await Promise.all([
    deployedBy(aws, deployment, service),
    aws.strategy(deployment.config),
    aws.targetGroups(group.targetGroups),
    deployment.rollbackId ? aws.deployment(deployment.rollbackId) : undefined,
  ])
  const revision = await aws.taskDefinition(arn)
  const container = service.taskSets[0]?.container ?? scene.names.container
  const previous = await previousRelease(aws, service, deployment, container)
  const release = releaseOf(revision, container)
  const underway = {
    scene,
    strategy,
    previous,
    group,
    definition: revision.definition,
    container,
    release,
    deploymentId: deployment.id,
    goesBack: readRollback(deployment) !== undefined,
  }
  const past = isOver(deployment) && (rollback === undefined || isOver(rollback))
  const rolledBack = readRolledBackTag(revision.tags, deployment.id)
  return {underway, deployment, rolledBack, past, targetGroups: group.targetGroups.map((name) => targets[name]!)}
}

/** The task definition a deployment deploys: its task set has it while there is one, then its AppSpec. */
export async function deployedBy(
  aws: Pick<AttachReads, 'deployedTaskDefinitions'>,
  {id, sha256}: Deployment,
  {taskSets}: ServiceState,
): Promise<string> {
  const set = taskSets.find(({deploymentId}) => deploymentId === id)
  const arn = set?.taskDefinition ?? (sha256 && (await aws.deployedTaskDefinitions([sha256]))[sha256])
  if (arn) return arn
  throw new NotFound(`CodeDeploy does not say what ${id} deployed.`, {code: 'no_revision', next: ['fb status']})
}

/** What this deployment replaces: the other task set while it runs, then the last one that succeeded before it. */
async function previousRelease(
  aws: AttachReads,
  {taskSets}: ServiceState,
  deployment: Deployment,
  container: string,
): Promise<Release | undefined> {
  const blue = taskSets.find(({deploymentId, status}) => deploymentId !== deployment.id && status !== 'DRAINING')
  if (blue && !isOver(deployment)) return releaseOf(await aws.taskDefinition(blue.taskDefinition), container)
  const before = (await aws.history(HISTORY)).find(
    ({createdAt, status, rollbackOf}) => createdAt < deployment.createdAt && status === 'Succeeded' && !rollbackOf,
  )
  const arn = before?.sha256 && (await aws.deployedTaskDefinitions([before.sha256]))[before.sha256]
  return arn ? releaseOf(await aws.taskDefinition(arn), container) : undefined
}

const HISTORY = 20

const nothingRuns = ({env}: Scene) =>
  new NotFound(`No deployment is running in ${env}.`, {
    code: 'no_deployment',
    next: [`fb releases --env ${env}`, `fb status --env ${env}`],
  })

/** Follows a deployment that is already under way. Changes nothing that is not decided on the way. */
export async function* attach(
  aws: FollowAws,
  {underway}: Pick<Attached, 'underway'>,
  patience: Patience,
  steering: Steering,
  clock: Clock,
): Workflow<Outcome> {
  const {group, deploymentId} = underway
  yield {type: 'plan', steps: STEPS(Boolean(group.testListener), patience.until)}
  return yield* releasingScaleIn(aws, deploymentId, followed(aws, underway, patience, steering, clock))
}

export type RecallReads = FailureReads & {
  service(): Promise<ServiceState>
  lifecycle(deploymentId: string): Promise<LifecycleEvent[]>
}

/** How a deployment ended that is over: from what AWS keeps of it, without watching. */
export async function recall(aws: RecallReads, {underway, deployment, rolledBack}: Attached): Promise<Outcome> {
  const [service, lifecycle] = await Promise.all([
    aws.service(),
    // Without it only what hooks said is missing.
    aws.lifecycle(deployment.id).catch(() => []),
  ])
  const reading = {at: deployment.completedAt ?? deployment.createdAt, stale: [], deployment, service, lifecycle}
  if (deployment.status === 'Succeeded') return outcome('complete', underway, {end: 'complete', reading, unhealthy: []})
  const failure = await explainFailure(aws, underway, {end: 'failed', reading, unhealthy: []})
  return {
    ...outcome(deployment.rollbackId ? 'rolled_back' : 'failed', underway, {end: 'failed', reading, unhealthy: []}),
    failure: rolledBack ? toldBy(rolledBack, failure) : failure,
  }
}

/** The same in words. What serves now is another question. */
export function recallText({deployment, release, failure, env}: Outcome, now: Date, {paint, safe}: Canvas): string[] {
  const {id, createdAt, rollbackId} = deployment!
  const when = `${age(now.getTime() - createdAt.getTime())} ago`
  const name = `${id} of ${sayRelease(release)}`
  if (!failure)
    return [
      `${paint.good('✔')} ${name} was deployed ${when} and has ended well.`,
      `  ${paint.dim('Next  ')} fb status --env ${env}`,
    ]
  return [
    `${paint.bad('✖')} ${name} failed ${when}: ${safe(failure.summary)}`,
    `  ${paint.dim('State ')} It was ${rollbackId ? `rolled back by ${rollbackId}` : 'not rolled back'}.`,
    `  ${paint.dim('Next  ')} fb releases info ${release.number} --env ${env}`,
    `         fb status --env ${env}`,
  ]
}

/** Which deployment it is, whose, and what for. */
export function attachedText({underway: {previous, release}, deployment}: Attached, {safe}: Canvas): string {
  const {message, actor = sayCreator(deployment.creator)} = readDescription(deployment.description)
  const change = `${previous ? `${sayRelease(previous)} → ` : ''}${sayRelease(release)}`
  return safe(`${deployment.id}  ${change}, by ${actor}${message && `: ${message}`}`)
}

export const attachPatience = ({underway}: Attached, until: WaitFor): number => patience(underway, until)

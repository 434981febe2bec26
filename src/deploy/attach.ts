import type {Clock} from '../clock.js'
import {NotFound} from '../errors.js'
import type {Workflow} from '../events.js'
import {concluded, type DeployAws, type Patience, type Underway} from './deploy.js'
import type {Outcome} from './outcome.js'
import {patience, type Scene} from './plan.js'
import {type Release, releaseOf} from './release.js'
import type {ReleasesReads} from './releases.js'
import {type Deployment, type Group, isOver, type ServiceState} from './service.js'
import type {Strategy} from './strategy.js'
import {STEPS, type WaitFor, watch} from './watch.js'

export type AttachReads = ReleasesReads & {
  service(): Promise<ServiceState>
  group(): Promise<Group>
  strategy(name: string): Promise<Strategy>
  deployment(id: string): Promise<Deployment>
  inFlight(): Promise<Deployment | undefined>
  targetGroups(names: string[]): Promise<Record<string, string>>
}

/** A deployment somebody started, with all that watching it needs. */
export type Attached = {underway: Underway; deployment: Deployment; strategy: Strategy; targetGroups: string[]}

/** Finds the deployment to watch: the one named, or the one in flight. A rollback is watched as the end of what it rolls back. */
export async function findDeployment(aws: AttachReads, scene: Scene, id?: string): Promise<Attached> {
  const [service, group, named] = await Promise.all([
    aws.service(),
    aws.group(),
    id ? aws.deployment(id) : aws.inFlight(),
  ])
  if (!named) throw nothingRuns(scene)
  const deployment = named.rollbackOf ? await aws.deployment(named.rollbackOf) : named
  const [arns, strategy, targets] = await Promise.all([
    aws.deployedTaskDefinitions(deployment.sha256 ? [deployment.sha256] : []),
    aws.strategy(deployment.config),
    aws.targetGroups(group.targetGroups),
  ])
  const arn = arns[deployment.sha256 ?? '']
  if (!arn)
    throw new NotFound(`CodeDeploy no longer knows what ${deployment.id} deployed.`, {
      code: 'no_revision',
      next: ['fb status'],
    })
  const revision = await aws.taskDefinition(arn)
  const container = service.taskSets[0]?.container ?? scene.names.container
  const previous = await previousRelease(aws, service, deployment, container)
  const release = releaseOf(revision, container)
  const {definition} = revision
  const underway = {
    scene,
    previous: previous ?? release,
    group,
    definition,
    container,
    release,
    deploymentId: deployment.id,
  }
  return {underway, deployment, strategy, targetGroups: group.targetGroups.map((name) => targets[name]!)}
}

/** What this deployment replaces: the other task set while there is one, then the last one that succeeded before it. */
async function previousRelease(
  aws: AttachReads,
  service: ServiceState,
  deployment: Deployment,
  container: string,
): Promise<Release | undefined> {
  const blue = service.taskSets.find(
    ({deploymentId, status}) => deploymentId !== deployment.id && (status !== 'DRAINING' || isOver(deployment)),
  )
  if (blue && !isOver(deployment)) return releaseOf(await aws.taskDefinition(blue.taskDefinition), container)
  const before = (await aws.history(20)).find(
    ({createdAt, status, rollbackOf}) => createdAt < deployment.createdAt && status === 'Succeeded' && !rollbackOf,
  )
  const arn = before?.sha256 && (await aws.deployedTaskDefinitions([before.sha256]))[before.sha256]
  return arn ? releaseOf(await aws.taskDefinition(arn), container) : undefined
}

const nothingRuns = ({env}: Scene) =>
  new NotFound(`No deployment is running in ${env}.`, {
    code: 'no_deployment',
    next: [`fb releases --env ${env}`, `fb status --env ${env}`],
  })

/** Follows a deployment that is already under way. Changes nothing. */
export async function* attach(
  aws: DeployAws,
  {underway, deployment, strategy}: Attached,
  {until, deadline}: Patience,
  clock: Clock,
): Workflow<Outcome> {
  const {group, deploymentId} = underway
  const complete = deployment.status === 'Succeeded' ? 'complete' : until
  yield {type: 'plan', steps: STEPS(Boolean(group.testListener), complete)}
  const watched = yield* watch(
    aws.observe,
    {deploymentId, group, strategy, until: complete, deadline, since: deployment.createdAt},
    clock,
  )
  return yield* concluded(aws, underway, watched, deadline, clock)
}

export const attachPatience = ({underway: {group}, strategy}: Attached, until: WaitFor): number =>
  patience({group, strategy}, until)

import type {Clock} from '../clock.js'
import type {Event, Workflow} from '../events.js'
import {appSpecFor, sealed} from './appspec.js'
import {explainFailure, type FailureReads} from './failure.js'
import {deploymentOf, exitCodeOf, type Outcome, type Result} from './outcome.js'
import {oneLine, panel} from './panel.js'
import type {DeployPlan} from './plan.js'
import {healthy, type Reading, type Side, sidesOf} from './reading.js'
import {actorOf, describeDeployment, type Release} from './release.js'
import {type Deployment, isOver, revisionOf} from './service.js'
import type {TaskDefinition} from './task-definition.js'
import {blueTerminatesAt, type Observe, STEPS, type WaitFor, type Watched, watch} from './watch.js'

/** What deploying writes, and what explaining a failure reads. */
export type DeployAws = FailureReads & {
  register(definition: TaskDefinition, tags: Record<string, string>): Promise<string>
  create(deployment: {content: string; sha256: string; config: string; description: string}): Promise<string>
  deployment(id: string): Promise<Deployment>
  observe: Observe
}

export type Patience = {until: WaitFor; deadline: Date}

/** Registers the task definition, starts the deployment and follows it to the end that `until` names. */
export async function* deploy(
  aws: DeployAws,
  plan: DeployPlan,
  {until, deadline}: Patience,
  clock: Clock,
): Workflow<Outcome> {
  const {group, strategy} = plan
  const first = {register: `Register release ${plan.number}`, create: 'Start the deployment'}
  yield {type: 'plan', steps: until === 'started' ? first : {...first, ...STEPS(Boolean(group.testListener), until)}}
  const since = clock.now()
  const release = yield* register(aws, plan)
  const deploymentId = yield* create(aws, plan, release)
  if (until === 'started') return started(plan, release, await aws.deployment(deploymentId))
  const watched = yield* watch(aws.observe, {deploymentId, group, strategy, until, deadline, since}, clock)
  return yield* concluded(aws, {...plan, release, deploymentId}, watched, deadline, clock)
}

async function* register(aws: DeployAws, {definition, tags, image}: DeployPlan): AsyncGenerator<Event, Release, void> {
  yield {type: 'start', step: 'register'}
  const arn = await aws.register(definition, tags)
  yield {type: 'done', step: 'register', detail: arn.slice(arn.lastIndexOf('/') + 1)}
  return {number: revisionOf(arn), taskDefinitionArn: arn, image: image.image, digest: image.digest}
}

async function* create(aws: DeployAws, plan: DeployPlan, release: Release): AsyncGenerator<Event, string, void> {
  yield {type: 'start', step: 'create'}
  const description = describeDeployment(plan.message, actorOf(plan.scene.caller))
  const appSpec = appSpecFor(release.taskDefinitionArn, plan.primary, plan.appSpec)
  const id = await aws.create({...sealed(appSpec), config: plan.strategy.name, description})
  yield {type: 'done', step: 'create', detail: id}
  return id
}

/** A deployment under way, as far as its end needs to know it. */
export type Underway = Pick<DeployPlan, 'scene' | 'previous' | 'group' | 'definition'> & {
  release: Release
  deploymentId: string
  container?: string
}

/** What a watched deployment came to; a failed one is followed until the old version serves again. */
export async function* concluded(
  aws: DeployAws,
  underway: Underway,
  watched: Watched,
  deadline: Date,
  clock: Clock,
): Workflow<Outcome> {
  const {end, reading} = watched
  if (end === 'traffic') return outcome('live', underway, watched)
  if (end === 'complete') return outcome('complete', underway, watched)
  if (end === 'timeout') return outcome('timeout', underway, watched)
  const failure = await explainFailure(aws, underway, watched)
  const after = yield* rollback(aws, underway, reading, deadline, clock)
  const safe = servesAgain(after, underway)
  return {...outcome(safe ? 'rolled_back' : 'failed', underway, {...watched, reading: after}), failure}
}

/** CodeDeploy's automatic rollback, followed until the old task set has all the traffic. */
async function* rollback(
  aws: DeployAws,
  underway: Underway,
  last: Reading,
  deadline: Date,
  clock: Clock,
): AsyncGenerator<Event, Reading, void> {
  const {previous, deploymentId} = underway
  yield {type: 'plan', steps: {rollback: `Return all traffic to v${previous.number}`}}
  yield {type: 'start', step: 'rollback'}
  let reading = last
  for await (reading of aws.observe(deploymentId)) {
    const rollbackId = reading.deployment?.rollbackId
    const over = rollbackId
      ? await aws.deployment(rollbackId).then(isOver, () => false)
      : !underway.group.rollbackOn.length
    const settled = servesAgain(reading, underway)
    if (over && (settled || !rollbackId)) break
    if (reading.at > deadline) break
    yield {
      type: 'progress',
      step: 'rollback',
      line: oneLine(reading, deploymentId, 'rollback'),
      panel: panel(reading, deploymentId, undefined, clock),
    }
  }
  const type = servesAgain(reading, underway) ? 'done' : 'fail'
  yield {type, step: 'rollback', detail: reading.deployment?.rollbackId ?? ''}
  return reading
}

/** The previous release is PRIMARY again, has all the traffic and only healthy targets. */
function servesAgain(reading: Reading, {previous}: Underway): boolean {
  const primary = reading.service?.taskSets.find(({status}) => status === 'PRIMARY')
  if (!primary || primary.taskDefinition !== previous.taskDefinitionArn) return false
  const targets = reading.targets?.[primary.targetGroup] ?? []
  return reading.weights?.[primary.targetGroup] === 100 && healthy(targets) > 0 && healthy(targets) >= primary.desired
}

function started(plan: DeployPlan, release: Release, deployment: Deployment): Outcome {
  return {...base('started', {...plan, release}), deployment: deploymentOf(deployment), traffic: {blue: 100, green: 0}}
}

/** Nothing to do: what was asked for already runs. */
export function noop(plan: DeployPlan): Outcome {
  return {...base('noop', {...plan, release: plan.previous}), traffic: {blue: 0, green: 100}}
}

function base(
  result: Result,
  {scene, release, previous}: Pick<Underway, 'scene' | 'release' | 'previous'>,
): Omit<Outcome, 'traffic'> {
  const {env, account, region, service} = scene
  return {
    env,
    account,
    region,
    service,
    result,
    release,
    previous,
    next: nextFor(result, env),
    exitCode: exitCodeOf(result),
  }
}

function outcome(result: Result, underway: Underway, {reading, trafficShiftedAt}: Watched): Outcome {
  const {blue, green} = sidesOf(reading, underway.deploymentId)
  const share = (side?: Side) => (reading.weights ? (side?.weight ?? 0) : null)
  const until = blueTerminatesAt(reading, underway.group.terminationMinutes)
  return {
    ...base(result, underway),
    deployment: reading.deployment && deploymentOf(reading.deployment, trafficShiftedAt, until),
    traffic: {blue: share(blue), green: share(green)},
  }
}

function nextFor(result: Result, env: string): string[] {
  const status = `fb status --env ${env}`
  if (result === 'started' || result === 'timeout') return [`fb watch --env ${env}`, status]
  return result === 'noop' ? ['--force deploys it again'] : [status]
}

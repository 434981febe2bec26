import type {Clock} from '../clock.js'
import type {Event, Workflow} from '../events.js'
import {aftermath} from './aftermath.js'
import {appSpecFor, sealed} from './appspec.js'
import {explainFailure, type FailureReads} from './failure.js'
import {type FailFast, Guard} from './guard.js'
import {type MarkAws, marking} from './mark.js'
import type {Migration} from './migration.js'
import {deploymentOf, exitCodeOf, type Outcome, type Result} from './outcome.js'
import {blueTerminatesAt} from './phases.js'
import {type DeployPlan, placeOf} from './plan.js'
import {type Side, sidesOf} from './reading.js'
import {actorOf, describeDeployment, type Release} from './release.js'
import {holdingScaleIn, type ScalingAws} from './scaling.js'
import {isOver, revisionOf} from './service.js'
import {type SteerAws, type Steering, steered} from './steer.js'
import type {TaskDefinition} from './task-definition.js'
import {type Observe, STEPS, type WaitFor, type Watched} from './watch.js'

/** What deploying writes, and what explaining a failure reads. */
export type DeployAws = FollowAws & {
  register(definition: TaskDefinition, tags: Record<string, string>): Promise<string>
  create(deployment: {
    content: string
    sha256: string
    config: string
    description: string
    ignoreAlarms?: {otherwise: string}
  }): Promise<string>
}

/** What following one needs that is under way. */
export type FollowAws = FailureReads & SteerAws & ScalingAws & MarkAws

/** How long to follow it, and what may end it before. */
export type Patience = {until: WaitFor; deadline: Date; failFast?: FailFast}

/** What is done on the new release before anything of it serves. */
export type Before = {migrate?: (release: Release) => AsyncGenerator<Event, Migration, void>}

/** Registers the task definition, starts the deployment and follows it to the end that `until` names. */
export async function* deploy(
  aws: DeployAws,
  plan: DeployPlan,
  {migrate, ...patience}: Patience & Before,
  steering: Steering,
  clock: Clock,
): Workflow<Outcome> {
  const {group} = plan
  const {until} = patience
  const first = {
    register: `Register release ${plan.number}`,
    ...(migrate && {migrate: 'Migrate the schema'}),
    create: 'Start the deployment',
  }
  yield {type: 'plan', steps: until === 'started' ? first : {...first, ...STEPS(Boolean(group.testListener), until)}}
  const release = yield* register(aws, plan)
  const migration = migrate && (yield* migrate(release))
  // From here on there may be a deployment: somebody who interrupts is asked what becomes of it.
  if (until !== 'started') steering.listen()
  const deploymentId = yield* create(aws, plan, release)
  if (until === 'started') return {...started({...plan, release}, deploymentId, clock.now()), migration}
  const underway = {...plan, release, deploymentId}
  const following = followed(aws, underway, patience, steering, clock)
  return {...(yield* holdingScaleIn(aws, deploymentId, following)), migration}
}

/** A deployment under way, to its end or to what `until` names. */
export async function* followed(
  aws: FollowAws,
  underway: Underway,
  {until, deadline, failFast}: Patience,
  steering: Steering,
  clock: Clock,
): Workflow<Outcome> {
  const {deploymentId, group, strategy, goesBack} = underway
  const mark = marking(aws, underway)
  const guard = new Guard({...underway, mark}, failFast, clock)
  const input = {deploymentId, group, strategy, until, deadline, guard, mark, goesBack}
  const watched = yield* steered(aws, input, steering, clock)
  return yield* concluded(aws, underway, watched, deadline, clock)
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
  const ignoreAlarms = plan.unheeded?.length ? {otherwise: 'deploy when no alarm fires'} : undefined
  const id = await aws.create({...sealed(appSpec), config: plan.strategy.name, description, ignoreAlarms})
  yield {type: 'done', step: 'create', detail: id}
  return id
}

/** A deployment under way, as far as its end needs to know it. */
export type Underway = Pick<DeployPlan, 'scene' | 'group' | 'strategy' | 'definition' | 'container'> & {
  release: Release
  /** What it replaces, when that is known. */
  previous?: Release
  deploymentId: string
  /** It brings an earlier release back. */
  goesBack?: boolean
}

/** What a watched deployment came to; a failed one is followed until the old version serves again. */
export async function* concluded(
  aws: FailureReads & {observe: Observe},
  underway: Underway,
  watched: Watched,
  deadline: Date,
  clock: Clock,
): Workflow<Outcome> {
  const {end} = watched
  if (end === 'traffic') return outcome('live', underway, watched)
  if (end === 'complete' || end === 'timeout') return outcome(end, underway, watched)
  const failure = watched.asked ?? (await explainFailure(aws, underway, watched))
  const {state, reading} = yield* aftermath(aws.observe, underway, deadline, clock)
  const result = ({serves: 'rolled_back', divided: 'failed', unknown: 'timeout'} as const)[state]
  return {...outcome(result, underway, {...watched, reading}), failure}
}

/** The answer to CreateDeployment is the id: what it begins with is known. */
export function started(
  {strategy, ...described}: Described & Pick<DeployPlan, 'strategy'>,
  id: string,
  createdAt: Date,
): Outcome {
  const deployment = {id, status: 'Created', config: strategy.name, createdAt}
  return {...base('started', described), deployment, traffic: {blue: 100, green: 0}}
}

/** Nothing to deploy: what was asked for already runs, or does so again since a deployment in its way was taken back. */
export function noop({scene, previous}: Pick<DeployPlan, 'scene' | 'previous'>, takenBack?: string): Outcome {
  const {next, ...told} = base('noop', {scene, previous, release: previous})
  const traffic = {blue: null, green: null}
  return {...told, takenBack, traffic, next: takenBack ? [`fb status --env ${scene.env}`] : next}
}

type Described = Pick<Underway, 'scene' | 'release' | 'previous'>

function base(result: Result, {scene, release, previous}: Described): Omit<Outcome, 'traffic'> {
  return {
    ...placeOf(scene),
    result,
    release,
    previous,
    next: nextFor(result, scene.env, release),
    exitCode: exitCodeOf(result),
  }
}

export function outcome(result: Result, underway: Underway, {reading, trafficShiftedAt, stoppedAt}: Watched): Outcome {
  const {blue, green} = sidesOf(reading, underway.deploymentId)
  const share = (side?: Side) => (reading.weights ? (side?.weight ?? 0) : null)
  const gone = reading.deployment !== undefined && isOver(reading.deployment)
  const until = gone ? undefined : blueTerminatesAt(reading.lifecycle, underway.group.terminationMinutes)
  const told = base(result, underway)
  const waits = result === 'timeout' && reading.deployment?.status === 'Ready'
  return {
    ...told,
    next: waits ? [`fb approve --env ${told.env}`, ...told.next] : told.next,
    deployment: reading.deployment && {...deploymentOf(reading.deployment, trafficShiftedAt, until), stoppedAt},
    traffic: {blue: share(blue), green: share(green)},
  }
}

function nextFor(result: Result, env: string, release: Release): string[] {
  const status = `fb status --env ${env}`
  if (result === 'rolled_back' || result === 'failed')
    return [`fb releases info ${release.number} --env ${env}`, status]
  if (result === 'started' || result === 'timeout') return [`fb watch --env ${env}`, status]
  if (result === 'live') return [status, `fb rollback --env ${env}`]
  return result === 'noop' ? ['--force deploys it again'] : [status]
}

import type {Clock} from '../clock.js'
import {type Event, stands, type Workflow} from '../events.js'
import {appSpecFor, sealed} from './appspec.js'
import {concluded, type DeployAws, type Patience} from './deploy.js'
import type {FailureReads} from './failure.js'
import {spanOf} from './phases.js'
import {actorOf, describeDeployment, inheritedTags, type Release} from './release.js'
import {rollbackMessage} from './rollback-marks.js'
import {type RollbackOutcome, redeployed, redeploying} from './rollback-outcome.js'
import type {RollbackPlan} from './rollback-plan.js'
import {holdingScaleIn, type ScalingAws} from './scaling.js'
import {isOver, revisionOf} from './service.js'
import {type Standing, standing} from './standing.js'
import {registrable} from './task-definition.js'
import {type Observe, STEPS, watch} from './watch.js'

export type RedeployAws = FailureReads &
  ScalingAws &
  Pick<DeployAws, 'register' | 'create'> & {
    observe: Observe
    proceed(id: string, wait: 'READY_WAIT' | 'TERMINATION_WAIT'): Promise<boolean>
  }

/** Deploys the release to go back to once more and follows it. */
export async function* redeploy(
  aws: RedeployAws,
  plan: RollbackPlan,
  patience: Patience,
  clock: Clock,
): Workflow<RollbackOutcome> {
  const {inactive, target, group} = plan
  const {until, deadline} = patience
  const gated = group.waitsForApproval
  yield {
    type: 'plan',
    steps: {
      ...(inactive && {register: `Register v${target.number} again`}),
      create: `Start a deployment of v${target.number}`,
      ...(until !== 'started' && STEPS(Boolean(group.testListener), until)),
      ...(until === 'started' && gated && {approve: APPROVE}),
    },
  }
  const release = inactive ? yield* registerAgain(aws, plan) : target
  const id = yield* create(aws, plan, release)
  if (until === 'started') {
    if (!gated || (yield* approved(aws, id, deadline))) return redeploying(plan, release, id, clock.now())
    yield {type: 'plan', steps: STEPS(Boolean(group.testListener), until)}
  }
  const watched = watchRedeployment(aws, plan, release, id, patience, clock)
  return yield* holdingScaleIn(aws, id, watched, standingOf(plan, id))
}

async function* registerAgain(
  aws: RedeployAws,
  {revision, target, scene}: RollbackPlan,
): AsyncGenerator<Event, Release, void> {
  yield {type: 'start', step: 'register'}
  const arn = await aws.register(registrable(revision.definition), inheritedTags(revision.tags, scene.caller))
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  yield stands(`${name} is registered; no deployment of it was started.`)
  yield {type: 'done', step: 'register', detail: name}
  return {...target, number: revisionOf(arn), taskDefinitionArn: arn}
}

/** Without the hooks of the group: they check, and migrate, for the release that comes, not for one that comes back. */
async function* create(aws: RedeployAws, plan: RollbackPlan, release: Release): AsyncGenerator<Event, string, void> {
  const {primary, appSpecs, strategy, from, target, reason, scene, ignoreAlarms} = plan
  yield {type: 'start', step: 'create'}
  const description = describeDeployment(rollbackMessage(from.number, target.number, reason), actorOf(scene.caller))
  const appSpec = sealed(appSpecFor(release.taskDefinitionArn, primary), appSpecs)
  const ignoring = ignoreAlarms ? {otherwise: '--respect-alarms'} : undefined
  const id = await aws.create({...appSpec, config: strategy.name, description, ignoreAlarms: ignoring})
  yield standingOf(plan, id)
  yield {type: 'done', step: 'create', detail: id}
  return id
}

const APPROVE = 'Start its tasks, and approve it'

const goesOn = (id: string) => standing(`Deployment ${id} goes on in AWS.`, [`fb watch ${id}`])

const standingOf = ({group}: RollbackPlan, id: string): Standing =>
  group.waitsForApproval
    ? standing(`Deployment ${id} goes on in AWS; before its traffic moves it waits for approval.`, [
        `fb approve ${id}`,
        `fb watch ${id}`,
      ])
    : goesOn(id)

/** Nobody else would approve it: its start alone brings nothing back. False: it was not to be approved, or not in time. */
async function* approved(aws: RedeployAws, id: string, deadline: Date): AsyncGenerator<Event, boolean, void> {
  yield {type: 'start', step: 'approve'}
  for await (const {deployment, lifecycle, at} of aws.observe(id)) {
    const {status} = deployment ?? {}
    if (status === 'Ready') await aws.proceed(id, 'READY_WAIT')
    if (status === 'Ready' || status === 'Succeeded' || spanOf('shift', lifecycle).startedAt) {
      yield goesOn(id)
      yield {type: 'done', step: 'approve', detail: ''}
      return true
    }
    if ((deployment && isOver(deployment)) || at > deadline) break
    yield {type: 'progress', step: 'approve', line: `${id} ${status ?? ''}`}
  }
  yield {type: 'fail', step: 'approve', detail: 'it has not come so far'}
  return false
}

/** Follows a deployment that brings a release back, by whomever it was started. */
export async function* watchRedeployment(
  aws: RedeployAws,
  plan: RollbackPlan,
  release: Release,
  deploymentId: string,
  {until, deadline}: Patience,
  clock: Clock,
): Workflow<RollbackOutcome> {
  const {group, strategy, from, revision, primary, scene} = plan
  const observe = approving(aws)
  const watched = yield* watch(observe, {deploymentId, group, strategy, until, deadline}, clock)
  const underway = {
    scene,
    group,
    strategy,
    definition: revision.definition,
    container: primary.container,
    release,
    previous: from,
    deploymentId,
  }
  return redeployed(plan, yield* concluded({...aws, observe}, underway, watched, deadline, clock))
}

/** Where the group waits for a person to approve, the one who rolls back has done so. */
const approving = (aws: RedeployAws): Observe =>
  async function* approved(id) {
    for await (const reading of aws.observe(id)) {
      if (reading.deployment?.id === id && reading.deployment.status === 'Ready') await aws.proceed(id, 'READY_WAIT')
      yield reading
    }
    throw new TypeError('observing ended by itself')
  }

import type {Clock} from '../clock.js'
import {explain, GaveUp, Interrupted} from '../errors.js'
import {type Event, stands, type Workflow} from '../events.js'
import {type Aftermath, aftermath} from './aftermath.js'
import type {Patience} from './deploy.js'
import type {Release} from './release.js'
import {rolledBackTag} from './rollback-marks.js'
import {backWith, type RollbackOutcome, stopping} from './rollback-outcome.js'
import type {First, RollbackPlan} from './rollback-plan.js'
import {type RedeployAws, redeploy, watchRedeployment} from './rollback-redeploy.js'
import {releaseLeft, releasingScaleIn} from './scaling.js'
import {type Deployment, isOver, revisionOf} from './service.js'
import {STEPS} from './watch.js'

export type RollbackAws = RedeployAws & {
  deployment(id: string): Promise<Deployment>
  stop(id: string, options: {rollback: boolean}): Promise<boolean>
  retag(arn: string, change: {add: Record<string, string>; drop: string[]}): Promise<void>
}

/** Goes the way of the plan. When what served before has ended in the meantime, it is deployed anew. */
export async function* rollback(
  aws: RollbackAws,
  plan: RollbackPlan,
  patience: Patience,
  clock: Clock,
): Workflow<RollbackOutcome> {
  const began = clock.now()
  const timed = (outcome: RollbackOutcome) => ({...outcome, tookMs: clock.now().getTime() - began.getTime()})
  if (plan.path === 'attach') return timed(yield* follow(aws, plan, patience, clock))
  if (plan.path === 'abort' || plan.path === 'instant') {
    const outcome = yield* takeBack(aws, plan, patience, clock)
    if (outcome) return timed(await releaseLeft(aws, plan.underWay!.deployment.id, outcome))
  } else if (plan.first) yield* makeRoom(aws, plan, plan.first, patience, clock)
  return timed(yield* redeploy(aws, {...plan, path: 'redeploy'}, patience, clock))
}

/** Stops the deployment under way and follows its traffic back. Nothing: it had ended, and what served before is gone. */
async function* takeBack(
  aws: RollbackAws,
  plan: RollbackPlan,
  {until, deadline}: Patience,
  clock: Clock,
): AsyncGenerator<Event, RollbackOutcome | undefined, void> {
  if (!(yield* stop(aws, plan))) return undefined
  if (until === 'started') return stopping(plan, clock.now())
  const came = yield* returned(aws, plan, plan.target, deadline, clock)
  return came.reading.deployment?.status === 'Succeeded' ? undefined : backWith(plan, came, until)
}

const RECORD = 'Note who rolls it back, and why'

/** False: it had come to its good end. One that somebody else has stopped is on its way back as well. */
async function* stop(aws: RollbackAws, plan: RollbackPlan): AsyncGenerator<Event, boolean, void> {
  const {id} = plan.underWay!.deployment
  yield {type: 'plan', steps: {stop: `Stop ${id}`, record: RECORD}}
  yield {type: 'start', step: 'stop'}
  const stopped = await aws.stop(id, {rollback: true})
  if (!stopped && (await aws.deployment(id)).status === 'Succeeded') {
    yield {
      type: 'fail',
      step: 'stop',
      detail: `it has ended meanwhile: v${plan.target.number} is deployed anew`,
    }
    return false
  }
  yield stands(`${id} is stopped; CodeDeploy brings the traffic back.`, [`fb watch ${id}`, 'fb status'])
  yield {type: 'done', step: 'stop', detail: stopped ? '' : 'it was stopped already'}
  yield* record(aws, plan)
  return true
}

/** The traffic comes first: that the words could not be kept is told, and no more. */
async function* record(aws: RollbackAws, plan: RollbackPlan): AsyncGenerator<Event, void, void> {
  const {from, scene, reason, underWay} = plan
  yield {type: 'start', step: 'record'}
  try {
    const add = rolledBackTag(underWay!.deployment.id, scene.caller, reason)
    await aws.retag(from.taskDefinitionArn, {add, drop: []})
    yield {type: 'done', step: 'record', detail: reason ?? ''}
  } catch (error) {
    if (error instanceof Interrupted) throw error
    yield {type: 'fail', step: 'record', detail: explain(error).message}
  }
}

/** CodeDeploy was told to roll back: that comes, whatever the group does by itself. */
function returned(
  {observe}: RollbackAws,
  {underWay, group, path}: RollbackPlan,
  previous: Pick<Release, 'number' | 'taskDefinitionArn'>,
  deadline: Date,
  clock: Clock,
): AsyncGenerator<Event, Aftermath, void> {
  const rollbackOn = [...group.rollbackOn, 'DEPLOYMENT_STOP_ON_REQUEST']
  const {id: deploymentId} = underWay!.deployment
  const verb = path === 'abort' ? 'Keep all traffic on' : undefined
  return aftermath(observe, {previous, deploymentId, group: {...group, rollbackOn}}, deadline, clock, verb)
}

/** Somebody goes back already: nothing is to be done but to look on. */
async function* follow(
  aws: RollbackAws,
  plan: RollbackPlan,
  patience: Patience,
  clock: Clock,
): Workflow<RollbackOutcome> {
  const {deployment} = plan.underWay!
  if (patience.until === 'started') return stopping(plan, clock.now())
  if (!isOver(deployment)) {
    yield {type: 'plan', steps: STEPS(Boolean(plan.group.testListener), patience.until)}
    const watched = watchRedeployment(aws, plan, plan.target, deployment.id, patience, clock)
    return yield* releasingScaleIn(aws, deployment.id, watched)
  }
  return backWith(plan, yield* returned(aws, plan, plan.target, patience.deadline, clock), patience.until)
}

/** CodeDeploy takes one deployment at a time: the one under way has to end. */
async function* makeRoom(
  aws: RollbackAws,
  plan: RollbackPlan,
  {how, deploymentId}: First,
  {deadline}: Patience,
  clock: Clock,
): AsyncGenerator<Event, void, void> {
  if (how === 'stop') {
    const arn = plan.underWay!.blue!.taskDefinition
    const previous = {number: revisionOf(arn), taskDefinitionArn: arn}
    if (!(yield* stop(aws, plan))) return
    const {state} = yield* returned(aws, plan, previous, deadline, clock)
    if (state === 'unknown') throw stillRuns(deploymentId)
    return
  }
  const title = how === 'finish' ? `End the wait of ${deploymentId}` : `Wait for the end of ${deploymentId}`
  yield {type: 'plan', steps: {first: title}}
  yield {type: 'start', step: 'first'}
  for await (const {deployment, at} of aws.observe(deploymentId)) {
    if (deployment && isOver(deployment)) break
    if (at > deadline) throw stillRuns(deploymentId)
    if (how === 'finish') await aws.proceed(deploymentId, 'TERMINATION_WAIT')
    yield {type: 'progress', step: 'first', line: `${deploymentId} ${deployment?.status ?? ''}`}
  }
  yield {type: 'done', step: 'first', detail: ''}
}

const stillRuns = (id: string) =>
  new GaveUp(`${id} has not ended in time, and CodeDeploy takes no other deployment before.`, {
    code: 'timeout',
    state: 'Nothing else was started.',
    next: [`fb watch ${id}`, 'fb rollback'],
  })

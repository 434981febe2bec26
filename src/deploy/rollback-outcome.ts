import {duration, timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import type {Aftermath} from './aftermath.js'
import {noop, outcome, started} from './deploy.js'
import {laidOut} from './failure-text.js'
import {type Outcome, outcomeText} from './outcome.js'
import type {Reading} from './reading.js'
import {type Release, sayRelease} from './release.js'
import type {Path, RollbackPlan} from './rollback-plan.js'
import {choices, undone} from './rollback-target.js'
import type {WaitFor} from './watch.js'

/** How a rollback ended: `release` is what serves at the end, `previous` what was rolled back. */
export type RollbackOutcome = Outcome & {path: Path; reason?: string; tookMs?: number}

/** By a stop: CodeDeploy sends the traffic to what still runs. */
export function backWith(plan: RollbackPlan, {state, reading}: Aftermath, until: WaitFor): RollbackOutcome {
  const serves = until === 'complete' ? 'complete' : 'live'
  return ofStop(plan, ({serves, divided: 'failed', unknown: 'timeout'} as const)[state], reading)
}

/** Only asked for; the traffic comes back without fb. */
export const stopping = (plan: RollbackPlan, at: Date): RollbackOutcome =>
  ofStop(plan, 'started', {at, stale: [], deployment: plan.underWay!.deployment, weights: plan.weights})

function ofStop(plan: RollbackPlan, result: Outcome['result'], reading: Reading): RollbackOutcome {
  const {underWay, from, target, revision, primary} = plan
  const {id: deploymentId} = underWay!.deployment
  const {definition} = revision
  const underway = {...plan, definition, container: primary.container, release: target, previous: from, deploymentId}
  return ofRollback(plan, outcome(result, underway, {end: 'complete', reading, unhealthy: []}))
}

/** By a deployment. One that was rolled back itself leaves what was to be left. */
export function redeployed(plan: RollbackPlan, ended: Outcome): RollbackOutcome {
  const {release, previous} = ended
  const own = ended.result === 'rolled_back' && previous ? {release: previous, previous: release} : {}
  return ofRollback(plan, {...ended, ...own})
}

export const redeploying = (plan: RollbackPlan, release: Release, id: string, createdAt: Date): RollbackOutcome =>
  ofRollback(plan, started({...plan, release, previous: plan.from}, id, createdAt))

/** What serves is what was asked for, or what somebody has gone back to already. */
export function nothingToDo(plan: RollbackPlan): RollbackOutcome {
  const {from, scene} = plan
  const last = undone(plan)
  const previous = last?.image ? (last as Release) : undefined
  const further = choices(plan)
    .slice(0, 1)
    .map(({number}) => `fb rollback v${number} --env ${scene.env}`)
  const ended = ofRollback(plan, {...noop({...plan, previous: from}), previous})
  return {...ended, next: [...ended.next, ...further]}
}

/** What to type next is another matter once one is back. */
function ofRollback({scene: {env}, path, reason}: RollbackPlan, ended: Outcome): RollbackOutcome {
  const back = ['live', 'complete', 'noop'].includes(ended.result)
  return {...ended, ...(back && {next: [`fb status --env ${env}`, `fb releases --env ${env}`]}), path, reason}
}

/** The end in a few lines: what serves now, what is left of the other, what to type. */
export function rollbackText(ended: RollbackOutcome, canvas: Canvas): string[] {
  const {result, path, release, previous} = ended
  if (path === 'redeploy' || (path === 'attach' && ended.failure)) {
    if (result === 'rolled_back' && previous)
      return outcomeText({...ended, release: previous, previous: release}, canvas)
    if (result === 'failed' || result === 'timeout') return outcomeText(ended, canvas)
  }
  const parts = [
    {name: 'State', lines: state(ended)},
    {name: 'Next', lines: ended.next},
  ]
  return laidOut(parts, headline(ended, canvas), canvas)
}

function headline(
  {result, path, release, previous, env, deployment, tookMs}: RollbackOutcome,
  {paint}: Canvas,
): string {
  const name = sayRelease(release)
  switch (result) {
    case 'noop':
      return `${paint.good('✔')} ${env} already runs ${name}.`
    case 'started':
      return `${paint.good('✔')} ${env} goes back to ${name}: ${deployment!.id}.`
    case 'timeout':
      return `${paint.warn('!')} Gave up waiting for ${deployment?.id ?? 'CodeDeploy'}; it goes on in AWS.`
    case 'failed':
      return `${paint.bad('✖')} ${paint.bold(`The traffic has not come back to ${name} in ${env}.`)}`
    default: {
      const sign = paint.good('✔')
      const took = tookMs === undefined ? '' : ` in ${duration(tookMs)}`
      if (path === 'abort')
        return `${sign} ${paint.bold(`${env} stays on ${name}`)}: ${sayRelease(previous!)} was stopped${took}, before any traffic moved.`
      const rolled = previous ? `${sayRelease(previous)} was rolled back${took}` : `rolled back${took}`
      return `${sign} ${paint.bold(`${env} is on ${name} again`)}, with all the traffic: ${rolled}.`
    }
  }
}

function state({result, path, previous, release, traffic, deployment}: RollbackOutcome): string[] {
  const schema = 'The database schema stays as it is now.'
  const until = deployment?.blueTerminatesAt
  switch (result) {
    case 'failed': {
      const {blue, green} = traffic
      return [
        `v${release.number} has ${blue ?? '?'} % of the traffic, v${previous?.number ?? '?'} has ${green ?? '?'} %. A person must look.`,
      ]
    }
    case 'live':
    case 'complete':
      if (!previous || path === 'abort') return [schema]
      return [
        `${until ? `v${previous.number} is kept until ${timeOfDay(until)}` : `v${previous.number} gets no traffic any more`}. ${schema}`,
      ]
    case 'noop':
      return previous
        ? [`${sayRelease(previous)}, deployed before, is rolled back already. To go further back, name a release.`]
        : []
    default:
      return []
  }
}

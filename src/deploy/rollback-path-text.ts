import {duration, timeOfDay} from '../durations.js'
import type {Canvas} from '../events.js'
import {type Release, sayRelease} from './release.js'
import type {First, Path, RollbackPlan} from './rollback-plan.js'
import {revisionOf} from './service.js'
import {sayStrategy} from './strategy.js'

/** A release by the name that the history knows. */
export function nameOf({releases, from, target}: RollbackPlan, arn: string): string {
  const known = [from, target, ...releases].find((one) => one.taskDefinitionArn === arn)
  return known?.image ? sayRelease(known as Release) : `v${revisionOf(arn)}`
}

const NAMES: Record<Path, string> = {abort: 'ABORT', instant: 'INSTANT', redeploy: 'REDEPLOY', attach: 'ATTACH'}

/** The way by name, how long it takes, and what happens on it. */
export function sayPath(plan: RollbackPlan, now: Date, {paint}: Canvas): string[] {
  const {path, first, expectedMs} = plan
  return [
    `${paint.accent(NAMES[path])}  ${paint.bold(`about ${roughly(expectedMs)}`)}`,
    ...(first ? [sayFirst(first, plan)] : []),
    ...how(plan, now),
  ]
}

const roughly = (ms: number): string => (ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} min`)

function how(plan: RollbackPlan, now: Date): string[] {
  const {path, underWay, target, primary, strategy, group} = plan
  const {deployment, blueUntil, returning} = underWay ?? {}
  switch (path) {
    case 'abort':
      return [`No traffic has moved: ${deployment!.id} is stopped, and its tasks with it.`]
    case 'instant':
      return [
        `${deployment!.id} is stopped; all traffic goes to the old tasks. None is started.`,
        ...(blueUntil ? [sayLeft(blueUntil, now)] : []),
      ]
    case 'attach':
      return [`${returning!.by} goes back to it already. fb looks on and changes nothing.`]
    default: {
      const tasks = `${primary.desired} task${primary.desired === 1 ? '' : 's'}`
      const gate = group.waitsForApproval ? ', approved by this command' : ''
      const gone = underWay ? '' : 'The old tasks are gone: '
      return [`${gone}${tasks} of v${target.number} start anew, then ${sayStrategy(strategy)}${gate}. No hooks run.`]
    }
  }
}

const sayLeft = (until: Date, now: Date): string =>
  until > now
    ? `The old tasks end at ${timeOfDay(until)}, in ${duration(+until - +now)}.`
    : 'The old tasks may end any moment.'

/** What a person agrees to. */
export const question = ({path, from, target, scene: {env}}: RollbackPlan): string =>
  path === 'abort'
    ? `Stop v${from.number} and stay on v${target.number} in ${env}?`
    : `Roll v${from.number} back to v${target.number} in ${env}?`

function sayFirst({how, deploymentId}: First, plan: RollbackPlan): string {
  const {blue} = plan.underWay!
  switch (how) {
    case 'stop':
      return `First ${deploymentId} is stopped, which sends all traffic to ${nameOf(plan, blue!.taskDefinition)}.`
    case 'finish':
      return `First the wait of ${deploymentId} is ended: ${nameOf(plan, blue!.taskDefinition)} was rolled back itself, and its tasks end now.`
    default:
      return `First ${deploymentId} has to end, which it does by itself.`
  }
}

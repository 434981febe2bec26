import {healthy} from './reading.js'
import {
  type Alarm,
  type Deployment,
  type Group,
  isOver,
  type LifecycleEvent,
  type Target,
  type TaskSet,
  type Weights,
} from './service.js'

export type Health = 'healthy' | 'deploying' | 'degraded' | 'down'

export type InFlight = Deployment & {lifecycle: LifecycleEvent[]}

/** What the load balancer does: traffic and targets by target group ARN. */
export type Balancing = {weights: Weights; targets: Record<string, Target[]>}

export type HealthFacts = Balancing & {
  controller: string
  group?: Group
  primary?: TaskSet
  alarms: Alarm[]
  inFlight?: InFlight
}

/** What keeps a service from being healthy, in a person's words. */
export function problemsOf({controller, group, primary, weights, targets, alarms, inFlight}: HealthFacts): string[] {
  if (controller !== 'CODE_DEPLOY') return [`the deployment controller is ${controller}, not CODE_DEPLOY`]
  if (!group?.listener)
    return ['there is no CodeDeploy deployment group for it: fb cannot deploy it, nor see its targets']
  if (!primary) return ['no task set is PRIMARY: nothing serves production']
  const traffic = weights[primary.targetGroup] ?? 0
  return [
    sayTargets(primary, healthy(targets[primary.targetGroup] ?? [])),
    !inFlight && traffic < 100 ? `the listener sends only ${traffic} % of the traffic to the PRIMARY task set` : '',
    ...alarms
      .filter(({state}) => state === 'ALARM')
      .map(({name, reason}) => `alarm ${name} is firing${reason ? `: ${reason}` : ''}`),
  ].filter(Boolean)
}

function sayTargets({desired}: TaskSet, fit: number): string {
  if (desired === 0) return 'it is scaled to 0 tasks'
  if (fit === 0) return 'no target is healthy'
  return fit < desired ? `only ${fit} of ${desired} targets are healthy` : ''
}

export function healthOf({controller, group, primary, targets, inFlight}: HealthFacts, problems: string[]): Health {
  if (controller !== 'CODE_DEPLOY' || !group?.listener) return 'degraded'
  if (!primary || healthy(targets[primary.targetGroup] ?? []) === 0) return 'down'
  if (problems.length > 0) return 'degraded'
  return inFlight && !isOver(inFlight) && !inFlight.terminationStarted ? 'deploying' : 'healthy'
}

const EXIT: Record<Health, number> = {healthy: 0, deploying: 5, degraded: 1, down: 1}

/** For `--exit-status`: 0 healthy, 5 a deployment moves traffic, 1 degraded or down. */
export const exitCodeOfHealth = (health: Health): number => EXIT[health]

import type {Clock} from '../clock.js'
import type {Reading} from '../deploy/reading.js'
import {type Deployment, isOver, type Target} from '../deploy/service.js'
import type {cloudwatch} from './cloudwatch.js'
import type {codedeploy} from './codedeploy.js'
import type {ecs} from './ecs.js'
import type {elb} from './elb.js'
import {poll, type Reads} from './poll.js'

type Services = ReturnType<typeof ecs> &
  ReturnType<typeof codedeploy> &
  ReturnType<typeof elb> &
  ReturnType<typeof cloudwatch>

export type Watched = {deploymentId: string; listener: string; targetGroups: string[]; alarms: string[]}

/** How often each API is read, in ms. About 40 GetDeployment calls a minute throttle an account; ECS and ELB bear more. */
const PACE = {service: 3000, targets: 5000, weights: 5000, deployment: 10_000, bake: 15_000, alarms: 15_000}

/** One deployment as ECS and ELB (the fast clock) and CodeDeploy (the slow one) show it, again and again. */
export async function* rollout(
  aws: Services,
  watched: Watched,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Reading, never, void> {
  const {deploymentId, listener, targetGroups, alarms} = watched
  let deployment: Deployment | undefined
  const codedeployPace = () =>
    (deployment?.terminationStarted && !isOver(deployment) ? PACE.bake : PACE.deployment) * (0.8 + Math.random() * 0.4)
  const reads: Reads<Omit<Reading, 'at' | 'stale'>> = {
    service: {every: () => PACE.service, read: () => aws.service()},
    targets: {every: () => PACE.targets, read: () => targetsOf(aws, targetGroups)},
    weights: {every: () => PACE.weights, read: () => aws.weights(listener, targetGroups)},
    deployment: {
      every: codedeployPace,
      async read() {
        deployment = await aws.deployment(deploymentId)
        return deployment
      },
    },
    lifecycle: {every: codedeployPace, read: () => aws.lifecycle(deploymentId)},
    alarms: {every: () => PACE.alarms, read: () => aws.alarms(alarms)},
  }
  for await (const {at, values, stale} of poll(reads, clock, signal)) yield {...values, at, stale}
  throw new TypeError('polling ended by itself')
}

async function targetsOf(aws: Services, targetGroups: string[]): Promise<Record<string, Target[]>> {
  const all = await Promise.all(targetGroups.map((arn) => aws.targets(arn)))
  return Object.fromEntries(targetGroups.map((arn, i) => [arn, all[i]!]))
}

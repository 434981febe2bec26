import type {Clock} from '../clock.js'
import type {Reading} from '../deploy/reading.js'
import type {ServiceState, Target, Task} from '../deploy/service.js'
import {logStreamOf} from '../deploy/task-definition.js'
import type {cloudwatch} from './cloudwatch.js'
import type {codedeploy} from './codedeploy.js'
import type {ecs} from './ecs.js'
import type {elb} from './elb.js'
import type {logs} from './logs.js'
import {poll, type Reads} from './poll.js'

type Services = ReturnType<typeof ecs> &
  ReturnType<typeof codedeploy> &
  ReturnType<typeof elb> &
  ReturnType<typeof cloudwatch> &
  ReturnType<typeof logs>

export type Watched = {deploymentId: string; listener: string; targetGroups: string[]; alarms: string[]}

/** How often each API is read, in ms. About 40 GetDeployment calls a minute throttle an account; ECS and ELB bear more. */
const PACE = {
  service: 3000,
  targets: 5000,
  weights: 5000,
  codedeploy: 10_000,
  stopped: 10_000,
  logs: 5000,
  alarms: 15_000,
}

/** After a while of watching nobody needs every second any more. */
const LONG = 10 * 60_000
const CALM = 3

/** Enough for a traceback of some depth. */
const LINES = 60

/** One deployment as ECS and ELB (the fast clock) and CodeDeploy (the slow one) show it, again and again. */
export async function* rollout(
  aws: Services,
  {deploymentId, listener, targetGroups, alarms}: Watched,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Reading, never, void> {
  const began = clock.now().getTime()
  const pace = (api: keyof typeof PACE) => () => PACE[api] * (clock.now().getTime() - began > LONG ? CALM : 1)
  const jittered = (every: () => number) => () => every() * (0.8 + Math.random() * 0.4)
  const green = greenOf(aws, deploymentId)
  const reads: Reads<Omit<Reading, 'at' | 'stale' | 'deployment' | 'lifecycle'> & {codedeploy: Slow}> = {
    service: {every: pace('service'), read: green.service},
    targets: {every: pace('targets'), read: () => targetsOf(aws, targetGroups)},
    weights: {every: pace('weights'), read: () => aws.weights(listener, targetGroups)},
    codedeploy: {every: jittered(pace('codedeploy')), read: () => slow(aws, deploymentId)},
    stopped: {every: pace('stopped'), read: green.stopped},
    logs: {every: pace('logs'), read: green.logs},
    alarms: {every: pace('alarms'), read: () => aws.alarms(alarms)},
  }
  for await (const {at, values, stale} of poll(reads, clock, signal)) {
    const {codedeploy, ...fast} = values
    yield {...fast, ...codedeploy, at, stale}
  }
  throw new TypeError('polling ended by itself')
}

type Slow = Required<Pick<Reading, 'deployment' | 'lifecycle'>>

/** Status and lifecycle events together, so that they never contradict each other. */
async function slow(aws: Services, deploymentId: string): Promise<Slow> {
  const [deployment, lifecycle] = await Promise.all([aws.deployment(deploymentId), aws.lifecycle(deploymentId)])
  return {deployment, lifecycle}
}

async function targetsOf(aws: Services, targetGroups: string[]): Promise<Record<string, Target[]>> {
  const all = await Promise.all(targetGroups.map((arn) => aws.targets(arn)))
  return Object.fromEntries(targetGroups.map((arn, i) => [arn, all[i]!]))
}

/** What became of green's own tasks: each read builds on what the one before it has found, however long ago. */
function greenOf(aws: Services, deploymentId: string) {
  let seen: ServiceState | undefined
  let newest: Task | undefined
  let read: {id: string; lines: string[]} | undefined
  const green = () => seen?.taskSets.find((set) => set.deploymentId === deploymentId)
  return {
    service: async () => (seen = await aws.service()),
    async stopped(): Promise<Task[]> {
      const id = green()?.id
      if (!id) return []
      const tasks = (await aws.tasks('STOPPED')).filter(({startedBy}) => startedBy === id)
      tasks.sort((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0))
      newest = tasks[0]
      return tasks
    },
    /** A stopped task writes no more; only what has not arrived yet is read again. */
    async logs(): Promise<string[]> {
      const set = green()
      if (!newest || !set || (read?.id === newest.id && read.lines.length > 0)) return read?.lines ?? []
      const {id} = newest
      const {definition} = await aws.taskDefinition(set.taskDefinition)
      const container = definition.containerDefinitions.find(({name}) => name === set.container)
      const place = container && logStreamOf(container, id)
      read = {id, lines: place ? await aws.lastLines(place.group, place.stream, LINES) : []}
      return read.lines
    },
  }
}

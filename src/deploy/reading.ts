import type {Alarm, Deployment, LifecycleEvent, ServiceState, Target, Task, TaskSet, Weights} from './service.js'

/** Everything seen of a deployment at one moment. A value is absent until it has been read once. */
export type Reading = {
  at: Date
  service?: ServiceState
  targets?: Record<string, Target[]>
  weights?: Weights
  deployment?: Deployment
  lifecycle?: LifecycleEvent[]
  alarms?: Alarm[]
  /** Green's own tasks that ECS has stopped, the newest first. */
  stopped?: Task[]
  /** The last log lines of the newest of them. */
  logs?: string[]
  /** Reads that fail at the moment; one that is denied is not going to work again. */
  stale: {read: string; since: Date; reason: string; denied?: boolean}[]
}

/** One side of a blue/green deployment. */
export type Side = {
  taskSet: TaskSet
  /** Percent of production traffic the listener sends here, once that has been read. */
  weight?: number
  targets: Target[]
}

export type Sides = {blue?: Side; green?: Side}

/** Green is the task set this deployment made; blue is the one it replaces. */
export function sidesOf({service, weights, targets = {}}: Reading, deploymentId: string): Sides {
  const sets = service?.taskSets ?? []
  const side = (taskSet: TaskSet | undefined): Side | undefined =>
    taskSet && {
      taskSet,
      weight: weights && (weights[taskSet.targetGroup] ?? 0),
      targets: targets[taskSet.targetGroup] ?? [],
    }
  const green = sets.find((set) => set.deploymentId === deploymentId)
  const others = sets.filter((set) => set !== green)
  return {
    green: side(green),
    blue: side(
      others.find(({status}) => status === 'PRIMARY') ?? others.find(({status}) => status === 'ACTIVE') ?? others[0],
    ),
  }
}

export const healthy = (targets: Target[]): number => targets.filter(({state}) => state === 'healthy').length

import type {RunTaskCommandInput} from '@aws-sdk/client-ecs'
import {type Rehearsal, rehearsals} from './images.js'
import {digestOf} from './inventory.js'
import {minute, second} from './plan.js'
import type {State} from './state.js'
import {desiredAt, type TaskSet, type World} from './world.js'

export type Task = {
  id: string
  set: TaskSet
  slot: number
  createdAt: number
  pullsAt: number
  startedAt: number
  registeredAt: number
  /** From here the load balancer calls it healthy, or unhealthy when its rehearsal says so. */
  judgedAt: number
  leavesAt: number
  stoppedAt: number
  stop: Pick<Rehearsal, 'stopCode' | 'stoppedReason' | 'containerReason' | 'exitCode'>
  address: string
  /** What RunTask was asked for, when it started the task. */
  run?: RunTaskCommandInput
}

/** Seconds after its creation at which a task that cannot live reaches each stage. */
const lives = {
  pulling: {pulls: 12, starts: Infinity, stops: 27},
  starting: {pulls: 12, starts: 34, stops: 41},
  unhealthy: {pulls: 12, starts: 34, stops: 150},
} as const
const backOffLimit = 300 * second

/** Every task a task set has had up to `until`, oldest first. */
export function tasksOf(world: World, set: TaskSet, until: number): Task[] {
  const {dies} = rehearsals[set.rehearsal] ?? {}
  if (dies === 'unplaced') return []
  const most = Math.max(...world.state.desired.map(({count}) => count))
  const slots = Array.from({length: most}, (_, slot) => slot)
  const tasks = slots.flatMap((slot) =>
    wanted(world.state, set, slot, until).flatMap((span) =>
      dies ? attempts(world, set, slot, span, dies) : [lastingTask(world, set, slot, span)],
    ),
  )
  return tasks.filter((task) => task.createdAt <= until).sort((a, b) => a.createdAt - b.createdAt)
}

type Span = {from: number; to: number; horizon: number}

/** When a slot was wanted: from the task set's start to its end, as far as the desired count reaches up to it. */
function wanted(state: State, set: TaskSet, slot: number, horizon: number): Span[] {
  const changes = [
    set.createdAt,
    ...state.desired.map(({at}) => at).filter((at) => at > set.createdAt && at < set.drainsAt),
  ]
  const spans: Span[] = []
  for (const [i, from] of changes.entries()) {
    if (desiredAt(state, from) <= slot) continue
    const to = changes[i + 1] ?? set.drainsAt
    const last = spans.at(-1)
    if (last?.to === from) last.to = to
    else spans.push({from, to, horizon})
  }
  return spans
}

/** Stages as parts of the install time, so that the targets are healthy just before the task set is steady. */
function lastingTask(world: World, set: TaskSet, slot: number, {from, to}: Span): Task {
  const start = from === set.createdAt ? set.steadyAt - set.createdAt : 90 * second
  const createdAt = from + 1500 + slot * 250
  const task = newTask(world, set, slot, createdAt)
  const at = (part: number) => createdAt + part * start
  const drain = to < Infinity ? Math.min(300 * second, set.goneAt - to || 300 * second) : 0
  return {
    ...task,
    pullsAt: at(0.15),
    startedAt: at(0.6),
    registeredAt: at(0.7),
    judgedAt: at(0.9),
    leavesAt: to,
    stoppedAt: to + drain,
    stop: scaledIn(set, 0),
  }
}

const scaledIn = (set: TaskSet, exitCode: number): Task['stop'] => ({
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: `Scaling activity initiated by (deployment ${set.id})`,
  exitCode,
})

/** ECS replaces a task that fails to start with growing delays (ECS developer guide, "service throttle logic"). */
function attempts(world: World, set: TaskSet, slot: number, span: Span, dies: keyof typeof lives): Task[] {
  const tasks: Task[] = []
  let at = span.from + 1500 + slot * 250
  for (let n = 0; at < Math.min(span.to, span.horizon); n++) {
    const task = failingTask(world, set, slot, at, dies)
    tasks.push(span.to < task.stoppedAt ? cutShort(task, span.to) : task)
    const backOff = dies === 'unhealthy' ? 5 * second : Math.min(5 * second * 2 ** n, backOffLimit)
    at = task.stoppedAt + backOff
  }
  return tasks
}

function failingTask(world: World, set: TaskSet, slot: number, createdAt: number, dies: keyof typeof lives): Task {
  const life = lives[dies]
  const at = (seconds: number) => createdAt + seconds * second
  const registered = rehearsals[set.rehearsal]?.health ? at(40) : Infinity
  return {
    ...newTask(world, set, slot, createdAt),
    pullsAt: at(life.pulls),
    startedAt: at(life.starts),
    registeredAt: registered,
    judgedAt: registered + 65 * second,
    // One that ends by itself is gone at once; the others are taken out of their target group first.
    leavesAt: at(dies === 'unhealthy' ? life.stops - 10 : life.stops),
    stoppedAt: at(life.stops),
    stop: rehearsals[set.rehearsal] ?? {},
  }
}

function cutShort(task: Task, at: number): Task {
  const stoppedAt = at + 10 * second
  return {
    ...task,
    leavesAt: Math.min(task.leavesAt, at),
    stoppedAt,
    stop: scaledIn(task.set, task.startedAt < at ? 143 : 0),
  }
}

function newTask(world: World, set: TaskSet, slot: number, createdAt: number) {
  const id = digestOf(`${world.state.seededAt} ${set.id} ${slot} ${createdAt}`).slice(0, 32)
  const address = `10.0.${slot % 2}.${16 + (Number.parseInt(id.slice(0, 4), 16) % 200)}`
  return {id, set, slot, createdAt, address}
}

type Reason = 'Elb.RegistrationInProgress' | 'Elb.InitialHealthChecking' | 'Target.DeregistrationInProgress'

export type Target = {
  State: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining'
  Reason?: Reason | NonNullable<Rehearsal['health']>['Reason']
  Description?: string
}

/** What the load balancer says of a task, or nothing while it is not registered. */
export function targetOf(task: Task, at: number): Target | undefined {
  if (at < task.registeredAt || at >= task.stoppedAt || task.leavesAt <= task.registeredAt) return undefined
  if (at >= task.leavesAt)
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    }
  if (at < task.registeredAt + 1100)
    return {State: 'initial', Reason: 'Elb.RegistrationInProgress', Description: 'Target registration is in progress'}
  if (at < task.judgedAt)
    return {State: 'initial', Reason: 'Elb.InitialHealthChecking', Description: 'Initial health checks in progress'}
  const {health} = rehearsals[task.set.rehearsal] ?? {}
  return health ? {State: 'unhealthy', ...health} : {State: 'healthy'}
}

/** Stopped tasks stay visible for an hour (ECS API, DescribeTasks). */
export const isVisible = (task: Task, at: number) => task.createdAt <= at && at < task.stoppedAt + 60 * minute

export type Stage = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPED'

export function stageOf(task: Task, at: number): Stage {
  if (at >= task.stoppedAt) return 'STOPPED'
  if (at >= task.leavesAt) return 'DEACTIVATING'
  if (at >= task.startedAt) return 'RUNNING'
  return at >= task.pullsAt ? 'PENDING' : 'PROVISIONING'
}

export function countsOf(world: World, set: TaskSet, at: number) {
  const stages = tasksOf(world, set, at).map((task) => stageOf(task, at))
  return {
    pending: stages.filter((stage) => stage === 'PROVISIONING' || stage === 'PENDING').length,
    running: stages.filter((stage) => stage === 'RUNNING' || stage === 'DEACTIVATING').length,
  }
}

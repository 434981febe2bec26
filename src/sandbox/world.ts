import {firstAlarm} from './alarms.js'
import {rehearsals} from './images.js'
import {digestOf, type Inventory, inventoryOf} from './inventory.js'
import {type Ending, minute, type Plan, planOf, second} from './plan.js'
import type {DeploymentRecord, State} from './state.js'

/** Deregistration delay of a target group (ELB default). */
const drainFor = 300 * second

export type TaskSet = {
  id: string
  arn: string
  taskDefinition: string
  rehearsal: string
  /** Index of its target group: 0 blue, 1 green. */
  group: 0 | 1
  createdAt: number
  steadyAt: number
  drainsAt: number
  goneAt: number
  deploymentId?: string
}

export type Rollback = {id: string; at: number; endsAt: number}
export type Cut = Ending & {rollback?: Rollback}

/** One deployment played to its end as far as today's facts decide it. */
export type Rollout = {record: DeploymentRecord; plan: Plan; blue: TaskSet; green?: TaskSet; cut?: Cut; endsAt: number}

export type World = {state: State; inventory: Inventory; first: TaskSet; rollouts: Rollout[]}

/**
 * Plays every recorded deployment. The result does not depend on the time of asking: facts are only ever added at
 * "now", so what lies in the past stays as it was, whichever process looks, and nothing has to be written for it.
 */
export function worldOf(state: State): World {
  const inventory = inventoryOf(state.where)
  const first = firstSet(state, inventory)
  const world: World = {state, inventory, first, rollouts: []}
  let primary = first
  let leftover: TaskSet | undefined
  for (const record of state.deployments) {
    const rollout = play(world, record, primary)
    if (leftover) leftover.drainsAt = leftover.goneAt = Math.min(rollout.plan.installAt, rollout.endsAt)
    ;({primary, leftover} = outcome(rollout))
  }
  return world
}

function play(world: World, record: DeploymentRecord, blue: TaskSet): Rollout {
  const broken = rehearsals[record.rehearsal]?.dies !== undefined
  const plan = planOf(record, broken)
  const rollout: Rollout = {record, plan, blue, endsAt: plan.endsAt}
  world.rollouts.push(rollout)
  if (plan.installAt < Infinity) rollout.green = greenSet(world.inventory, rollout, broken)
  rollout.cut = cutOf(world, rollout)
  if (!rollout.cut) return rollout
  rollout.endsAt = rollout.cut.at
  if (rollout.cut.at <= plan.installAt) rollout.green = undefined
  return rollout
}

/** Ends the task set that lost and says which one serves from here on. */
function outcome({cut, plan, blue, green, endsAt}: Rollout): {primary: TaskSet; leftover?: TaskSet} {
  if (!green) return {primary: blue}
  const [kept, lost] = !cut || (cut.at >= plan.shiftedAt && !cut.rollback) ? [green, blue] : [blue, green]
  // Stopped without rollback: both task sets stay as they are (CodeDeploy API, StopDeployment).
  if (cut && !cut.rollback) return {primary: kept, leftover: lost}
  lost.drainsAt = endsAt
  lost.goneAt = endsAt + drainFor
  return {primary: kept}
}

function cutOf({state, rollouts}: World, rollout: Rollout): Cut | undefined {
  const {record, plan} = rollout
  const found: (Ending & {on: string})[] = []
  if (plan.ending) found.push({...plan.ending, on: 'DEPLOYMENT_FAILURE'})
  if (record.stop) found.push({...stopped(record.stop.at), on: 'DEPLOYMENT_STOP_ON_REQUEST'})
  const alarm = record.ignoreAlarms
    ? undefined
    : firstAlarm(state, rollouts, record.alarms, plan.events[0]!.start, plan.endsAt)
  if (alarm) found.push({...alarmed(alarm), on: 'DEPLOYMENT_STOP_ON_ALARM'})
  const first = found.filter((cut) => cut.at <= plan.endsAt).sort((a, b) => a.at - b.at)[0]
  if (!first) return undefined
  const {on, ...cut} = first
  const wanted = (on === 'DEPLOYMENT_STOP_ON_REQUEST' && record.stop?.rollback) || record.rollbackOn.includes(on)
  // A failure in BeforeInstall has nothing to roll back: no task set was made yet (ECS deployment lifecycle hooks).
  const possible = cut.status === 'Stopped' || plan.installAt < cut.at
  return wanted && possible ? {...cut, rollback: rollbackOf(record, cut.at)} : cut
}

const stopped = (at: number): Ending => ({
  at,
  status: 'Stopped',
  code: 'MANUAL_STOP',
  message: 'The deployment was stopped by the user.',
})

const alarmed = ({at, names}: {at: number; names: string[]}): Ending => ({
  at,
  status: 'Stopped',
  code: 'ALARM_ACTIVE',
  message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${names.map((name) => `<${name}>`).join(' ')}`,
})

export const deploymentId = (seed: string) =>
  `d-${BigInt(`0x${digestOf(seed)}`)
    .toString(36)
    .toUpperCase()
    .padStart(9, '0')
    .slice(-9)}`

const rollbackOf = (record: DeploymentRecord, at: number): Rollback => ({
  id: deploymentId(`rollback of ${record.id}`),
  at,
  endsAt: at + 8 * second,
})

const taskSetId = (seed: string) =>
  `ecs-svc/${BigInt(`0x${digestOf(seed)}`)
    .toString()
    .slice(0, 19)}`

function greenSet(inventory: Inventory, {record, plan, blue}: Rollout, broken: boolean): TaskSet {
  const steadyAt = broken ? Infinity : plan.installAt + record.installSeconds * second
  const green = newSet(inventory, record.id, record.taskDefinition, plan.installAt, steadyAt)
  return {...green, rehearsal: record.rehearsal, group: blue.group === 0 ? 1 : 0, deploymentId: record.id}
}

function firstSet(state: State, inventory: Inventory): TaskSet {
  const at = state.taskDefinitions[0]!.at + minute
  return newSet(inventory, `first ${state.seededAt}`, state.taskDefinitions[0]!.arn, at, at + 100 * second)
}

function newSet(
  inventory: Inventory,
  seed: string,
  taskDefinition: string,
  createdAt: number,
  steadyAt: number,
): TaskSet {
  const id = taskSetId(seed)
  const arn = inventory.arn('ecs', `task-set/${inventory.cluster}/${inventory.service}/${id}`)
  return {
    id,
    arn,
    taskDefinition,
    rehearsal: 'good',
    group: 0,
    createdAt,
    steadyAt,
    drainsAt: Infinity,
    goneAt: Infinity,
  }
}

export const rolloutAt = (world: World, at: number) => world.rollouts.findLast((rollout) => rollout.record.at <= at)

export function greenWeight({plan, green, cut}: Rollout, at: number): number {
  if (!green || (cut?.rollback && at >= cut.at)) return 0
  const until = cut ? Math.min(at, cut.at) : at
  return plan.steps.findLast((step) => step.at <= until)?.weight ?? 0
}

export type LiveSet = TaskSet & {status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'; weight: number}

export function primaryAt(world: World, at: number): TaskSet {
  const rollout = rolloutAt(world, at)
  if (!rollout) return world.first
  return rollout.green && greenWeight(rollout, at) === 100 ? rollout.green : rollout.blue
}

export const allSets = ({first, rollouts}: World): TaskSet[] => [first, ...rollouts.flatMap(({green}) => green ?? [])]

/** The task sets that exist at a moment, oldest first, with the share of production traffic each one gets. */
export function setsAt(world: World, at: number): LiveSet[] {
  const primary = primaryAt(world, at)
  const rollout = rolloutAt(world, at)
  const green = rollout ? greenWeight(rollout, at) : 0
  const weightOf = (set: TaskSet) => {
    if (!rollout) return 100
    if (set === rollout.green) return green
    return set === rollout.blue ? 100 - green : 0
  }
  return allSets(world)
    .filter((set) => set.createdAt <= at && at < set.goneAt)
    .map((set) => ({
      ...set,
      status: at >= set.drainsAt ? 'DRAINING' : set.id === primary.id ? 'PRIMARY' : 'ACTIVE',
      weight: weightOf(set),
    }))
}

export const desiredAt = ({desired}: State, at: number): number => desired.findLast((fact) => fact.at <= at)?.count ?? 2

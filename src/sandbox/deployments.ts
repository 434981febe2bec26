import {type LifecycleEvent, lifecycleOf, second} from './plan.js'
import type {Cut, Rollback, Rollout, World} from './world.js'

export type Status = 'Created' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped'

/** A deployment as CodeDeploy lists it: one somebody created, or the rollback that one of those triggered. */
export type Deployment = {id: string; at: number; rollout: Rollout; rollback?: Rollback}

/** Newest first. A rollback exists from the moment its deployment was cut. */
export function deploymentsAt({rollouts}: World, now: number): Deployment[] {
  const created = rollouts.map((rollout): Deployment => ({id: rollout.record.id, at: rollout.record.at, rollout}))
  const rollbacks = rollouts.flatMap((rollout): Deployment[] => {
    const rollback = cutBy(rollout, now)?.rollback
    return rollback ? [{id: rollback.id, at: rollback.at, rollout, rollback}] : []
  })
  return [...created, ...rollbacks].filter(({at}) => at <= now).sort((a, b) => b.at - a.at)
}

export const cutBy = ({cut}: Rollout, now: number): Cut | undefined => (cut && cut.at <= now ? cut : undefined)

export function statusOf({cut, plan, endsAt, record}: Rollout, now: number): Status {
  if (now >= endsAt) return cut?.status ?? 'Succeeded'
  if (now < plan.startsAt) return 'Created'
  if (record.readyMinutes && plan.readyFrom <= now && now < plan.readyUntil) return 'Ready'
  return 'InProgress'
}

function rollbackStatus({at, endsAt}: Rollback, now: number): Status {
  if (now < at + 2 * second) return 'Created'
  return now < endsAt ? 'InProgress' : 'Succeeded'
}

export const statusAt = ({rollout, rollback}: Deployment, now: number): Status =>
  rollback ? rollbackStatus(rollback, now) : statusOf(rollout, now)

export const isOver = (status: Status) => status === 'Succeeded' || status === 'Failed' || status === 'Stopped'

export type EventView = {
  name: LifecycleEvent
  status: 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped'
  start?: number
  end?: number
}

export function lifecycleAt(deployment: Deployment, now: number): EventView[] {
  const {rollout, rollback} = deployment
  if (rollback) return rollbackEvents(deployment, now)
  const cut = cutBy(rollout, now)
  const at = cut?.at ?? now
  return lifecycleOf(rollout.record).map((name): EventView => {
    const event = rollout.plan.events.find((planned) => planned.name === name)
    if (!event || event.start > at) return {name, status: cut ? 'Skipped' : 'Pending'}
    if (event.end <= at && !event.fails) return {name, status: 'Succeeded', start: event.start, end: event.end}
    return cut
      ? {name, status: 'Failed', start: event.start, end: at}
      : {name, status: 'InProgress', start: event.start}
  })
}

/** A rollback makes no task set: its events pass in the few seconds it takes to move the listener back. */
function rollbackEvents({rollout, rollback}: Deployment, now: number): EventView[] {
  const names = lifecycleOf(rollout.record)
  const start = rollback!.at + 2 * second
  const each = (rollback!.endsAt - start) / names.length
  return names.map((name, i): EventView => {
    const begun = start + i * each
    if (now < begun) return {name, status: 'Pending'}
    if (now < begun + each) return {name, status: 'InProgress', start: begun}
    return {name, status: 'Succeeded', start: begun, end: begun + each}
  })
}

/** When the test listener was last moved, and to which target group. */
export function testListenerGroup({first, rollouts}: World, now: number): 0 | 1 {
  const moved = rollouts.findLast(({plan, green, endsAt}) => green && plan.testTrafficAt <= Math.min(now, endsAt))
  if (!moved?.green) return first.group
  return cutBy(moved, now)?.rollback ? moved.blue.group : moved.green.group
}

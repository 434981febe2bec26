import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import type {Reading} from '../../src/deploy/reading.js'
import type {LifecycleEvent, ServiceState, TaskSet} from '../../src/deploy/service.js'
import {type WaitFor, watch} from '../../src/deploy/watch.js'
import type {Event} from '../../src/events.js'
import {deployment, group, reading} from '../support/deployments.js'

const NAMES = ['BeforeInstall', 'Install', 'AfterInstall', 'BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic']
/** Lifecycle events of which the first `done` have succeeded. */
const lifecycle = (done: number): LifecycleEvent[] =>
  NAMES.map((name, i) =>
    i < done
      ? {name, status: 'Succeeded', startedAt: new Date(i * 1000), endedAt: new Date(i * 1000 + 1000)}
      : {name, status: 'Pending'},
  )
async function followed(readings: Reading[], until: WaitFor = 'traffic') {
  async function* observe(): AsyncGenerator<Reading, never, void> {
    yield* readings
    throw new Error('read more than there was')
  }
  const strategy = {name: 'c', kind: 'all-at-once', percent: 100, everyMinutes: 0} as const
  const run = watch(observe, {deploymentId: 'd-1', group, strategy, until, deadline: new Date(60_000)}, systemClock)
  const events: string[] = []
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {events, ended: value}
    events.push(say(value))
  }
}
const say = (event: Event) => ('step' in event ? `${event.type} ${event.step}` : event.type)

it('believes that traffic has moved when the listener, read at another pace, says so too', async () => {
  const done = {deployment: deployment('InProgress'), lifecycle: lifecycle(6)}
  const green = {deploymentId: 'd-1', status: 'PRIMARY', taskDefinition: 'v1:4', targetGroup: 'tg-green'} as TaskSet
  const service = {taskSets: [green], events: []} as unknown as ServiceState
  const late = reading({...done, service, weights: {'tg-green': 90}})
  const {events, ended} = await followed([late, reading({...done, service, weights: {'tg-green': 100}})])
  expect(events).toContain('progress shift')
  expect(ended).toMatchObject({end: 'traffic', reading: {weights: {'tg-green': 100}}})
  const unread = {...late, stale: [{read: 'weights', since: new Date(0), reason: 'Throttled.'}]}
  expect((await followed([unread])).ended).toMatchObject({end: 'traffic'})
})

it('ends with the traffic, not with the end of CodeDeploy', async () => {
  const {events, ended} = await followed([
    reading({deployment: deployment('InProgress'), lifecycle: lifecycle(1)}),
    reading({deployment: deployment('InProgress'), lifecycle: lifecycle(4)}),
    reading({deployment: deployment('InProgress', {terminationStarted: true}), lifecycle: lifecycle(6)}),
  ])
  expect(events).toEqual([
    'start install',
    'progress install',
    'done install',
    'start shift',
    'progress shift',
    'done shift',
    'start verify',
    'done verify',
  ])
  expect(ended).toMatchObject({end: 'traffic', trafficShiftedAt: new Date(5000)})
})

it('passes over phases that were done before it looked', async () => {
  const {events} = await followed([reading({deployment: deployment('InProgress'), lifecycle: lifecycle(6)})])
  expect(events.filter((event) => event.startsWith('done'))).toEqual(['done install', 'done shift', 'done verify'])
})

it('waits for the termination of blue when asked to', async () => {
  const moved = reading({deployment: deployment('InProgress', {terminationStarted: true}), lifecycle: lifecycle(6)})
  const {events, ended} = await followed(
    [moved, moved, reading({deployment: deployment('Succeeded'), lifecycle: lifecycle(6)})],
    'complete',
  )
  expect(events.at(-1)).toBe('done bake')
  expect(ended.end).toBe('complete')
})

it('ends as failed at the step that was running', async () => {
  const stopped = deployment('Stopped', {error: {code: 'ALARM_ACTIVE', message: 'x'}})
  const {events, ended} = await followed([
    reading({deployment: deployment('InProgress'), lifecycle: lifecycle(4)}),
    reading({deployment: stopped, lifecycle: lifecycle(4)}),
  ])
  expect(events.at(-1)).toBe('fail shift')
  expect(ended.end).toBe('failed')
})

it('gives up when its time is over', async () => {
  const {ended} = await followed([
    reading({at: new Date(61_000), deployment: deployment('InProgress'), lifecycle: lifecycle(1)}),
  ])
  expect(ended.end).toBe('timeout')
})

it('goes on when nothing can be read', async () => {
  const blind = reading({stale: [{read: 'codedeploy', since: new Date(0), reason: 'throttled'}]})
  const {events} = await followed([
    blind,
    blind,
    reading({deployment: deployment('InProgress'), lifecycle: lifecycle(6)}),
  ])
  expect(events.slice(0, 3)).toEqual(['start install', 'progress install', 'progress install'])
})

it('remembers the unhealthy targets of green after they are gone', async () => {
  const sick = {id: '10.0.0.1', port: 8000, state: 'unhealthy'}
  const set = {
    id: 's',
    taskDefinition: 'td:2',
    status: 'ACTIVE' as const,
    desired: 1,
    pending: 0,
    running: 1,
    steady: false,
    createdAt: new Date(0),
    deploymentId: 'd-1',
    targetGroup: 'tg',
    container: 'app',
    port: 8000,
    capacityProviders: [],
  }
  const service = {
    name: 's',
    controller: 'CODE_DEPLOY',
    desired: 1,
    running: 1,
    taskDefinition: 'td:1',
    taskSets: [set],
    events: [],
  }
  const {ended} = await followed([
    reading({service, targets: {tg: [sick]}, deployment: deployment('InProgress'), lifecycle: lifecycle(1)}),
    reading({service, targets: {tg: []}, deployment: deployment('Failed'), lifecycle: lifecycle(1)}),
  ])
  expect(ended.unhealthy).toEqual([sick])
})

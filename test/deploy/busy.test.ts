import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import {type InTheWay, makeWay, type WayAws, wayChoices, wayText} from '../../src/deploy/busy.js'
import type {Reading} from '../../src/deploy/reading.js'
import type {LifecycleEvent} from '../../src/deploy/service.js'
import type {Event} from '../../src/events.js'
import {canvas} from '../support/canvas.js'
import {deployment, group, reading} from '../support/deployments.js'

const moved: LifecycleEvent[] = ['Install', 'AllowTraffic', 'AfterAllowTraffic'].map((name) => ({
  name,
  status: 'Succeeded',
  endedAt: new Date(60_000),
}))

const release = (number: number) => ({number, taskDefinitionArn: `app:${number}`, image: `repo:${number}`})
const strategy = {name: 'c', kind: 'all-at-once', percent: 100, everyMinutes: 0} as const

/** A colleague's `fb rollback` from v4 to v3. */
function rollback(lifecycle: LifecycleEvent[] = []): InTheWay {
  const one = deployment('InProgress', {description: 'fb: roll back v4 to v3: errors (by ana)'})
  const underway = {group, strategy, release: release(3), previous: release(4), deploymentId: one.id} as never
  return {found: {underway, deployment: one, past: false, targetGroups: []}, deployment: one, lifecycle}
}

/** What AWS is told when it is to be replaced. */
async function replaced(way: InTheWay) {
  const sent: string[] = []
  const aws: WayAws = {
    stop: async () => Boolean(sent.push('stop')),
    retag: async () => {},
    proceed: async () => Boolean(sent.push('proceed')),
    async *observe() {
      yield reading({deployment: deployment('Succeeded')})
    },
  }
  for await (const _ of makeWay(aws, way, {how: 'replace', deadline: new Date(60_000), by: '1.1.1'}, systemClock));
  return sent
}

/** What a deployment is replaced by, when CodeDeploy says these of it one after the other: the events, and what is taken back. */
async function replacing(seen: Reading[], {heeds = false} = {}) {
  const aws: WayAws = {
    stop: async () => true,
    retag: async () => {},
    proceed: async () => true,
    async *observe(id) {
      yield* id === 'd-back' ? [reading({deployment: deployment('Succeeded')})] : seen
    },
  }
  const one = deployment('InProgress')
  const underway = {group, strategy, release: release(4), previous: release(3), deploymentId: one.id} as never
  const way = {found: {underway, deployment: one, past: false, targetGroups: []}, deployment: one, lifecycle: []}
  const events: Event[] = []
  const run = makeWay(aws, way, {how: 'replace', deadline: new Date(900_000), by: '1.1.1', heeds}, systemClock)
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {takenBack: value, events, states: events.flatMap((e) => (e.type === 'stands' ? e.state : []))}
    events.push(value)
  }
}

const stopped = (seconds: number, rollbackId?: string) =>
  reading({
    at: new Date(seconds * 1000),
    deployment: deployment('Stopped', {completedAt: new Date(0), ...(rollbackId && {rollbackId})}),
  })

it('waits until CodeDeploy has begun to roll back what was stopped', async () => {
  const {takenBack, events} = await replacing([stopped(1), stopped(10), stopped(20, 'd-back')])
  expect(takenBack).toBe(deployment('Stopped').id)
  expect(events).toContainEqual({type: 'done', step: 'over', detail: 'rolled back by d-back'})
})

it('takes for rolled back what had moved no traffic, when CodeDeploy begins no rollback', async () => {
  const {takenBack, states} = await replacing([stopped(1), stopped(61)])
  expect(takenBack).toBe(deployment('Stopped').id)
  expect(states.at(-1)).toMatch(/was stopped and rolled back; nothing else was changed\.$/)
})

it('does not say that one was rolled back which was faster than its stop', async () => {
  const {takenBack, states} = await replacing([reading({deployment: deployment('Succeeded')})])
  expect(takenBack).toBeUndefined()
  expect(states.at(-1)).toMatch(/is over; nothing else was changed\.$/)
})

it('waits for an alarm although the first look at the alarms comes late', async () => {
  const alarm = (state: string) => [{name: 'p95', state}] as never
  const late = {...stopped(70, 'd-back'), alarms: undefined}
  const readings = [late, {...late, alarms: alarm('ALARM')}, {...late, alarms: alarm('OK')}]
  const {events} = await replacing(readings, {heeds: true})
  expect(events.filter((event) => 'step' in event && event.step === 'calm').map(({type}) => type)).toEqual([
    'start',
    'progress',
    'done',
  ])
})

const offered = (way: InTheWay) => wayChoices(way).map(({value}) => value)

it('never stops a rollback of fb’s: it says where that goes, and waits', async () => {
  expect(await replaced(rollback())).toEqual([])
  expect(offered(rollback())).toEqual(['wait', 'attach', 'fail'])
  expect(wayText(rollback(), new Date(60_000), canvas())).toContain('  It goes back to v3.')
})

it('ends the wait of one whose traffic has moved', async () => {
  expect(await replaced(rollback(moved))).toEqual(['proceed'])
  expect(offered(rollback(moved))).toContain('replace')
})

import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {accountOf} from '../../src/sandbox/account.js'
import {newDeployment} from '../../src/sandbox/create.js'
import {deploymentsAt, isOver, lifecycleAt, statusAt} from '../../src/sandbox/deployments.js'
import {faultRecord} from '../../src/sandbox/faults.js'
import {images} from '../../src/sandbox/images.js'
import {seed} from '../../src/sandbox/seed.js'
import type {State} from '../../src/sandbox/state.js'
import {strategies} from '../../src/sandbox/strategies.js'
import {setsAt, worldOf} from '../../src/sandbox/world.js'
import {registry} from './account.js'

const where = {app: 'fastapi-bootstrap', env: 'sandbox', service: 'v1', account: '000000000000', region: 'us-east-1'}
const second = 1000
const accountAt = (state: State, at: number) => {
  state.clock = {at, real: 0, speed: 0}
  const nowhere = () => {
    throw new Error('not here')
  }
  return accountOf(state, {record: nowhere, beside: {folder: '', index: nowhere}})
}

const course = fc.record({
  config: fc.constantFrom(...Object.keys(strategies)),
  image: fc.constantFrom(...images.map(({tag}) => tag)),
  fault: fc.option(
    fc.constantFrom(
      '5xx:30',
      '5xx:90',
      'alarm-stuck',
      'hook-fail:AfterInstall',
      'hook-silent:AfterAllowTraffic',
      'slow-provision:900',
      'health-503',
      'drained-blue',
    ),
  ),
  testListener: fc.boolean(),
  readyMinutes: fc.constantFrom(0, 0, 7),
  stop: fc.option(fc.record({after: fc.integer({min: 0, max: 4500}), rollback: fc.boolean()})),
  second: fc.option(fc.integer({min: 0, max: 900})),
})
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never

/** Creates the deployment, perhaps stops it, perhaps creates another one after it, and says when to look. */
function play(given: Course) {
  const state = seed(where, 0)
  Object.assign(state.knobs, {testListener: given.testListener, readyMinutes: given.readyMinutes})
  const begun = state.clock.at + 3600 * second
  if (given.fault) state.faults.push(faultRecord(given.fault, begun - 1))
  const task = structuredClone(state.taskDefinitions[2]!)
  task.input.containerDefinitions![0]!.image = `${registry}:${given.image}`
  const {content, alarms, rollbackOn} = state.deployments[2]!
  const wish = {content, alarms, rollbackOn, config: given.config}
  const record = newDeployment(accountAt(state, begun), task, wish)
  if (given.stop) record.stop = {at: begun + given.stop.after * second, rollback: given.stop.rollback}
  const end = worldOf(state).rollouts.at(-1)!.endsAt
  if (given.second !== null) newDeployment(accountAt(state, end + 10 * second + given.second * second), task, wish)
  return {state, begun, until: worldOf(state).rollouts.at(-1)!.endsAt + 400 * second}
}

test('at every moment weights sum to 100, one task set is PRIMARY, events are in order, and what is over stays so', () => {
  fc.assert(
    fc.property(course, (given) => {
      const {state, begun, until} = play(given)
      const over = new Map<string, string>()
      for (let at = begun; at <= until; at += Math.max(7 * second, (until - begun) / 120)) {
        const {world} = accountAt(state, at)
        const sets = setsAt(world, at)
        expect(sets.reduce((sum, set) => sum + set.weight, 0)).toBe(100)
        expect(sets.filter((set) => set.status === 'PRIMARY')).toHaveLength(1)
        expect(sets.filter((set) => set.status === 'DRAINING' && set.weight > 0)).toEqual([])
        for (const deployment of deploymentsAt(world, at)) {
          const status = statusAt(deployment, at)
          if (over.has(deployment.id)) expect(status).toBe(over.get(deployment.id))
          if (isOver(status)) over.set(deployment.id, status)
          const events = lifecycleAt(deployment, at)
          const ranks = events.map((event) =>
            ['Succeeded', 'Failed', 'InProgress', 'Skipped', 'Pending'].indexOf(event.status),
          )
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
          const starts = events.flatMap(({start}) => start ?? [])
          expect(starts).toEqual([...starts].sort((a, b) => a - b))
          expect(events.every(({start, end}) => end === undefined || end >= start!)).toBe(true)
        }
      }
    }),
    {numRuns: 60},
  )
})

test('facts added later never change what was seen before', () => {
  fc.assert(
    fc.property(course, fc.integer({min: 0, max: 3000}), (given, cut) => {
      const {state, begun} = play({...given, stop: null, second: null})
      const now = begun + cut * second
      const seen = (account: ReturnType<typeof accountAt>) =>
        Array.from({length: 20}, (_, i) => {
          const at = begun + ((now - begun) * i) / 20
          const statuses = deploymentsAt(account.world, at).map((one) => [
            one.id,
            statusAt(one, at),
            lifecycleAt(one, at),
          ])
          return [statuses, setsAt(account.world, at).map(({id, status, weight}) => [id, status, weight])]
        })
      const before = seen(accountAt(state, now))
      const last = state.deployments.at(-1)!
      state.alarms.push({name: last.alarms[0]!, at: now, state: 'ALARM', reason: 'later'})
      state.faults.push(faultRecord('5xx:90', now))
      last.stop = {at: now + 2 * second, rollback: true}
      expect(seen(accountAt(state, now))).toEqual(before)
    }),
    {numRuns: 40},
  )
})

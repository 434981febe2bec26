import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import type {Smoke} from '../../src/deploy/gate.js'
import type {Reading} from '../../src/deploy/reading.js'
import {type SteerAws, type SteerInput, type Steering, steered} from '../../src/deploy/steer.js'
import type {Event} from '../../src/events.js'
import {deployment, group, reading, unattended} from '../support/deployments.js'

const gated = {...group, waitsForApproval: true, approvalMinutes: 30}
const strategy = {name: 'c', kind: 'all-at-once', percent: 100, everyMinutes: 0} as const
const events = (...done: string[]) =>
  ['Install', 'AllowTraffic', 'AfterAllowTraffic'].map((name) =>
    done.includes(name) ? {name, status: 'Succeeded', endedAt: new Date(60_000)} : {name, status: 'Pending'},
  )
const READY = reading({deployment: deployment('Ready'), lifecycle: events('Install')})
const INSTALLING = reading({deployment: deployment('InProgress'), lifecycle: events()})
const MOVED = reading({
  deployment: deployment('InProgress'),
  lifecycle: events('Install', 'AllowTraffic', 'AfterAllowTraffic'),
})
const STOPPED = reading({deployment: deployment('Stopped'), lifecycle: events('Install')})

/** Follows readings, of which each observation begins at the next; whatever is decided changes what is seen. */
async function followed(
  steering: Partial<Steering>,
  seen: Reading[] = [READY],
  answers: Partial<SteerAws> = {},
  more: Partial<SteerInput> = {},
) {
  const asked: string[] = []
  let now = seen[0]!
  const rest = seen.slice(1)
  const aws: SteerAws = {
    async *observe() {
      for (;;) {
        yield now
        now = rest.shift() ?? now
        await new Promise(setImmediate)
      }
    },
    proceed: async (_, wait) => {
      asked.push(`continue ${wait}`)
      now = MOVED
      return true
    },
    stop: async (_, {rollback}) => {
      asked.push(`stop ${rollback}`)
      now = STOPPED
      return true
    },
    testUrl: async () => 'http://new',
    ...answers,
  }
  const input = {
    deploymentId: 'd-1',
    group: gated,
    strategy,
    until: 'traffic',
    deadline: new Date(3_600_000),
    ...more,
  } as const
  const run = steered(aws, input, {...unattended, ...steering}, systemClock)
  const told: Event[] = []
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {asked, ended: value, told}
    told.push(value)
  }
}

it('tells whoever decides that a deployment goes back, and shall not be rolled back', async () => {
  const heard: unknown[] = []
  const atInterrupt: Steering['atInterrupt'] = async (...told) => {
    heard.push(told)
    return 'watch'
  }
  const atGate: Steering['atGate'] = async ({goesBack}) => {
    heard.push(goesBack)
    return 'approve'
  }
  const signals = [AbortSignal.abort(), new AbortController().signal, new AbortController().signal]
  const steering = {attended: true, listen: () => signals.shift()!, atInterrupt, atGate}
  await followed(steering, [READY], {}, {goesBack: true})
  expect(heard).toEqual([['d-1', true], true])
})

const smoke = (name: string, ok: boolean): Smoke => ({
  name,
  run: async () => ({ok, detail: ok ? '200' : '500', lines: []}),
})

it('approves when the tests decide and all have passed', async () => {
  const {asked, ended} = await followed({approve: 'smoke', smokes: [smoke('a', true), smoke('b', true)]})
  expect({asked, end: ended.end}).toEqual({asked: ['continue READY_WAIT'], end: 'traffic'})
})

it('rolls back at the first test that fails, and says which', async () => {
  const smokes = [smoke('a', false), {name: 'b', run: () => Promise.reject(new Error('must not run'))}]
  const {asked, ended} = await followed({approve: 'smoke', smokes})
  expect({asked, end: ended.end, asked_: ended.asked}).toMatchObject({
    asked: ['stop true'],
    end: 'failed',
    asked_: {code: 'smoke', summary: 'the smoke test failed: a: 500'},
  })
})

it('lets nothing pass that could not be tested', async () => {
  const {asked} = await followed({approve: 'smoke', smokes: [smoke('a', true)]}, [READY], {
    testUrl: async () => undefined,
  })
  expect(asked).toEqual(['stop true'])
})

it('waits for somebody elsewhere when there is nobody to ask', async () => {
  const {asked, ended} = await followed({}, [READY, READY, MOVED])
  expect({asked, end: ended.end}).toEqual({asked: [], end: 'traffic'})
})

it('withdraws its question when somebody elsewhere has answered', async () => {
  const atGate: Steering['atGate'] = (_, over) =>
    new Promise((resolve) => over.addEventListener('abort', () => resolve('wait'), {once: true}))
  const {asked, ended} = await followed({attended: true, atGate}, [READY, READY, MOVED])
  expect({asked, end: ended.end}).toEqual({asked: [], end: 'traffic'})
})

it('does not ask twice about what was approved, even while CodeDeploy is slow to go on', async () => {
  let questions = 0
  const atGate = async () => {
    questions++
    return 'approve' as const
  }
  const seen = [READY, READY, READY, MOVED]
  await followed({attended: true, atGate}, seen, {proceed: async () => true})
  expect(questions).toBe(1)
})

it('ends the picture before it asks, and plans the steps that are left afterwards', async () => {
  const {told} = await followed({attended: true, atGate: async () => 'approve'})
  const pause = told.findIndex(({type}) => type === 'pause')
  const plan = told.find((event, i) => i > pause && event.type === 'plan')
  expect(plan).toEqual({type: 'plan', steps: {shift: 'Shift production traffic', verify: 'Check after the shift'}})
})

it('asks at an interruption without waiting for the next reading, then goes on from the same step', async () => {
  const first = new AbortController()
  const signals = [first, new AbortController()]
  const never = new Promise<void>(() => {})
  let observations = 0
  const answers: Partial<SteerAws> = {
    async *observe() {
      observations++
      yield observations === 1 ? INSTALLING : MOVED
      first.abort()
      await never
    },
  }
  const steering = {listen: () => signals.shift()!.signal, atInterrupt: async () => 'watch' as const}
  const {told, ended} = await followed(steering, [], answers)
  expect(ended.end).toBe('traffic')
  expect(told.filter((event) => event.type === 'start' && event.step === 'install')).toHaveLength(2)
})

it('does not call a deployment live that it has asked to stop', async () => {
  const signal = AbortSignal.abort()
  const run = followed({listen: () => signal, atInterrupt: async () => 'rollback'}, [MOVED], {
    stop: async () => true,
    observe: async function* () {
      yield MOVED
      yield STOPPED
    },
  })
  expect((await run).ended).toMatchObject({end: 'failed', asked: {code: 'asked'}})
})

it('says that it was too late to stop one that has just ended well', async () => {
  const done = reading({deployment: deployment('Succeeded'), lifecycle: []})
  const run = followed({listen: () => AbortSignal.abort(), atInterrupt: async () => 'rollback'}, [done], {
    stop: async () => false,
  })
  await expect(run).rejects.toMatchObject({code: 'too_late', exitCode: 5})
})

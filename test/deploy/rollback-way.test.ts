import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import type {Reading} from '../../src/deploy/reading.js'
import type {PastRelease} from '../../src/deploy/releases.js'
import {type RollbackAws, rollback} from '../../src/deploy/rollback.js'
import {rollbackText} from '../../src/deploy/rollback-outcome.js'
import {planRollback, wayTo} from '../../src/deploy/rollback-plan.js'
import {readSituation, type SituationReads} from '../../src/deploy/rollback-situation.js'
import {findTarget, goodReleases} from '../../src/deploy/rollback-target.js'
import type {Deployment, TaskSet} from '../../src/deploy/service.js'
import type {Revision} from '../../src/deploy/task-definition.js'
import type {WaitFor} from '../../src/deploy/watch.js'
import type {Event} from '../../src/events.js'
import {canvas} from '../support/canvas.js'
import {deployment, group, reading} from '../support/deployments.js'

const arn = (revision: number) => `arn:aws:ecs:us-east-1:1:task-definition/api:${revision}`
const set = (status: TaskSet['status'], revision: number, deploymentId?: string): TaskSet => ({
  id: `ecs-svc/${revision}`,
  taskDefinition: arn(revision),
  status,
  desired: 1,
  pending: 0,
  running: 1,
  deploymentId,
  targetGroup: revision % 2 ? 'blue' : 'green',
  container: 'app',
  port: 8000,
  capacityProviders: [],
})
const scene = {
  env: 'prod',
  account: '1',
  region: 'us-east-1',
  service: 'v1',
  caller: 'arn:aws:sts::1:assumed-role/ops/ana',
  names: {cluster: 'c', service: 's'} as never,
}
const revision = (number: number): Revision => ({
  arn: arn(number),
  definition: {family: 'api', containerDefinitions: [{name: 'app', image: `repo:${number}`}]},
  tags: {},
})
const HOUR = 3_600_000

/** A deployment of a release, that many hours after the first. */
const of = (number: number, hour: number, status: string, more: Partial<Deployment> = {}): Deployment => ({
  ...deployment(status, {
    id: `d-${number}${hour}`,
    sha256: `sha ${number}`,
    createdAt: new Date(hour * HOUR),
    completedAt: status === 'InProgress' ? undefined : new Date(hour * HOUR + 600_000),
  }),
  ...more,
})

type World = {taskSets: TaskSet[]; history: Deployment[]; weights?: Record<string, number>}

const reads = ({taskSets, history, weights}: World, more: Partial<SituationReads> = {}): SituationReads => ({
  service: async () => ({
    name: 's',
    controller: 'CODE_DEPLOY',
    desired: 1,
    running: 1,
    taskDefinition: taskSets[0]!.taskDefinition,
    taskSets,
    events: [],
  }),
  group: async () => ({...group, alarms: ['5xx'], targetGroups: ['b', 'g'], service: 'c/s'}),
  inFlight: async () => history.find(({status}) => ['Created', 'InProgress', 'Ready'].includes(status)),
  deployment: async (id) => history.find((one) => one.id === id)!,
  lifecycle: async () => [],
  history: async (most) => history.slice(0, most),
  deployedTaskDefinitions: async (shas) => Object.fromEntries(shas.map((sha) => [sha, arn(Number(sha.slice(4)))])),
  taskDefinition: async (name) => revision(Number(name.slice(name.lastIndexOf(':') + 1))),
  targetGroups: async () => ({b: 'blue', g: 'green'}),
  weights: async () => weights ?? {blue: 100, green: 0},
  alarms: async () => [],
  ...more,
})

async function planned(world: World, wanted?: string, more: Partial<SituationReads> = {}) {
  const aws = {
    ...reads(world, more),
    newestRevisions: async () => [],
    strategy: async (name: string) => ({name, kind: 'all-at-once', percent: 100, everyMinutes: 0}) as const,
  }
  const situation = await readSituation(aws, scene)
  return planRollback(aws, situation, await findTarget(aws, situation, wanted), {respectAlarms: false})
}

it('waits for the end of a deployment whose old tasks are draining, then deploys the old release', async () => {
  const plan = await planned({
    taskSets: [set('PRIMARY', 2, 'd-22'), set('DRAINING', 1, 'd-11')],
    history: [of(2, 2, 'InProgress', {terminationStarted: true}), of(1, 1, 'Succeeded')],
    weights: {blue: 0, green: 100},
  })
  expect(plan).toMatchObject({path: 'redeploy', first: {how: 'wait', deploymentId: 'd-22'}, target: {number: 1}})
})

it('goes back to what still runs although CodeDeploy never deployed it', async () => {
  const plan = await planned({
    taskSets: [set('PRIMARY', 1), set('ACTIVE', 2, 'd-22')],
    history: [of(2, 2, 'InProgress')],
    weights: {blue: 90, green: 10},
  })
  expect(plan).toMatchObject({path: 'instant', target: {number: 1}, from: {number: 2}, doubts: []})
})

it('takes the traffic for moved when the listener cannot be read', async () => {
  const denied = {weights: () => Promise.reject(new Error('no'))}
  const plan = await planned(
    {taskSets: [set('PRIMARY', 1), set('ACTIVE', 2, 'd-22')], history: [of(2, 2, 'InProgress'), of(1, 1, 'Succeeded')]},
    undefined,
    denied,
  )
  expect(plan).toMatchObject({path: 'instant', target: {number: 1}})
})

it('looks further than the newest deployments when none of them was good', async () => {
  const bad = Array.from({length: 45}, (_, i) => of(50 - i, 50 - i, 'Failed'))
  const plan = await planned({
    taskSets: [set('PRIMARY', 60, 'd-6060')],
    history: [of(60, 60, 'Succeeded'), ...bad, of(4, 4, 'Succeeded')],
  })
  expect(plan).toMatchObject({path: 'redeploy', target: {number: 4}})
})

it('has nothing to go back to when only one release was ever deployed', async () => {
  const world = {taskSets: [set('PRIMARY', 1, 'd-11')], history: [of(1, 1, 'Succeeded')]}
  await expect(planned(world)).rejects.toMatchObject({exitCode: 3, code: 'no_target'})
})

it('has nothing to do when what was deployed last has failed and does not serve', async () => {
  const history = [of(3, 3, 'Failed', {rollbackId: 'd-9'}), of(1, 2, 'Succeeded'), of(0, 1, 'Succeeded')]
  const plan = await planned({taskSets: [set('PRIMARY', 1, 'd-12')], history})
  expect(plan).toMatchObject({already: true, target: {number: 1}})
})

it('goes back all the same after an own rollback that came to nothing', async () => {
  for (const [status, rollbackId] of [['Failed'], ['Stopped', 'd-9']] as const) {
    const tried = of(3, 5, status, {rollbackId, description: 'fb: roll back v4 to v3 (by ana)'})
    const history = [tried, of(4, 4, 'Succeeded'), of(3, 3, 'Succeeded'), of(2, 2, 'Succeeded')]
    const weights = {blue: 0, green: 100}
    const plan = await planned({taskSets: [set('PRIMARY', 4, 'd-44')], history, weights})
    expect(plan).toMatchObject({already: false, path: 'redeploy', from: {number: 4}, target: {number: 3}})
  }
})

it('never stops a rollback, but deploys another release after it', async () => {
  const d2 = of(2, 2, 'Stopped', {rollbackId: 'd-9'})
  const own = {...of(1, 3, 'InProgress'), id: 'd-9', sha256: undefined, rollbackOf: 'd-22'}
  const world = {
    taskSets: [set('PRIMARY', 3, 'd-31'), set('ACTIVE', 2, 'd-22')],
    history: [own, d2, of(3, 1, 'Succeeded'), of(1, 0, 'Succeeded')],
    weights: {blue: 10, green: 90},
  }
  expect(await planned(world)).toMatchObject({path: 'attach', target: {number: 3}, from: {number: 2}})
  expect(await planned(world, 'v1')).toMatchObject({path: 'redeploy', first: {how: 'wait', deploymentId: 'd-9'}})
})

it('takes a release for good again that was deployed once more after it was rolled back', async () => {
  const past = (number: number, result: PastRelease['result'], more: Partial<PastRelease> = {}): PastRelease => ({
    number,
    taskDefinitionArn: arn(number),
    image: `repo:${number}`,
    who: 'ana',
    at: new Date(0),
    servedFrom: new Date(0),
    result,
    message: '',
    deploymentId: 'd',
    ...more,
  })
  const numbers = (releases: PastRelease[], leaving: number) =>
    goodReleases(releases, arn(leaving)).map(({number}) => number)
  expect(numbers([past(3, 'live'), past(2, 'superseded'), past(2, 'rolled back'), past(1, 'superseded')], 3)).toEqual([
    2, 1,
  ])
  expect(numbers([past(3, 'live'), past(2, 'rolled back'), past(2, 'superseded'), past(1, 'superseded')], 3)).toEqual([
    1,
  ])
  // v4 is v2 registered again: to leave it is to leave v2.
  expect(numbers([past(4, 'live', {repeats: 2}), past(3, 'rolled back'), past(2, 'superseded')], 4)).toEqual([])
  expect(numbers([past(3, 'live'), past(2, 'stopped', {servedFrom: undefined})], 3)).toEqual([])
})

it('refuses to go back to what is just being deployed', async () => {
  const world = {taskSets: [set('PRIMARY', 1), set('ACTIVE', 2, 'd-22')], history: [of(2, 2, 'InProgress')]}
  const situation = await readSituation(reads(world), scene)
  expect(() => wayTo(situation, situation.from)).toThrow(/^v2 .* is what d-22 is deploying\.$/)
})

/** Goes the way of a plan, in an AWS that shows these readings and says so much to a stop. */
async function gone(
  plan: Awaited<ReturnType<typeof planned>>,
  readings: Reading[],
  stops = true,
  until: WaitFor = 'traffic',
) {
  const sent: string[] = []
  const told: Event[] = []
  const say = (what: string) => async () => {
    sent.push(what)
    return true
  }
  const aws = {
    ...reads({taskSets: [set('PRIMARY', 1)], history: []}),
    deployment: async () => readings[0]!.deployment!,
    register: async () => arn(9),
    create: async ({ignoreAlarms}: {ignoreAlarms?: boolean}) => {
      sent.push(`create ${ignoreAlarms ? 'in spite of alarms' : ''}`)
      return 'd-new'
    },
    stop: async () => {
      sent.push('stop')
      return stops
    },
    proceed: say('proceed'),
    retag: say('tag'),
    bounds: async () => undefined,
    tasks: async () => [],
    lastLines: async () => [],
    async *observe() {
      for (const one of readings) yield one
      const last = readings.at(-1)!
      for (let n = 1; n < 200; n++) yield {...last, at: new Date(last.at.getTime() + n * 10_000)}
      throw new Error('read on and on')
    },
  } as unknown as RollbackAws
  const run = rollback(aws, plan, {until, deadline: new Date(HOUR)}, systemClock)
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {sent, told, outcome: value}
    told.push(value)
  }
}

const seen = (status: string, traffic: {blue: number; green: number}, more: Partial<Deployment> = {}): Reading => ({
  ...reading({}),
  deployment: deployment(status, {id: 'd-22', completedAt: new Date(0), ...more}),
  weights: traffic,
  targets: {blue: [{id: '1', port: 1, state: 'healthy'}], green: []},
  service: {
    name: 's',
    controller: 'CODE_DEPLOY',
    desired: 1,
    running: 1,
    taskDefinition: arn(1),
    taskSets: [set('PRIMARY', 1), set('ACTIVE', 2, 'd-22')],
    events: [],
  },
})

const instant = () =>
  planned({
    taskSets: [set('PRIMARY', 1, 'd-11'), set('ACTIVE', 2, 'd-22')],
    history: [of(2, 2, 'InProgress'), of(1, 1, 'Succeeded')],
    weights: {blue: 40, green: 60},
  })

it('needs a person (6) when the traffic does not come back', async () => {
  const {outcome, sent} = await gone(await instant(), [seen('Stopped', {blue: 40, green: 60}, {rollbackId: 'd-9'})])
  expect(sent).toEqual(['stop', 'tag'])
  expect(outcome).toMatchObject({exitCode: 6, result: 'failed', path: 'instant', traffic: {blue: 40, green: 60}})
})

it('waits for a rollback also where the group makes none by itself', async () => {
  const {outcome} = await gone(await instant(), [
    seen('InProgress', {blue: 40, green: 60}, {completedAt: undefined}),
    seen('Stopped', {blue: 40, green: 60}),
    seen('Stopped', {blue: 100, green: 0}, {rollbackId: 'd-9'}),
  ])
  expect(outcome).toMatchObject({exitCode: 0, result: 'live', release: {number: 1}, previous: {number: 2}})
  expect(rollbackText(outcome, canvas({width: 1000})).join('\n')).toContain('The database schema stays as it is now.')
})

it('deploys the old release when the deployment has outrun its own stop', async () => {
  const {outcome, sent} = await gone(await instant(), [seen('Succeeded', {blue: 0, green: 100})])
  expect(sent).toEqual(['stop', 'tag', 'create in spite of alarms'])
  expect(outcome).toMatchObject({path: 'redeploy', exitCode: 0})
})

it('does the same when the stop comes too late', async () => {
  const {outcome, sent} = await gone(await instant(), [seen('Succeeded', {blue: 0, green: 100})], false)
  expect(sent).toEqual(['stop', 'create in spite of alarms'])
  expect(outcome).toMatchObject({path: 'redeploy', exitCode: 0})
})

/** A release that has to be deployed anew, where the group waits for approval. */
const gated = () =>
  planned({taskSets: [set('PRIMARY', 1, 'd-12')], history: [of(1, 2, 'Succeeded'), of(2, 1, 'Succeeded')]}, undefined, {
    group: async () => ({...group, targetGroups: ['b', 'g'], service: 'c/s', waitsForApproval: true}),
  })

it('approves what it deploys also when only its start is waited for', async () => {
  const starting = seen('InProgress', {blue: 100, green: 0}, {completedAt: undefined})
  const ready = seen('Ready', {blue: 100, green: 0}, {completedAt: undefined})
  const {sent, told, outcome} = await gone(await gated(), [starting, ready], true, 'started')
  expect({sent, result: outcome.result}).toEqual({sent: ['create ', 'proceed'], result: 'started'})
  expect(told.flatMap((event) => (event.type === 'stands' ? [event.next[0]] : []))).toEqual([
    'fb approve d-new',
    'fb watch d-new',
  ])
})

it('does not call a rollback started that failed before it could be approved', async () => {
  const {sent, outcome} = await gone(await gated(), [seen('Failed', {blue: 100, green: 0})], true, 'started')
  expect(sent).toEqual(['create '])
  expect(outcome.exitCode).not.toBe(0)
})

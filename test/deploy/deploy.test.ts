import {expect, it} from 'vitest'

import {systemClock} from '../../src/clock.js'
import {type DeployAws, deploy} from '../../src/deploy/deploy.js'
import {outcomeText} from '../../src/deploy/outcome.js'
import type {DeployPlan} from '../../src/deploy/plan.js'
import type {Reading} from '../../src/deploy/reading.js'
import type {Deployment, TaskSet} from '../../src/deploy/service.js'
import {canvas} from '../support/canvas.js'
import {deployment, group, reading, unattended} from '../support/deployments.js'

const arn = (revision: number) => `arn:aws:ecs:us-east-1:1:task-definition/api:${revision}`
const set = (status: TaskSet['status'], revision: number, more: Partial<TaskSet> = {}): TaskSet => ({
  id: `ecs-svc/${revision}`,
  taskDefinition: arn(revision),
  status,
  desired: 1,
  pending: 0,
  running: 1,
  targetGroup: revision === 1 ? 'blue' : 'green',
  container: 'app',
  port: 8000,
  capacityProviders: [{provider: 'FARGATE_SPOT', base: 0, weight: 1}],
  network: {subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED'},
  ...more,
})
const plan: DeployPlan = {
  scene: {
    env: 'dev',
    account: '1',
    region: 'us-east-1',
    service: 'v1',
    caller: 'arn:aws:sts::1:assumed-role/ops/ana',
    names: {container: 'app'} as never,
  },
  image: {image: 'repo:2@sha256:b', digest: 'sha256:b', tag: '2', scan: {status: 'COMPLETE', critical: 0, high: 0}},
  previous: {number: 1, taskDefinitionArn: arn(1), image: 'repo:1'},
  number: 2,
  definition: {family: 'api', containerDefinitions: [{name: 'app', image: 'repo:2@sha256:b'}]},
  tags: {team: 'ops'},
  appSpec: {},
  container: 'app',
  primary: set('PRIMARY', 1),
  changes: [],
  strategy: {name: 'CodeDeployDefault.ECSAllAtOnce', kind: 'all-at-once', percent: 100, everyMinutes: 0},
  group: {...group, rollbackOn: ['DEPLOYMENT_FAILURE']},
  targetGroups: ['blue', 'green'],
  message: 'fix login',
  already: false,
}
const seen = (state: Deployment, traffic: {blue: number; green: number}, more: Partial<Reading> = {}): Reading => ({
  ...reading({}),
  deployment: state,
  weights: traffic,
  targets: {blue: [{id: '1', port: 1, state: 'healthy'}], green: []},
  service: {
    name: 's',
    controller: 'CODE_DEPLOY',
    desired: 1,
    running: 1,
    taskDefinition: arn(1),
    taskSets: [set('PRIMARY', 1), set('ACTIVE', 2, {deploymentId: 'd-1'})],
    events: [],
  },
  ...more,
})

/** The last reading is seen again and again, ten seconds apart. */
async function ran(readings: Reading[], group: Partial<DeployPlan['group']> = {}, deadline = new Date(3_600_000)) {
  const sent: Record<string, unknown>[] = []
  const aws: DeployAws = {
    async register(definition, tags) {
      sent.push({definition, tags})
      return arn(2)
    },
    async create(wanted) {
      sent.push(wanted)
      return 'd-1'
    },
    tasks: async () => [],
    alarms: async () => [],
    lastLines: async () => [],
    healthCheck: async () => ({}),
    taskDefinition: async (arn) => ({arn, definition: plan.definition, tags: {}}),
    bounds: async () => undefined,
    holdScaleIn: async () => {},
    releaseScaleIn: async () => {},
    testUrl: async () => undefined,
    proceed: async () => true,
    stop: async () => true,
    retag: async () => {},
    async *observe() {
      for (const one of readings) yield one
      const last = readings.at(-1)!
      for (let n = 1; n < 100; n++) yield {...last, at: new Date(last.at.getTime() + n * 10_000)}
      throw new Error('read on and on')
    },
  }
  const run = deploy(
    aws,
    {...plan, group: {...plan.group, ...group}},
    {until: 'traffic', deadline},
    unattended,
    systemClock,
  )
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {sent, outcome: value}
  }
}

it('names fb approve when its time is up while the deployment waits for approval', async () => {
  const {outcome} = await ran([seen(deployment('Ready'), {blue: 100, green: 0})], {}, new Date(30_000))
  expect(outcome).toMatchObject({result: 'timeout', exitCode: 8})
  expect(outcome.next[0]).toBe('fb approve --env dev')
  expect(outcomeText(outcome, canvas({width: 1000})).join('\n')).toContain('It waits for approval; v1 (')
})

it('registers first, then starts a deployment that repeats the network and capacity of what runs', async () => {
  const {sent} = await ran([seen(deployment('Succeeded'), {blue: 0, green: 100})])
  expect(sent[0]).toEqual({definition: plan.definition, tags: plan.tags})
  const {content, description, config} = sent[1] as {content: string; description: string; config: string}
  expect({description, config}).toEqual({
    description: 'fb: fix login (by ana)',
    config: 'CodeDeployDefault.ECSAllAtOnce',
  })
  expect(JSON.parse(content).Resources[0].TargetService.Properties).toEqual({
    TaskDefinition: arn(2),
    LoadBalancerInfo: {ContainerName: 'app', ContainerPort: 8000},
    NetworkConfiguration: {
      AwsvpcConfiguration: {Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED'},
    },
    CapacityProviderStrategy: [{CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1}],
  })
})

const failed = (more: Partial<Deployment> = {}) =>
  deployment('Failed', {completedAt: new Date(0), error: {code: 'TIMEOUT', message: 'timed out'}, ...more})
const home = {blue: 100, green: 0}
const divided = {blue: 40, green: 60}

it('is rolled back (9) when the old version has all the traffic again', async () => {
  const {outcome} = await ran([seen(failed({rollbackId: 'd-2'}), divided), seen(failed({rollbackId: 'd-2'}), home)])
  expect(outcome).toMatchObject({
    result: 'rolled_back',
    exitCode: 9,
    failure: {summary: 'timed out'},
    deployment: {rollbackId: 'd-2'},
  })
})

it('needs a person (6) when the rollback leaves the traffic divided', async () => {
  const {outcome} = await ran([seen(failed({rollbackId: 'd-2'}), divided)])
  expect(outcome).toMatchObject({result: 'failed', exitCode: 6, traffic: divided})
})

it('needs a person (6) when the old version serves but is not healthy', async () => {
  const sick = {targets: {blue: [{id: '1', port: 1, state: 'unhealthy'}]}}
  expect((await ran([seen(failed({rollbackId: 'd-2'}), home, sick)])).outcome).toMatchObject({
    result: 'failed',
    exitCode: 6,
  })
})

it('needs a person (6) when it was stopped without a rollback in the middle of the shift', async () => {
  const {outcome} = await ran([seen(failed({error: undefined, status: 'Stopped'}), divided)])
  expect(outcome).toMatchObject({result: 'failed', exitCode: 6, failure: {code: 'stopped'}})
})

it('says that nothing had moved (9) when there was nothing to roll back', async () => {
  const {outcome} = await ran([seen(failed(), home)])
  expect(outcome).toMatchObject({result: 'rolled_back', exitCode: 9})
  expect(outcome.deployment?.rollbackId).toBeUndefined()
})

it('does not wait for a rollback when the group has none', async () => {
  const {outcome} = await ran([seen(failed(), {blue: 0, green: 100})], {rollbackOn: []})
  expect(outcome).toMatchObject({result: 'failed', exitCode: 6})
})

it('believes the task sets when the listener may not be read', async () => {
  const stale = [{read: 'weights', since: new Date(0), reason: 'Your role may not.'}]
  const {outcome} = await ran([seen(failed({rollbackId: 'd-2'}), home, {weights: undefined, stale})])
  expect(outcome).toMatchObject({result: 'rolled_back', traffic: {blue: null, green: null}})
})

it('gives up (8) when its time is over before the rollback is', async () => {
  const {outcome} = await ran([seen(failed({rollbackId: 'd-2'}), divided)], {}, new Date(30_000))
  expect(outcome).toMatchObject({result: 'timeout', exitCode: 8})
})

it('explains a failure whatever the container is called', async () => {
  const {outcome} = await ran([seen(failed({rollbackId: 'd-2'}), home)])
  expect(outcome.failure).toMatchObject({code: 'timeout'})
})

it('keeps a long message within the 256 characters CodeDeploy keeps', async () => {
  const long = {...plan, message: 'x'.repeat(400)}
  const {describeDeployment, readDescription} = await import('../../src/deploy/release.js')
  const text = describeDeployment(long.message, 'ana')
  expect(text.length).toBe(256)
  expect(readDescription(text)).toMatchObject({actor: 'ana', message: expect.stringMatching(/^x+$/)})
})

import {describe, expect, it} from 'vitest'

import type {Check} from '../../src/deploy/preflight/check.js'
import {readFacts, type Wanted} from '../../src/deploy/preflight/facts.js'
import {CHECK_IDS, type PreflightReads, preflight, type TargetGroup} from '../../src/deploy/preflight/preflight.js'
import type {ServiceState} from '../../src/deploy/service.js'
import type {TaskDefinition} from '../../src/deploy/task-definition.js'
import {NotFound} from '../../src/errors.js'
import {group} from '../support/deployments.js'

const names = {cluster: 'app-prod', service: 'app-v1-prod', parameterPath: '/app/prod/'} as never
const scene = {env: 'prod', account: '111111111111', region: 'us-east-1', service: 'v1', caller: 'arn:x/ana', names}
const now = new Date('2026-11-27T12:00:00Z')
const ssm = (path: string, region = 'us-east-1') => `arn:aws:ssm:${region}:111111111111:parameter/${path}`

const definition = (more: Partial<TaskDefinition['containerDefinitions'][0]> = {}, rest: object = {}) => ({
  family: 'app',
  containerDefinitions: [
    {
      name: 'app',
      image: '111111111111.dkr.ecr.us-east-1.amazonaws.com/app:1.0.0',
      portMappings: [{containerPort: 8000}],
      logConfiguration: {logDriver: 'awslogs', options: {'awslogs-group': '/ecs/app-prod'}},
      ...more,
    },
  ],
  ...rest,
})

const targetGroup = (name: string, settings = {}): TargetGroup => ({
  name,
  arn: `arn:${name}`,
  settings: {protocol: 'HTTP', port: '8000', 'health path': '/health', ...settings},
})

/** An account in which a deployment can begin. */
const well = (definitionNow: TaskDefinition = definition()): PreflightReads => ({
  service: async () =>
    ({
      name: 'app-v1-prod',
      controller: 'CODE_DEPLOY',
      taskSets: [
        {status: 'PRIMARY', taskDefinition: 'arn:td/app:3', targetGroup: 'arn:blue', container: 'app', port: 8000},
      ],
    }) as unknown as ServiceState,
  taskDefinition: async (arn) => ({arn, definition: definitionNow, tags: {}}),
  group: async () => ({
    ...group,
    service: 'app-prod/app-v1-prod',
    targetGroups: ['blue', 'green'],
    alarms: ['5xx'],
    rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  }),
  strategy: async (name) => ({name, kind: 'all-at-once', percent: 100, everyMinutes: 0}),
  inFlight: async () => undefined,
  describeTargetGroups: async () => [targetGroup('blue'), targetGroup('green')],
  weights: async () => ({'arn:blue': 100, 'arn:green': 0}),
  alarms: async () => [{name: '5xx', state: 'INSUFFICIENT_DATA'}],
  findImage: async () => ({digest: 'sha256:1', tags: [], pushedAt: now, scan: {status: '', critical: 0, high: 0}}),
  architectures: async () => ['amd64', 'arm64'],
  missingParameters: async () => [],
  hasLogGroup: async () => true,
  lastScaling: async () => undefined,
})

async function checked(aws: PreflightReads, wanted: Wanted = {}, skip: string[] = []): Promise<Record<string, Check>> {
  const facts = readFacts(aws, {scene, account: '111111111111', now}, wanted)
  const checks = await preflight(aws, facts, skip)
  return Object.fromEntries(checks.map((check) => [check.id, check]))
}

it('finds nothing to say against an account in which a deployment can begin', async () => {
  const checks = await checked(well())
  expect(Object.keys(checks)).toEqual(CHECK_IDS)
  expect(new Set(Object.values(checks).map(({result}) => result))).toEqual(new Set(['ok']))
})

it('looks at everything side by side', async () => {
  let underway = 0
  let most = 0
  const slow =
    <T>(answer: T) =>
    async () => {
      most = Math.max(most, ++underway)
      await new Promise((resolve) => setImmediate(resolve))
      underway--
      return answer
    }
  await checked({
    ...well(),
    architectures: slow(['amd64']),
    alarms: slow([]),
    hasLogGroup: slow(true),
    lastScaling: slow(undefined),
  })
  expect(most).toBe(4)
})

describe('what cannot be read', () => {
  const denied = Object.assign(new Error('no'), {name: 'AccessDeniedException', operation: 'ssm:GetParameters'})
  const refuse = async () => {
    throw denied
  }

  it('is a warning when only one check looks at it', async () => {
    const {secrets, image} = await checked({
      ...well(definition({secrets: [{name: 'A', valueFrom: ssm('a/b')}]})),
      missingParameters: refuse,
    })
    expect(secrets).toMatchObject({result: 'warn', found: 'not looked at: Your role may not call ssm:GetParameters.'})
    expect(image!.result).toBe('ok')
  })

  it('ends the preflight when all checks rest on it', () =>
    expect(checked({...well(), service: refuse})).rejects.toBe(denied))

  it('ends it too when the session is over', async () => {
    const expired = Object.assign(new Error('over'), {name: 'ExpiredTokenException'})
    const alarms = () => Promise.reject(expired)
    await expect(checked({...well(), alarms})).rejects.toBe(expired)
  })
})

it('tells once what several checks rest on', async () => {
  const gone = async () => {
    throw new NotFound('There is no group.', {next: ['look']})
  }
  const checks = await checked({...well(), group: gone})
  expect(checks.group).toMatchObject({result: 'fail', found: 'There is no group.', fix: 'look'})
  for (const id of ['rollback', 'target-groups', 'listener', 'alarms'])
    expect(checks[id]).toEqual({id, result: 'skipped', found: 'rests on group'})
})

it('does not look at what it is told to leave out', async () => {
  const alarms = () => Promise.reject(new TypeError('looked'))
  expect((await checked({...well(), alarms}, {}, ['alarms'])).alarms).toMatchObject({result: 'skipped'})
})

describe('secrets', () => {
  const asked = async (...valuesFrom: string[]) => {
    const names: string[] = []
    const secrets = valuesFrom.map((valueFrom) => ({name: 'X', valueFrom}))
    const missingParameters = async (all: string[]) => {
      names.push(...all)
      return []
    }
    return {names, check: (await checked({...well(definition({secrets})), missingParameters})).secrets}
  }

  it('are looked for by the name in their ARN, each once', async () => {
    const {names} = await asked(ssm('app/prod/A'), ssm('app/prod/A'), ssm('plain'), '/by/name')
    expect(names).toEqual(['/app/prod/A', 'plain', '/by/name'])
  })

  it('that are kept elsewhere are said not to be looked at', async () => {
    const manager = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:x'
    const {names, check} = await asked(ssm('app/prod/A'), ssm('app/prod/B', 'eu-west-1'), manager)
    expect(names).toEqual(['/app/prod/A'])
    expect(check!.found).toBe('1 of 3 seen to exist, 2 kept where fb does not look')
  })
})

describe('the image', () => {
  const built = async (architectures: string[] | undefined, rest: object = {}) =>
    (await checked({...well(definition({}, rest)), architectures: async () => architectures})).image

  it('must be built for the processor of the tasks, which is X86_64 when nothing is said', async () => {
    expect(await built(['arm64'])).toMatchObject({
      result: 'fail',
      found: 'app:1.0.0 is built for arm64, and the tasks run on amd64',
    })
    expect(await built(['arm64'], {runtimePlatform: {cpuArchitecture: 'ARM64'}})).toMatchObject({result: 'ok'})
    expect(await built([])).toMatchObject({result: 'warn'})
    expect(await built(undefined)).toMatchObject({result: 'fail', found: 'app:1.0.0 does not exist'})
  })

  it('outside ECR is not looked at', async () => {
    const {image} = await checked(well(definition({image: 'ghcr.io/app:1'})))
    expect(image).toMatchObject({result: 'ok', found: 'is not in ECR, where alone fb can look'})
  })
})

describe('the log group', () => {
  const without = (options: Record<string, string>) =>
    checked({...well(definition({logConfiguration: {logDriver: 'awslogs', options}})), hasLogGroup: async () => false})

  it('must exist, unless the tasks make it or it is in another region', async () => {
    const options = {'awslogs-group': '/ecs/x'}
    expect((await without(options))['log-group']).toMatchObject({result: 'fail', found: '/ecs/x does not exist'})
    expect((await without({...options, 'awslogs-create-group': 'true'}))['log-group']!.result).toBe('warn')
    expect((await without({...options, 'awslogs-region': 'eu-west-1'}))['log-group']!.result).toBe('warn')
  })
})

describe('the deployment group', () => {
  const withGroup = (more: object) => checked({...well(), group: async () => ({...(await well().group()), ...more})})

  it('must roll back on failure, and on alarms when it watches any', async () => {
    expect((await withGroup({rollbackOn: ['DEPLOYMENT_FAILURE']})).rollback).toMatchObject({result: 'fail'})
    expect((await withGroup({rollbackOn: ['DEPLOYMENT_FAILURE'], alarms: []})).rollback).toMatchObject({result: 'ok'})
    expect((await withGroup({rollbackOn: [], alarms: []})).rollback).toMatchObject({result: 'fail'})
  })

  it('is told of alarms that do not exist', async () => {
    expect((await withGroup({alarms: ['5xx', 'p95']})).alarms).toMatchObject({
      result: 'warn',
      found: 'p95 does not exist',
    })
  })
})

it('holds different ports against two target groups, and only warns of different health checks', async () => {
  const pair = (settings: object) =>
    checked({...well(), describeTargetGroups: async () => [targetGroup('blue'), targetGroup('green', settings)]})
  expect((await pair({port: '9000'}))['target-groups']).toMatchObject({
    result: 'fail',
    found: 'blue and green differ: port 8000 and 9000',
  })
  expect((await pair({'health path': '/'}))['target-groups']).toMatchObject({result: 'warn'})
})

describe('the listener', () => {
  it('must send everything to where the PRIMARY task set is, unless traffic is being moved', async () => {
    const weights = async () => ({'arn:blue': 90, 'arn:green': 10})
    expect((await checked({...well(), weights})).listener).toMatchObject({
      result: 'fail',
      found: expect.stringContaining('90 %'),
    })
    const inFlight = async () => ({id: 'd-1', creator: 'user', createdAt: now}) as never
    const moving = await checked({...well(), weights, inFlight})
    expect([moving.listener!.result, moving['in-flight']!.result]).toEqual(['ok', 'fail'])
  })

  it('must be in front of the task set at all', async () => {
    const describeTargetGroups = async () => [targetGroup('red'), targetGroup('green')]
    expect((await checked({...well(), describeTargetGroups})).listener).toMatchObject({result: 'fail'})
  })
})

describe('the way back', () => {
  it('is warned of when the image of what runs is gone, or its task definition inactive', async () => {
    expect((await checked({...well(), findImage: async () => undefined}))['way-back']).toMatchObject({
      result: 'warn',
      found: expect.stringContaining('image of v3 (1.0.0) is gone'),
    })
    expect((await checked(well(definition({}, {status: 'INACTIVE'}))))['way-back']).toMatchObject({
      result: 'warn',
      found: expect.stringContaining('INACTIVE'),
    })
  })
})

it('warns of autoscaling until it may have come to rest', async () => {
  const lastScaling = async (since: Date) => {
    expect(since).toEqual(new Date('2026-11-27T11:55:00Z'))
    return {at: new Date('2026-11-27T11:58:00Z'), description: 'Setting desired count to 3.'}
  }
  expect((await checked({...well(), lastScaling})).scaling).toMatchObject({
    result: 'warn',
    found: '2m ago: Setting desired count to 3.',
    fix: expect.stringMatching(/^wait until \d\d:03$/),
  })
})

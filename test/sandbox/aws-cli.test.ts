import {execFile, spawnSync} from 'node:child_process'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {clientsOf, cluster, deployTag, manual, service} from './account.js'

const absent = spawnSync('aws', ['--version']).status !== 0
const run = promisify(execFile)

describe('the AWS CLI reads the sandbox', () => {
  let sandbox: Sandbox
  let server: Awaited<ReturnType<typeof serve>>
  let deploymentId: string

  beforeAll(async () => {
    sandbox = manual()
    server = await serve(sandbox, 0)
    deploymentId = await deployTag(clientsOf(sandbox), '1.2.0-crash')
    sandbox.advance(300_000)
  })
  afterAll(() => server.close())

  async function aws(...args: string[]) {
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_MAX_ATTEMPTS: '1',
    }
    const {stdout} = await run('aws', ['--endpoint-url', server.url, '--output', 'json', ...args], {env})
    return JSON.parse(stdout)
  }

  it.skipIf(absent)('sts get-caller-identity', async () => {
    expect((await aws('sts', 'get-caller-identity')).Account).toBe('000000000000')
  })

  it.skipIf(absent)('ecs describe-services', async () => {
    const {services} = await aws('ecs', 'describe-services', '--cluster', cluster, '--services', service)
    expect(services[0].taskSets.map((set: {status: string}) => set.status)).toEqual(['PRIMARY', 'ACTIVE'])
    // Version 1 prints seconds, version 2 a date.
    expect(new Date(services[0].createdAt).getTime()).toBeGreaterThan(0)
  })

  it.skipIf(absent)('elbv2 describe-target-health, and its error', async () => {
    const {TargetGroups} = await aws('elbv2', 'describe-target-groups', '--names', 'v1-sandbox-blue')
    const health = await aws('elbv2', 'describe-target-health', '--target-group-arn', TargetGroups[0].TargetGroupArn)
    expect(health.TargetHealthDescriptions).toHaveLength(2)
    const unknown = aws('elbv2', 'describe-target-groups', '--names', 'nope')
    await expect(unknown).rejects.toThrow('(TargetGroupNotFound)')
  })

  it.skipIf(absent)('deploy get-deployment', async () => {
    const {deploymentInfo} = await aws('deploy', 'get-deployment', '--deployment-id', deploymentId)
    expect(deploymentInfo).toMatchObject({status: 'InProgress', computePlatform: 'ECS'})
  })

  it.skipIf(absent)('cloudwatch describe-alarms, and its error', async () => {
    const {MetricAlarms} = await aws('cloudwatch', 'describe-alarms')
    expect(MetricAlarms).toHaveLength(2)
    const unknown = aws(
      'cloudwatch',
      'set-alarm-state',
      '--alarm-name',
      'x',
      '--state-value',
      'OK',
      '--state-reason',
      'y',
    )
    await expect(unknown).rejects.toThrow('(ResourceNotFound)')
  })

  it.skipIf(absent)('logs filter-log-events', async () => {
    const {events} = await aws(
      'logs',
      'filter-log-events',
      '--log-group-name',
      `/ecs/${cluster}`,
      '--filter-pattern',
      'RuntimeError',
    )
    expect(events.length).toBeGreaterThan(0)
  })
})

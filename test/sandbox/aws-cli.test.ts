import {execFile, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
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

  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
  }

  async function aws(...args: string[]) {
    const {stdout} = await run('aws', ['--endpoint-url', server.url, '--output', 'json', ...args], {env})
    return JSON.parse(stdout || 'null')
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

  it.skipIf(absent)('logs: pages that may be empty, newest first, and errors', async () => {
    const inGroup = ['--log-group-name', `/ecs/${cluster}`]
    // It follows the tokens by itself, and makes up its mind about a page that is empty.
    const {events} = await aws('logs', 'filter-log-events', ...inGroup, '--filter-pattern', '"Traceback (most"')
    expect(events.length).toBeGreaterThan(0)
    const {logStreams} = await aws('logs', 'describe-log-streams', ...inGroup, '--log-stream-name-prefix', 'ecs-v1/')
    const stream = ['--log-stream-name', logStreams[0].logStreamName]
    const last = await aws('logs', 'get-log-events', ...inGroup, ...stream, '--limit', '3')
    const before = await aws(
      'logs',
      'get-log-events',
      ...inGroup,
      ...stream,
      '--limit',
      '3',
      '--next-token',
      last.nextBackwardToken,
    )
    expect([last.events.length, before.events.length]).toEqual([3, 3])
    expect(before.events[2].timestamp).toBeLessThanOrEqual(last.events[0].timestamp)
    await expect(aws('logs', 'filter-log-events', ...inGroup, '--filter-pattern', 'a:b')).rejects.toThrow(
      '(InvalidParameterException)',
    )
    const {logGroups: named} = await aws('logs', 'describe-log-groups', '--log-group-name-pattern', 'lambda')
    expect(named.map(Object.keys)).toEqual([['logGroupName', 'creationTime', 'arn']])
    const {logGroups} = await aws('logs', 'describe-log-groups')
    expect(logGroups.map((group: {retentionInDays?: number}) => group.retentionInDays)).toEqual([1, undefined, 90, 1])
  })

  it.skipIf(absent)('logs: a query of Insights', async () => {
    const now = Math.floor(sandbox.clock.now().getTime() / 1000)
    const span = ['--start-time', String(now - 3600), '--end-time', String(now)]
    const query = ['--query-string', 'filter @message like /RuntimeError/ | stats count(*) as crashes']
    const {queryId} = await aws('logs', 'start-query', '--log-group-name', `/ecs/${cluster}`, ...span, ...query)
    expect((await aws('logs', 'get-query-results', '--query-id', queryId)).status).toBe('Scheduled')
    sandbox.advance(5000)
    const {status, results} = await aws('logs', 'get-query-results', '--query-id', queryId)
    expect([status, results[0][0].field, Number(results[0][0].value) > 0]).toEqual(['Complete', 'crashes', true])
    await expect(aws('logs', 'stop-query', '--query-id', queryId)).rejects.toThrow('(InvalidParameterException)')
  })

  it.skipIf(absent)('logs: Live Tail, until it is told to end', async () => {
    const group = `arn:aws:logs:us-east-1:000000000000:log-group:/ecs/${cluster}`
    const args = ['--endpoint-url', server.url, 'logs', 'start-live-tail', '--log-group-identifiers', group]
    const tail = spawn('aws', args, {env: {...env, AWS_DISABLE_HOST_PREFIX_INJECTION: 'true'}})
    const moving = setInterval(() => sandbox.advance(5000), 100)
    const [line] = await once(tail.stdout, 'data').finally(() => clearInterval(moving))
    expect(String(line)).toMatch(/^INFO: {5}|^\{"request_id"|^ERROR/)
    tail.kill('SIGINT')
    await once(tail, 'close')
  })

  it.skipIf(absent)('s3api: objects with their versions, and their errors', async () => {
    const inBucket = ['--bucket', 'fastapi-bootstrap-terraform-state']
    const text = path.join(mkdtempSync(path.join(tmpdir(), 'fb-cli-')), 'text')
    writeFileSync(text, 'hello from the CLI')
    const key = ['--key', 'cli/a key with + and ä']
    const put = await aws('s3api', 'put-object', ...inBucket, ...key, '--body', text, '--metadata', 'by=cli')
    expect(put).toMatchObject({ServerSideEncryption: 'AES256', VersionId: expect.stringMatching(/^[\w.]{32}$/)})
    const again = aws('s3api', 'put-object', ...inBucket, ...key, '--body', text, '--if-none-match', '*')
    await expect(again).rejects.toThrow('(PreconditionFailed)')
    expect(await aws('s3api', 'get-object', ...inBucket, ...key, `${text}.2`)).toMatchObject({Metadata: {by: 'cli'}})
    expect(readFileSync(`${text}.2`, 'utf8')).toBe('hello from the CLI')
    const {Contents} = await aws('s3api', 'list-objects-v2', ...inBucket, '--prefix', 'cli/')
    expect(Contents.map((one: {Key: string}) => one.Key)).toEqual([key[1]])
    await aws('s3api', 'delete-object', ...inBucket, ...key)
    const {Versions, DeleteMarkers} = await aws('s3api', 'list-object-versions', ...inBucket, '--prefix', 'cli/')
    expect([Versions[0].VersionId, Versions[0].Key, DeleteMarkers.length]).toEqual([put.VersionId, key[1], 1])
    const nowhere = aws('s3api', 'get-bucket-versioning', '--bucket', 'nobodys-bucket')
    const [policy, lifecycle] = await Promise.all([
      aws('s3api', 'get-bucket-policy', ...inBucket),
      aws('s3api', 'get-bucket-lifecycle-configuration', ...inBucket),
      expect(aws('s3api', 'get-object', ...inBucket, ...key, text)).rejects.toThrow('(NoSuchKey)'),
      expect(nowhere).rejects.toThrow('(NoSuchBucket)'),
    ])
    expect(policy.Policy).toContain('aws:SecureTransport')
    expect(lifecycle.Rules).toHaveLength(1)
  })

  it.skipIf(absent)('dynamodb get-item and a condition that does not hold', async () => {
    const table = ['--table-name', 'terraform-locks']
    const key = JSON.stringify({LockID: {S: 'cli'}})
    const put = ['dynamodb', 'put-item', ...table, '--item', key]
    const free = ['--condition-expression', 'attribute_not_exists(LockID)']
    await aws(...put, ...free)
    expect((await aws('dynamodb', 'get-item', ...table, '--key', key)).Item).toEqual({LockID: {S: 'cli'}})
    await expect(aws(...put, ...free)).rejects.toThrow('(ConditionalCheckFailedException)')
    expect((await aws('dynamodb', 'describe-table', ...table)).Table.TableStatus).toBe('ACTIVE')
  })
})

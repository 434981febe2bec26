import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {GetDeploymentTargetCommand} from '@aws-sdk/client-codedeploy'
import {
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'

import {type Clock, hook, type Work} from '../../infra/lambda/hook.js'
import {migrate} from '../../infra/lambda/migrate.js'
import {type Ask, get, requests} from '../../infra/lambda/requests.js'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {hookExecutionId} from '../../src/sandbox/services/hooks.js'
import {
  appSpec,
  type Clients,
  clientsOf,
  cluster,
  deployImage,
  deployTag,
  manual,
  registry,
  revisionOf,
  service,
  targetId,
} from '../sandbox/account.js'

let sandbox: Sandbox
let clients: Clients
let time: Clock
beforeEach(() => {
  sandbox = manual()
  clients = clientsOf(sandbox)
  time = {now: () => sandbox.clock.now().getTime(), sleep: (ms) => sandbox.clock.sleep(ms)}
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

type Event = 'BeforeInstall' | 'AfterAllowTestTraffic' | 'AfterAllowTraffic'
const minutes = (n: number) => ({getRemainingTimeInMillis: () => n * 60_000})

/** A deployment that waits for its hook of that event, as CodeDeploy does once it has invoked the function. */
async function waiting(event: Event, deploy: () => Promise<string> = () => deployTag(clients, '1.1.0')) {
  sandbox.fault(`hook-silent:${event}`)
  const id = await deploy()
  for (let i = 0; i < 100 && (await statusOf(id, event)) !== 'InProgress'; i++) sandbox.advance(15_000)
  return {DeploymentId: id, LifecycleEventHookExecutionId: hookExecutionId(id, event)}
}

async function statusOf(deploymentId: string, event: string) {
  const answer = await clients.codedeploy.send(new GetDeploymentTargetCommand({deploymentId, targetId})).catch(() => {})
  const events = answer?.deploymentTarget?.ecsTarget?.lifecycleEvents ?? []
  return events.find(({lifecycleEventName}) => lifecycleEventName === event)?.status
}

const run = (work: Work, event: Awaited<ReturnType<typeof waiting>>, context = minutes(3)) =>
  hook(clients.codedeploy, work, time)(event, context)

describe('a check', () => {
  const url = 'http://balancer:9000'
  const checks = {[service]: {headers: {'x-fb-service': 'v1'}, paths: ['/health', '/api/v1/docs']}}
  const check = (ask: Ask) => requests({url, checks}, ask, time)

  it('lets the deployment go on once all paths answered well three times in a row', async () => {
    const event = await waiting('AfterAllowTestTraffic')
    const asked: string[] = []
    const answers = [503, 200, 200, 200, 404]
    const {status} = await run(
      check(async (path, headers) => {
        expect(headers).toEqual({'x-fb-service': 'v1'})
        asked.push(path.slice(url.length))
        return answers.shift() ?? 200
      }),
      event,
    )
    expect(status).toBe('Succeeded')
    expect(asked).toEqual(['/health', ...Array(5).fill(['/health', '/api/v1/docs']).flat()])
    expect(await statusOf(event.DeploymentId, 'AfterAllowTestTraffic')).toBe('Succeeded')
    sandbox.advance(60_000)
    expect(await statusOf(event.DeploymentId, 'AllowTraffic')).toBe('InProgress')
  })

  it.each([
    ['answers with an error', async () => 502, '502'],
    ['does not answer', () => Promise.reject(new Error('connect ECONNREFUSED')), 'connect ECONNREFUSED'],
  ])('fails the deployment when nothing but a service that %s is there, and says so', async (_, ask, why) => {
    const event = await waiting('AfterAllowTestTraffic')
    const begun = time.now()
    await run(check(ask), event)
    expect(time.now() - begun).toBeLessThan(170_000)
    expect(await statusOf(event.DeploymentId, 'AfterAllowTestTraffic')).toBe('Failed')
    const [line] = vi.mocked(console.log).mock.calls.at(-1)!
    expect(JSON.parse(line)).toEqual({
      deploymentId: event.DeploymentId,
      status: 'Failed',
      why: `Error: ${url}/health: ${why}`,
    })
  })

  it('fails the deployment of a service that it knows nothing of', async () => {
    const event = await waiting('AfterAllowTraffic')
    await run(
      requests({url, checks: {}}, async () => 200, time),
      event,
    )
    expect(await statusOf(event.DeploymentId, 'AfterAllowTraffic')).toBe('Failed')
  })

  it('has nothing against a service that no path in production leads to', async () => {
    const event = await waiting('AfterAllowTraffic')
    const nowhere = {[service]: {headers: {}, paths: []}}
    const {status} = await run(
      requests({url, checks: nowhere}, () => Promise.reject(), time),
      event,
    )
    expect(status).toBe('Succeeded')
  })
})

describe('a hook', () => {
  it('reports a failure, too, when what it does throws at once', async () => {
    const event = await waiting('AfterAllowTraffic')
    const {status, why} = await run(() => Promise.reject('no reason at all'), event)
    expect({status, why}).toEqual({status: 'Failed', why: 'no reason at all'})
    expect(await statusOf(event.DeploymentId, 'AfterAllowTraffic')).toBe('Failed')
  })

  it('reports within its own time', async () => {
    const event = await waiting('AfterAllowTraffic')
    let until = 0
    const work: Work = async (_, end) => {
      until = end
      return 'well'
    }
    await run(work, event, minutes(1))
    expect(until - time.now()).toBe(50_000)
  })

  it('stands in no rollback’s way', async () => {
    const send = vi.fn(async (command: object) =>
      command.constructor.name === 'GetDeploymentCommand' ? {deploymentInfo: {creator: 'codeDeployRollback'}} : {},
    )
    const work = vi.fn()
    const {status} = await hook(
      {send} as never,
      work,
      time,
    )({DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e'}, minutes(1))
    expect(status).toBe('Succeeded')
    expect(work).not.toHaveBeenCalled()
    expect(send.mock.calls.at(-1)![0]).toMatchObject({input: {deploymentId: 'd-1', status: 'Succeeded'}})
  })
})

describe('a migration', () => {
  const network = {Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED'}
  const migration = () => migrate(clients.ecs, {cluster, command: 'alembic upgrade head'}, time)

  /** As `fb deploy` makes them: with the network of what runs. */
  const deploying = (tag: string) => async () => {
    const answer = await clients.ecs.send(new DescribeTaskDefinitionCommand({taskDefinition: service}))
    const {containerDefinitions, family, cpu, memory, networkMode, requiresCompatibilities} = answer.taskDefinition!
    const [container] = containerDefinitions!
    const input = {family, cpu, memory, networkMode, requiresCompatibilities}
    const registered = await clients.ecs.send(
      new RegisterTaskDefinitionCommand({
        ...input,
        containerDefinitions: [{...container, image: `${registry}:${tag}`}],
      }),
    )
    const spec = JSON.parse(appSpec(registered.taskDefinition!.taskDefinitionArn!))
    spec.Resources[0].TargetService.Properties.NetworkConfiguration = {AwsvpcConfiguration: network}
    return deployImage(clients, `${registry}:${tag}`, {revision: revisionOf(JSON.stringify(spec))})
  }

  const started = async (id: string) => {
    const {taskArns} = await clients.ecs.send(new ListTasksCommand({cluster, startedBy: id, desiredStatus: 'STOPPED'}))
    return (await clients.ecs.send(new DescribeTasksCommand({cluster, tasks: taskArns}))).tasks!
  }

  it('runs its command once in the new version, before any task of it serves', async () => {
    const event = await waiting('BeforeInstall', deploying('1.1.0'))
    const {status} = await run(migration(), event, minutes(15))
    expect(status).toBe('Succeeded')
    const tasks = await started(event.DeploymentId)
    expect(tasks).toHaveLength(1)
    const [{containers, overrides, group}] = tasks as [(typeof tasks)[0]]
    expect(containers![0]).toMatchObject({image: `${registry}:1.1.0`, exitCode: 0})
    expect(overrides!.containerOverrides![0]!.command).toEqual(['/bin/sh', '-c', 'alembic upgrade head'])
    expect(group).toBe(`family:${service}`)
    expect(await statusOf(event.DeploymentId, 'BeforeInstall')).toBe('Succeeded')
  })

  it('is not run again by a second invocation for the same deployment', async () => {
    const event = await waiting('BeforeInstall', deploying('1.1.0'))
    const again: Work = async (deployment, until) => {
      await migration()(deployment, until)
      return migration()(deployment, until)
    }
    await run(again, event, minutes(15))
    expect(await started(event.DeploymentId)).toHaveLength(1)
  })

  it.each([
    ['1.2.0-crash', 'ended with 3'],
    ['1.2.3-missing', 'ended with no exit code'],
  ])('that does not end well in %s fails the deployment', async (tag, why) => {
    const event = await waiting('BeforeInstall', deploying(tag))
    const answer = await run(migration(), event, minutes(15))
    expect(answer).toMatchObject({status: 'Failed', why: expect.stringContaining(why)})
    expect(await statusOf(event.DeploymentId, 'BeforeInstall')).toBe('Failed')
  })

  it('that takes longer than the hook may fails the deployment and is left alone', async () => {
    const event = await waiting('BeforeInstall', deploying('1.1.0'))
    const answer = await run(migration(), event, minutes(0.5))
    expect(answer).toMatchObject({status: 'Failed', why: expect.stringContaining('still runs alembic upgrade head')})
  })

  it('says what is missing in an AppSpec without a network', async () => {
    const event = await waiting('BeforeInstall')
    const answer = await run(migration(), event, minutes(15))
    expect(answer).toEqual({status: 'Failed', why: 'Error: the AppSpec has no NetworkConfiguration'})
  })
})

describe('a request', () => {
  it('gives the status of the answer, and sends what names the service', async () => {
    const seen: (string | undefined)[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers['x-fb-service'] as string, request.headers['user-agent'] ? request.url : 'blocked')
      response.writeHead(request.url === '/health' ? 200 : 404).end('body')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await get(`${url}/health`, {'x-fb-service': 'v2'})).toBe(200)
    expect(await get(`${url}/other`, {})).toBe(404)
    expect(seen).toEqual(['v2', '/health', undefined, '/other'])
    server.close()
    await expect(get(`${url}/health`, {})).rejects.toThrow('ECONNREFUSED')
  })
})

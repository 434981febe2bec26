import {DescribeAlarmsCommand, GetMetricDataCommand, SetAlarmStateCommand} from '@aws-sdk/client-cloudwatch'
import {FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'
import {
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  DeploymentAlreadyCompletedException,
  InvalidECSServiceException,
  InvalidRevisionException,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy'
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import {expect, test} from 'vitest'
import {imageDigest, images} from '../../src/sandbox/images.js'
import {
  appSpec,
  type Clients,
  clientsOf,
  cluster,
  deployImage,
  deployTag,
  inGroup,
  look,
  manual,
  registry,
  revisionOf,
  service,
  weights,
} from './account.js'

const allAtOnce = {deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce'}
const canary = {deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes'}
const minute = 60_000

const begin = () => {
  const sandbox = manual()
  return {sandbox, clients: clientsOf(sandbox)}
}

async function stoppedTasks(clients: Clients) {
  const {taskArns} = await clients.ecs.send(new ListTasksCommand({cluster, desiredStatus: 'STOPPED'}))
  const {tasks} = await clients.ecs.send(new DescribeTasksCommand({cluster, tasks: taskArns}))
  return tasks!
}

test.each(['1.1.0', '1.1.1', '1.2.4-vulnerable'])('%s ends live', async (tag) => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, tag, allAtOnce)
  sandbox.advance(20 * minute)
  const {info, sets} = await look(clients, id)
  expect(info.status).toBe('Succeeded')
  expect(info.deploymentOverview).toMatchObject({Succeeded: 1, Failed: 0})
  expect(sets.find((set) => set.status === 'PRIMARY')!.externalId).toBe(id)
})

const failing = [
  {
    tag: '1.2.0-crash',
    stopCode: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    exitCode: 3,
    event: 'is unable to consistently start tasks successfully',
  },
  {
    tag: '1.2.1-unhealthy',
    stopCode: 'ServiceSchedulerInitiated',
    reason: 'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:',
    exitCode: 0,
    event: 'due to (reason Health checks failed with these codes: [503])',
  },
  {
    tag: '1.2.3-missing',
    stopCode: 'TaskFailedToStart',
    reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${registry}:1.2.3-missing`,
    exitCode: undefined,
    event: 'was unable to place a task. Reason: CannotPullContainerError',
  },
]

test.each(failing)('$tag never gets healthy, shows why, and is rolled back after an hour', async (rehearsal) => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, rehearsal.tag)
  sandbox.advance(12 * minute)
  const during = await look(clients, id)
  expect(during.info.status).toBe('InProgress')
  expect(weights(during, id)).toEqual({green: 0, blue: 100})
  expect(during.service.events!.some((event) => event.message!.includes(rehearsal.event))).toBe(true)
  const [task] = await stoppedTasks(clients)
  expect(task).toMatchObject({lastStatus: 'STOPPED', stopCode: rehearsal.stopCode})
  expect(task!.stoppedReason).toContain(rehearsal.reason)
  expect(task!.containers![0]!.exitCode).toBe(rehearsal.exitCode)
  sandbox.advance(50 * minute)
  const {info, events, sets} = await look(clients, id)
  expect(info.status).toBe('Failed')
  expect(info.errorInformation).toEqual({
    code: 'TIMEOUT',
    message:
      'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
  })
  expect(events.slice(0, 3)).toEqual(['Succeeded', 'Failed', 'Skipped'])
  expect(info.rollbackInfo?.rollbackDeploymentId).toBeDefined()
  expect(sets.find((set) => set.status === 'PRIMARY')!.taskDefinition).toContain(`${service}:3`)
})

test('a crashing task leaves its traceback in the log', async () => {
  const {sandbox, clients} = begin()
  await deployTag(clients, '1.2.0-crash')
  sandbox.advance(3 * minute)
  const startTime = sandbox.clock.now().getTime() - 3 * minute
  const {events} = await clients.logs.send(
    new FilterLogEventsCommand({logGroupName: `/ecs/${cluster}`, filterPattern: '"RuntimeError:"', startTime}),
  )
  expect(events!.length).toBeGreaterThan(1)
  expect(events![0]!.message).toBe("RuntimeError: DATABASE_POOL_SIZE must be an integer, got 'ten'")
})

const underErrors = [
  {strategy: 'linear', config: {}, events: [...Array(6).fill('Succeeded'), 'Failed', 'Skipped']},
  {strategy: 'canary', config: canary, events: [...Array(6).fill('Succeeded'), 'Failed', 'Skipped']},
  {strategy: 'all at once', config: allAtOnce, events: Array(8).fill('Succeeded')},
]

test.each(underErrors)(
  '1.2.2-errors, $strategy: the alarm stops it before the old version is gone',
  async ({config, events}) => {
    const {sandbox, clients} = begin()
    const id = await deployTag(clients, '1.2.2-errors', config)
    let seen = await look(clients, id)
    for (let i = 0; i < 60 && seen.info.status !== 'Stopped'; i++) {
      sandbox.advance(10_000)
      seen = await look(clients, id)
    }
    expect(seen.info.status).toBe('Stopped')
    expect(seen.events).toEqual(events)
    const alarm = `${service.replace('-sandbox', '')}-sandbox-5xx`
    expect(seen.info.errorInformation).toEqual({
      code: 'ALARM_ACTIVE',
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${alarm}>`,
    })
    expect(weights(seen, id)).toEqual({green: 0, blue: 100})
    const {MetricAlarms} = await clients.cloudwatch.send(new DescribeAlarmsCommand({StateValue: 'ALARM'}))
    expect(MetricAlarms![0]!.StateReason).toMatch(/^Threshold Crossed: 2 out of the last 2 datapoints \[/)
    const {MetricDataResults} = await clients.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: seen.info.createTime,
        EndTime: sandbox.clock.now(),
        MetricDataQueries: [
          {Id: 'e', MetricStat: {Metric: {MetricName: 'HTTPCode_Target_5XX_Count'}, Period: 60, Stat: 'Sum'}},
        ],
      }),
    )
    expect(MetricDataResults![0]!.Values!.some((value) => value > 0)).toBe(true)
    sandbox.advance(10_000)
    const rollback = await look(clients, seen.info.rollbackInfo!.rollbackDeploymentId!)
    expect(rollback.info).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      rollbackInfo: {
        rollbackTriggeringDeploymentId: id,
        rollbackMessage: `Deployment ${rollback.info.deploymentId} is triggered to roll back deployment ${id}.`,
      },
    })
    expect(rollback.sets.map((set) => set.status).sort()).toEqual(['DRAINING', 'PRIMARY'])
    sandbox.advance(6 * minute)
    expect((await clients.cloudwatch.send(new DescribeAlarmsCommand({StateValue: 'ALARM'}))).MetricAlarms).toEqual([])
  },
)

test('an alarm set by hand stops a deployment within twenty seconds', async () => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(200_000)
  const AlarmName = 'fastapi-bootstrap-v1-sandbox-p95'
  await clients.cloudwatch.send(new SetAlarmStateCommand({AlarmName, StateValue: 'ALARM', StateReason: 'drill'}))
  sandbox.advance(20_000)
  const {info, events} = await look(clients, id)
  expect(info.status).toBe('Stopped')
  expect(info.errorInformation!.message).toContain(`<${AlarmName}>`)
  expect(events).toEqual([...Array(6).fill('Succeeded'), 'Failed', 'Skipped'])
})

test('a deployment that ignores alarms goes through one that is firing', async () => {
  const {sandbox, clients} = begin()
  sandbox.fault('alarm-stuck')
  const stopped = await deployTag(clients, '1.1.0', allAtOnce)
  sandbox.advance(minute)
  expect((await look(clients, stopped)).info.status).toBe('Stopped')
  const id = await deployTag(clients, '1.1.0', {...allAtOnce, overrideAlarmConfiguration: {enabled: false}})
  sandbox.advance(20 * minute)
  expect((await look(clients, id)).info.status).toBe('Succeeded')
})

test('a stop with rollback gives the traffic back to the old version', async () => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(300_000)
  const stop = await clients.codedeploy.send(new StopDeploymentCommand({deploymentId: id, autoRollbackEnabled: true}))
  expect(stop.status).toBe('Pending')
  sandbox.advance(5000)
  const seen = await look(clients, id)
  expect([seen.info.status, seen.info.errorInformation!.code]).toEqual(['Stopped', 'MANUAL_STOP'])
  expect(weights(seen, id)).toEqual({green: 0, blue: 100})
  const again = clients.codedeploy.send(new StopDeploymentCommand({deploymentId: id}))
  await expect(again).rejects.toBeInstanceOf(DeploymentAlreadyCompletedException)
})

test('a stop without rollback leaves both versions where they are', async () => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(300_000)
  await clients.codedeploy.send(new StopDeploymentCommand({deploymentId: id}))
  sandbox.advance(3600_000)
  const seen = await look(clients, id)
  expect(weights(seen, id)).toEqual({green: 30, blue: 70})
  expect(seen.info.rollbackInfo).toBeUndefined()
  expect(seen.sets.map((set) => set.status)).toEqual(['PRIMARY', 'ACTIVE'])
})

test('the termination wait can be ended early', async () => {
  const {sandbox, clients} = begin()
  const id = await deployTag(clients, '1.1.0', allAtOnce)
  sandbox.advance(3 * minute)
  expect((await look(clients, id)).info.status).toBe('InProgress')
  await clients.codedeploy.send(
    new ContinueDeploymentCommand({deploymentId: id, deploymentWaitType: 'TERMINATION_WAIT'}),
  )
  expect((await look(clients, id)).info.status).toBe('Succeeded')
})

test('with a ready wait traffic moves only when told to, or the deployment is stopped', async () => {
  const {sandbox, clients} = begin()
  sandbox.configure({readyMinutes: 10})
  const id = await deployTag(clients, '1.1.0', allAtOnce)
  sandbox.advance(3 * minute)
  const ready = await look(clients, id)
  expect([ready.info.status, weights(ready, id).green]).toEqual(['Ready', 0])
  await clients.codedeploy.send(new ContinueDeploymentCommand({deploymentId: id, deploymentWaitType: 'READY_WAIT'}))
  sandbox.advance(10_000)
  expect(weights(await look(clients, id), id).green).toBe(100)
  sandbox.advance(20 * minute)
  const second = await deployTag(clients, '1.1.1', allAtOnce)
  sandbox.advance(15 * minute)
  const expired = await look(clients, second)
  expect(expired.info).toMatchObject({status: 'Stopped', errorInformation: {code: 'TIMEOUT'}})
})

test('an AppSpec that does not fit the account is refused', async () => {
  const {clients} = begin()
  const create = (content: string) =>
    clients.codedeploy.send(new CreateDeploymentCommand({...inGroup, revision: revisionOf(content)}))
  await expect(create('version: 0.0')).rejects.toBeInstanceOf(InvalidRevisionException)
  await expect(create(appSpec(`${service}:99`))).rejects.toBeInstanceOf(InvalidRevisionException)
  await expect(create(appSpec(`${service}:3`, 'web'))).rejects.toBeInstanceOf(InvalidECSServiceException)
  await expect(create(appSpec(`${service}:3`, undefined, 80))).rejects.toBeInstanceOf(InvalidECSServiceException)
})

test('an image that is not in the repository cannot be pulled, and a digest behaves like its tag', async () => {
  const {sandbox, clients} = begin()
  const unknown = await deployImage(clients, `${registry}:7.7.7`)
  sandbox.advance(2 * minute)
  expect((await stoppedTasks(clients))[0]!.stoppedReason).toContain('7.7.7: not found')
  sandbox.advance(61 * minute)
  expect((await look(clients, unknown)).info.status).toBe('Failed')
  const digest = imageDigest(images.find((image) => image.tag === '1.1.0')!)
  const id = await deployImage(clients, `${registry}:anything@${digest}`, allAtOnce)
  sandbox.advance(20 * minute)
  expect((await look(clients, id)).info.status).toBe('Succeeded')
})

test('a changed desired count starts and stops tasks of the serving version', async () => {
  const {sandbox, clients} = begin()
  const running = async () => {
    const {services} = await clients.ecs.send(new DescribeServicesCommand({cluster, services: [service]}))
    return [services![0]!.pendingCount, services![0]!.runningCount]
  }
  const scale = (desiredCount: number) => clients.ecs.send(new UpdateServiceCommand({cluster, service, desiredCount}))
  await scale(3)
  sandbox.advance(10_000)
  expect(await running()).toEqual([1, 2])
  sandbox.advance(2 * minute)
  expect(await running()).toEqual([0, 3])
  await scale(2)
  sandbox.advance(6 * minute)
  expect(await running()).toEqual([0, 2])
  expect((await stoppedTasks(clients))[0]!.stoppedReason).toContain('Scaling activity initiated by')
})

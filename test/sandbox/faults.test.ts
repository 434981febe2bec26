import {CreateDeploymentCommand, GetDeploymentGroupCommand, StopDeploymentCommand} from '@aws-sdk/client-codedeploy'
import {DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand} from '@aws-sdk/client-ecs'
import {DescribeTargetGroupsCommand} from '@aws-sdk/client-elastic-load-balancing-v2'
import {GetCallerIdentityCommand} from '@aws-sdk/client-sts'
import {expect, test} from 'vitest'
import {faults} from '../../src/sandbox/faults.js'
import {serve} from '../../src/sandbox/serve.js'
import {clientsOf, cluster, deployTag, inGroup, look, manual, service} from './account.js'

const allAtOnce = {deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce'}

function under(fault: string) {
  const sandbox = manual()
  sandbox.fault(fault)
  return {sandbox, clients: clientsOf(sandbox)}
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => error,
  )

test.each([
  ['crash-loop', 'Essential container in task exited'],
  ['bad-image', 'CannotPullContainerError'],
  ['health-503', 'Task failed ELB health checks'],
  ['health-timeout', 'Task failed ELB health checks'],
  ['bad-param', 'ResourceInitializationError: unable to pull secrets or registry auth'],
])('%s: a good image fails, and its tasks say "%s"', async (fault, reason) => {
  const {sandbox, clients} = under(fault)
  const id = await deployTag(clients, '1.1.0')
  sandbox.clearFaults()
  sandbox.advance(5 * 60_000)
  const {taskArns} = await clients.ecs.send(new ListTasksCommand({cluster, desiredStatus: 'STOPPED'}))
  const {tasks} = await clients.ecs.send(new DescribeTasksCommand({cluster, tasks: taskArns}))
  expect(tasks![0]!.stoppedReason).toContain(reason)
  sandbox.advance(60 * 60_000)
  expect((await look(clients, id)).info.status).toBe('Failed')
})

test('5xx: errors of the new version raise the alarm in proportion to its traffic', async () => {
  const {sandbox, clients} = under('5xx:40')
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(130_000 + 60_000)
  expect((await look(clients, id)).info.status).toBe('InProgress')
  sandbox.advance(5 * 60_000)
  expect((await look(clients, id)).info.errorInformation!.code).toBe('ALARM_ACTIVE')
})

test.each([
  ['hook-fail:AfterAllowTestTraffic', 'HOOK_EXECUTION_FAILURE', 4],
  ['hook-silent', 'TIMEOUT', 2],
])('%s ends the deployment with %s', async (fault, code, failed) => {
  const {sandbox, clients} = under(fault)
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(65 * 60_000)
  const {info, events} = await look(clients, id)
  expect([info.status, info.errorInformation!.code, events.indexOf('Failed')]).toEqual(['Failed', code, failed])
  expect(info.rollbackInfo).toBeDefined()
})

test('a hook that fails before anything was made rolls nothing back', async () => {
  const {sandbox, clients} = under('hook-fail:BeforeInstall')
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(60_000)
  const {info, sets} = await look(clients, id)
  expect([info.status, info.rollbackInfo, sets.length]).toEqual(['Failed', undefined, 1])
})

test('stuck-deploy is a deployment in flight that somebody else made', async () => {
  const {clients} = under('stuck-deploy')
  const refused = await failure(deployTag(clients, '1.1.0'))
  expect(refused?.name).toBe('DeploymentLimitExceededException')
  const id = /'(d-[A-Z0-9]{9})'/.exec(refused!.message)![1]!
  expect((await look(clients, id)).info.description).toBe('a colleague restarts the service')
})

test('slow-provision and drained-blue change how long a deployment takes', async () => {
  const {sandbox, clients} = under('slow-provision:120')
  sandbox.fault('drained-blue')
  const id = await deployTag(clients, '1.1.0', allAtOnce)
  sandbox.advance(200_000)
  expect((await look(clients, id)).events[1]).toBe('InProgress')
  sandbox.advance(60_000)
  expect((await look(clients, id)).info.status).toBe('Succeeded')
})

test('stop-refused: a stop stays pending', async () => {
  const {sandbox, clients} = under('stop-refused')
  const id = await deployTag(clients, '1.1.0')
  await clients.codedeploy.send(new StopDeploymentCommand({deploymentId: id, autoRollbackEnabled: true}))
  sandbox.advance(5 * 60_000)
  expect((await look(clients, id)).info.status).toBe('InProgress')
  sandbox.advance(6 * 60_000)
  expect((await look(clients, id)).info.status).toBe('Stopped')
})

test('not-code-deploy and no-group are what a wrongly made service looks like', async () => {
  const {sandbox, clients} = under('not-code-deploy')
  sandbox.fault('no-group')
  const {services} = await clients.ecs.send(new DescribeServicesCommand({cluster, services: [service]}))
  expect(services![0]).toMatchObject({deploymentController: {type: 'ECS'}, taskSets: []})
  const group = await failure(clients.codedeploy.send(new GetDeploymentGroupCommand(inGroup)))
  expect(group?.name).toBe('DeploymentGroupDoesNotExistException')
})

test('wire faults: throttling and resets wear off, others last until they are cleared', async () => {
  const {sandbox, clients} = under('throttle:2')
  const ask = () => failure(clients.elbv2.send(new DescribeTargetGroupsCommand({})))
  expect([(await ask())?.name, (await ask())?.name, (await ask())?.name]).toEqual([
    'Throttling',
    'Throttling',
    undefined,
  ])
  sandbox.fault('conn-reset:1')
  expect(await ask()).toMatchObject({code: 'ECONNRESET'})
  expect(await ask()).toBeUndefined()
  sandbox.fault('http-5xx:1')
  expect(await ask()).toMatchObject({$metadata: {httpStatusCode: 500}})
  sandbox.fault('expired-token')
  const expired = await failure(clients.sts.send(new GetCallerIdentityCommand({})))
  expect(expired?.name).toBe('ExpiredToken')
  sandbox.clearFaults()
  expect(await ask()).toBeUndefined()
})

test('access-denied: one operation is denied by name, the others work', async () => {
  const {clients} = under('access-denied:CreateDeployment')
  const denied = await failure(clients.codedeploy.send(new CreateDeploymentCommand(inGroup)))
  expect(denied?.name).toBe('AccessDeniedException')
  expect(denied?.message).toContain(
    'assumed-role/sandbox/you is not authorized to perform: codedeploy:CreateDeployment',
  )
  expect(await failure(clients.codedeploy.send(new GetDeploymentGroupCommand(inGroup)))).toBeUndefined()
})

test('a reset connection dies over HTTP too', async () => {
  const {sandbox} = under('conn-reset:1')
  const {url, close} = await serve(sandbox, 0)
  const {sts} = clientsOf({endpoint: url})
  expect(await failure(sts.send(new GetCallerIdentityCommand({})))).toMatchObject({code: 'ECONNRESET'})
  expect(await failure(sts.send(new GetCallerIdentityCommand({})))).toBeUndefined()
  await close()
})

test('every fault can be set, and a wrong name is answered with the nearest ones', () => {
  const sandbox = manual()
  for (const {name} of faults) sandbox.fault(name)
  expect(sandbox.status().faults).toHaveLength(faults.length)
  expect(() => sandbox.fault('trottle')).toThrow("There is no fault 'trottle'. Did you mean throttle?")
  expect(() => sandbox.fault('throttle:many')).toThrow('takes a number')
  expect(() => sandbox.fault('hook-fail:Install')).toThrow('takes a lifecycle event that can have a hook')
  expect(() => sandbox.fault('no-group:x')).toThrow('takes no argument')
})

import {PutLifecycleEventHookExecutionStatusCommand} from '@aws-sdk/client-codedeploy'
import {RunTaskCommand} from '@aws-sdk/client-ecs'
import {expect, it} from 'vitest'

import {hookExecutionId} from '../../src/sandbox/services/hooks.js'
import {clientsOf, cluster, deployTag, manual, service} from './account.js'

const event = 'BeforeInstall'

async function waitingForHook() {
  const sandbox = manual()
  sandbox.fault(`hook-silent:${event}`)
  const clients = clientsOf(sandbox)
  const deploymentId = await deployTag(clients, '1.1.0')
  const report = (status: string, name: string = event) =>
    clients.codedeploy.send(
      new PutLifecycleEventHookExecutionStatusCommand({
        deploymentId,
        lifecycleEventHookExecutionId: hookExecutionId(deploymentId, name),
        status: status as 'Succeeded',
      }),
    )
  return {sandbox, report}
}

it('takes a report only of the hook that the deployment waits for, once, and in the two words that AWS takes', async () => {
  const {sandbox, report} = await waitingForHook()
  await expect(report('Succeeded')).rejects.toThrow('Invalid lifecycle event hook execution id')
  sandbox.advance(10_000)
  await expect(report('Succeeded', 'AfterInstall')).rejects.toThrow('Invalid lifecycle event hook execution id')
  await expect(report('Skipped')).rejects.toThrow('Invalid lifecycle event status: Skipped')
  await report('Succeeded')
  await expect(report('Failed')).rejects.toThrow('has already completed')
  sandbox.advance(60 * 60_000)
  expect(sandbox.status().deployments[0]!.status).toBe('Succeeded')
})

it('fails the deployment for which a hook reports failure', async () => {
  const {sandbox, report} = await waitingForHook()
  sandbox.advance(10_000)
  await report('Failed')
  expect(sandbox.status().deployments[0]!.status).toBe('Failed')
})

const awsvpcConfiguration = {subnets: ['subnet-1']}
const good = {
  cluster,
  taskDefinition: service,
  launchType: 'FARGATE' as const,
  networkConfiguration: {awsvpcConfiguration},
}

it.each([
  ['another cluster', {cluster: 'other'}, 'Cluster not found'],
  ['no such task definition', {taskDefinition: 'other'}, 'TaskDefinition not found'],
  ['no network', {networkConfiguration: undefined}, 'Network Configuration must be provided'],
  ['an unknown container', {overrides: {containerOverrides: [{name: 'other'}]}}, 'container named other is not'],
  ['instances that there are none of', {launchType: undefined}, 'No Container Instances'],
])('starts no single task with %s', async (_, wrong, message) => {
  const {ecs} = clientsOf(manual())
  await expect(ecs.send(new RunTaskCommand({...good, ...wrong}))).rejects.toThrow(message)
})

it('starts as many single tasks as are asked for, and the same ones for the same token', async () => {
  const {ecs} = clientsOf(manual())
  const run = async (clientToken: string) =>
    (await ecs.send(new RunTaskCommand({...good, count: 2, clientToken}))).tasks!.map(({taskArn}) => taskArn)
  const first = await run('a')
  expect(new Set(first).size).toBe(2)
  expect(await run('a')).toEqual(first)
  expect(await run('b')).not.toEqual(first)
})

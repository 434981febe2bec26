import {GetApplicationRevisionCommand, GetDeploymentCommand, TagResourceCommand} from '@aws-sdk/client-codedeploy'
import {DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand} from '@aws-sdk/client-ecs'
import {expect, it} from 'vitest'

import {TASK_TAGS} from '../../src/config/names.js'
import {clientsOf, service} from '../sandbox/account.js'
import {home} from '../support/fb.js'

const group = `arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:${service}/${service}`
const deploy = (tag: string, ...more: string[]) => [
  'deploy',
  '--env',
  'sandbox',
  '--tag',
  tag,
  '--yes',
  '--json',
  ...more,
]

/** A sandbox whose infrastructure registers task definitions of its own, as Terraform does. */
function designed() {
  const here = home()
  const {codedeploy, ecs} = clientsOf(here.sandbox)
  const live = async (number: number) =>
    (await ecs.send(new DescribeTaskDefinitionCommand({taskDefinition: `${service}:${number}`}))).taskDefinition!
  const register = async (cpu: string, variables: Record<string, string>) => {
    const {family, containerDefinitions: [container] = [], ...rest} = await live(1)
    const environment = Object.entries(variables).map(([name, value]) => ({name, value}))
    const own = {...container, image: 'placeholder', environment}
    const input = {...rest, family, cpu, containerDefinitions: [own]}
    return (await ecs.send(new RegisterTaskDefinitionCommand(input))).taskDefinition!.taskDefinitionArn!
  }
  const wants = (tags: Record<string, string>) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
    return codedeploy.send(new TagResourceCommand({ResourceArn: group, Tags}))
  }
  const appSpecOf = async (deploymentId: string) => {
    const {deploymentInfo} = await codedeploy.send(new GetDeploymentCommand({deploymentId}))
    const {applicationName, revision} = deploymentInfo!
    const answer = await codedeploy.send(new GetApplicationRevisionCommand({applicationName, revision}))
    return JSON.parse(answer.revision!.appSpecContent!.content!).Resources[0].TargetService.Properties
  }
  return {...here, live, register, wants, appSpecOf}
}

it('brings what has changed in the infrastructure to the tasks, and keeps what was set by hand', async () => {
  const {fb, live, register, wants} = designed()
  await wants({[TASK_TAGS.definition]: await register('512', {PORT: '8000'})})
  const first = await fb(deploy('1.1.0', '--set-env', 'FLAG=on', '--wait', 'complete'))
  expect(first.code).toBe(0)
  await wants({[TASK_TAGS.definition]: await register('256', {PORT: '8000', REGION: 'eu'})})

  const {code, stdout, stderr} = await fb(deploy('1.1.1', '--wait', 'complete'))
  expect({code, stderr}).toEqual({code: 0, stderr: expect.stringMatching(/~ cpu +512 → 256/)})
  const {number} = JSON.parse(stdout).release
  const {cpu, containerDefinitions: [container] = []} = await live(number)
  expect(cpu).toBe('256')
  expect(container!.image).toContain('@sha256:')
  const variables = Object.fromEntries(container!.environment!.map(({name, value}) => [name, value]))
  expect(variables).toMatchObject({FLAG: 'on', REGION: 'eu'})
})

it('deploys an image again whose tasks would get other settings, and not without a difference', async () => {
  const {fb, register, wants} = designed()
  await wants({[TASK_TAGS.definition]: await register('256', {})})
  await fb(deploy('1.1.0', '--wait', 'complete'))
  const dry = async () => JSON.parse((await fb(deploy('1.1.0', '--dry-run'))).stdout)
  expect(await dry()).toMatchObject({result: 'noop'})
  await wants({[TASK_TAGS.capacityProvider]: 'FARGATE_SPOT'})
  expect(await dry()).toMatchObject({result: 'plan', changes: [{what: 'capacity', after: 'FARGATE_SPOT'}]})
})

it('starts tasks where the infrastructure wants them', async () => {
  const {fb, wants, appSpecOf} = designed()
  await wants({
    [TASK_TAGS.subnets]: 'subnet-a subnet-b',
    [TASK_TAGS.securityGroups]: 'sg-1',
    [TASK_TAGS.capacityProvider]: 'FARGATE_SPOT',
  })
  const {stdout, stderr} = await fb(deploy('1.1.0', '--wait', 'started'))
  expect(stderr).toMatch(/~ subnets .*subnet-a subnet-b/)
  expect(await appSpecOf(JSON.parse(stdout).deployment.id)).toMatchObject({
    NetworkConfiguration: {
      AwsvpcConfiguration: {Subnets: ['subnet-a', 'subnet-b'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED'},
    },
    CapacityProviderStrategy: [{CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 1}],
  })
})

import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  DeleteApplicationCommand,
  DeleteDeploymentGroupCommand,
  GetApplicationCommand,
  GetDeploymentGroupCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
  UpdateDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy'
import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

const ROLE = 'arn:aws:iam::000000000000:role/codedeploy'

function client() {
  const {requestHandler} = home().sandbox
  const credentials = {accessKeyId: 'a', secretAccessKey: 'b'}
  return new CodeDeployClient({
    region: 'us-east-1',
    credentials,
    requestHandler: requestHandler as never,
    maxAttempts: 1,
  })
}

const group = {applicationName: 'demo', deploymentGroupName: 'blue-green', serviceRoleArn: ROLE}

it('keeps an application and a group as an infrastructure tool makes, changes and deletes them', async () => {
  const codedeploy = client()
  await codedeploy.send(new CreateApplicationCommand({applicationName: 'first', computePlatform: 'ECS'}))
  await codedeploy.send(new UpdateApplicationCommand({applicationName: 'first', newApplicationName: 'demo'}))
  const {application} = await codedeploy.send(new GetApplicationCommand({applicationName: 'demo'}))
  expect(application).toMatchObject({computePlatform: 'ECS', createTime: expect.any(Date)})
  await codedeploy.send(
    new CreateDeploymentGroupCommand({...group, ecsServices: [{clusterName: 'c', serviceName: 's'}]}),
  )
  const change = {applicationName: 'demo', currentDeploymentGroupName: 'blue-green'}
  await codedeploy.send(new UpdateDeploymentGroupCommand({...change, alarmConfiguration: {enabled: true, alarms: []}}))
  const {deploymentGroupInfo} = await codedeploy.send(new GetDeploymentGroupCommand(group))
  expect(deploymentGroupInfo).toMatchObject({
    serviceRoleArn: ROLE,
    computePlatform: 'ECS',
    ecsServices: [{clusterName: 'c', serviceName: 's'}],
    alarmConfiguration: {enabled: true},
  })
  await codedeploy.send(new DeleteDeploymentGroupCommand(group))
  await expect(codedeploy.send(new GetDeploymentGroupCommand(group))).rejects.toMatchObject({
    name: 'DeploymentGroupDoesNotExistException',
  })
  await codedeploy.send(new DeleteApplicationCommand({applicationName: 'demo'}))
  await expect(codedeploy.send(new GetApplicationCommand({applicationName: 'demo'}))).rejects.toMatchObject({
    name: 'ApplicationDoesNotExistException',
  })
})

it('tags what was made', async () => {
  const codedeploy = client()
  const tags = [{Key: 'app', Value: 'demo'}]
  await codedeploy.send(new CreateApplicationCommand({applicationName: 'demo', computePlatform: 'ECS', tags}))
  const ResourceArn = 'arn:aws:codedeploy:us-east-1:000000000000:application:demo'
  await codedeploy.send(new TagResourceCommand({ResourceArn, Tags: [{Key: 'env', Value: 'dev'}]}))
  await codedeploy.send(new UntagResourceCommand({ResourceArn, TagKeys: ['app']}))
  const {Tags} = await codedeploy.send(new ListTagsForResourceCommand({ResourceArn}))
  expect(Tags).toEqual([{Key: 'env', Value: 'dev'}])
})

it('does not let the application it simulates be made again, and simulates it still', async () => {
  const codedeploy = client()
  const applicationName = 'fastapi-bootstrap-v1-sandbox'
  await expect(codedeploy.send(new CreateApplicationCommand({applicationName}))).rejects.toMatchObject({
    name: 'ApplicationAlreadyExistsException',
  })
  await expect(codedeploy.send(new GetApplicationCommand({applicationName}))).resolves.toBeDefined()
})

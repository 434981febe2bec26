import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {GetApplicationRevisionCommand, GetDeploymentCommand, TagResourceCommand} from '@aws-sdk/client-codedeploy'
import {expect, it} from 'vitest'

import {clientsOf, service} from '../sandbox/account.js'
import {home} from '../support/fb.js'

const deploy = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes']
const group = `arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:${service}/${service}`
const made = {AfterAllowTestTraffic: 'CodeDeployHook_app-sandbox-validation', BeforeInstall: 'CodeDeployHook_app-m'}

/** A sandbox whose deployment group names its hooks, as an infrastructure made by fb does. */
async function withHooks() {
  const here = home()
  const {codedeploy} = clientsOf(here.sandbox)
  const tags = [...Object.entries(made).map(([event, name]) => [`hook:${event}`, name]), ['app', 'x']]
  await codedeploy.send(new TagResourceCommand({ResourceArn: group, Tags: tags.map(([Key, Value]) => ({Key, Value}))}))
  const appSpecOf = async (deploymentId: string) => {
    const {deploymentInfo} = await codedeploy.send(new GetDeploymentCommand({deploymentId}))
    const {applicationName, revision} = deploymentInfo!
    const answer = await codedeploy.send(new GetApplicationRevisionCommand({applicationName, revision}))
    return JSON.parse(answer.revision!.appSpecContent!.content!)
  }
  return {...here, appSpecOf}
}

it('has the hooks called that the deployment group names, and shows them before', async () => {
  const {fb, appSpecOf} = await withHooks()
  const {code, stdout, stderr} = await fb([...deploy, '--wait', 'started', '--json'])
  expect({code, stderr}).toEqual({
    code: 0,
    stderr: expect.stringMatching(/Hooks +AfterAllowTestTraffic +CodeDeployHook_app-sandbox-validation/),
  })
  const {Hooks} = await appSpecOf(JSON.parse(stdout).deployment.id)
  expect(Object.assign({}, ...Hooks)).toEqual(made)
})

it('tells them in the plan for other programs', async () => {
  const {fb} = await withHooks()
  const {stdout} = await fb([...deploy, '--dry-run', '--json'])
  expect(Object.assign({}, ...JSON.parse(stdout).hooks)).toEqual(made)
})

it('leaves the hooks to the application’s own AppSpec when that has some', async () => {
  const {fb, appSpecOf, directory} = await withHooks()
  mkdirSync(join(directory, '.aws'))
  const own = {
    version: 0,
    Resources: [{TargetService: {Type: 'AWS::ECS::Service', Properties: {TaskDefinition: 'x'}}}],
    Hooks: [{AfterInstall: 'mine'}],
  }
  writeFileSync(join(directory, '.aws/appspec-v1-sandbox.yaml'), JSON.stringify(own))
  const {stdout} = await fb([...deploy, '--wait', 'started', '--json'])
  expect((await appSpecOf(JSON.parse(stdout).deployment.id)).Hooks).toEqual(own.Hooks)
})

it('names none where none were made', async () => {
  const {fb} = home()
  const {stdout} = await fb([...deploy, '--dry-run', '--json'])
  expect(JSON.parse(stdout).hooks).toEqual([])
})

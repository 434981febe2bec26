import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {CloudWatchLogsClient, PutRetentionPolicyCommand} from '@aws-sdk/client-cloudwatch-logs'
import {DescribeKeyCommand, KMSClient} from '@aws-sdk/client-kms'
import {describe, expect, it, type TestContext} from 'vitest'

import type {Exchange} from '../support/fault-proxy.js'
import {noTerraformOnMoto} from '../support/moto.js'
import {network} from '../support/moto-network.js'
import {providerMirror} from '../support/provider-mirror.js'
import {standIn} from '../support/stand-in.js'
import {stateHome} from '../support/state-home.js'

const mirror = providerMirror()

/** With the provider's own resources, as small as they come. */
const documentFor = (app: string) => ({
  provider: {aws: [{region: 'us-east-1', skip_metadata_api_check: 'true'}]},
  resource: {
    aws_cloudwatch_log_group: {main: {name: `/${app}`, retention_in_days: 14}},
    aws_kms_key: {main: {deletion_window_in_days: 7}},
  },
})

async function applied({onTestFinished}: TestContext) {
  const home = await stateHome({onFinished: onTestFinished})
  const config = join(home.directory, 'mirror.rc')
  const include = 'include = ["registry.terraform.io/hashicorp/*"]'
  writeFileSync(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n    ${include}\n  }\n}\n`,
  )
  const env = {FB_TERRAFORM: standIn(home, documentFor(home.app)), TF_CLI_CONFIG_FILE: config}
  const run = (command: string, args: string[] = [], more: NodeJS.ProcessEnv = {}) =>
    home.fb(['infra', command, '--env', 'dev', ...args], {...env, ...more})
  const {code, stderr} = await run('up', ['--yes'])
  expect(code, stderr).toBe(0)
  const client = {endpoint: home.url, region: 'us-east-1', credentials: {accessKeyId: 'a', secretAccessKey: 'b'}}
  return {home, run, client}
}

describe.skipIf(noTerraformOnMoto || !mirror).concurrent('on resources of the AWS provider', () => {
  it('fb infra drift says what has changed, who is behind, and exits 10 when asked to', {
    timeout: 300_000,
  }, async (test) => {
    const {home, run, client} = await applied(test)
    expect(await run('drift', ['--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing has drifted'),
    })
    const change = new PutRetentionPolicyCommand({logGroupName: `/${home.app}`, retentionInDays: 3})
    await new CloudWatchLogsClient(client).send(change)
    const record = {userAgent: 'Mozilla/5.0', sessionCredentialFromConsole: 'true', userIdentity: {}}
    const event = {
      EventName: 'PutRetentionPolicy',
      EventTime: Math.floor(Date.now() / 1000) + 5,
      Username: 'anna',
      ReadOnly: 'false',
      CloudTrailEvent: JSON.stringify(record),
    }
    const answer = ({response}: Exchange) =>
      response.writeHead(200, {'content-type': 'application/x-amz-json-1.1'}).end(JSON.stringify({Events: [event]}))
    const rule = {operation: 'cloudtrail:LookupEvents', kind: answer, times: Infinity}
    const {env} = await network(home, [rule], test.onTestFinished)
    const {code, stdout, stderr} = await run('drift', ['--exit-code'], env)
    expect({code, stderr}).toMatchObject({code: 10})
    expect(stdout).toContain('~ aws_cloudwatch_log_group.main')
    expect(stdout).toContain('retention_in_days  14 → 3')
    expect(stdout).toMatch(/by anna with the AWS console, \d+s ago \(PutRetentionPolicy\)/)
    const {drifted, unseen} = JSON.parse((await run('drift', ['--json'])).stdout)
    expect(drifted).toMatchObject([{address: 'aws_cloudwatch_log_group.main', what: 'changed', by: []}])
    expect(unseen).toBeDefined()
  })

  it('fb infra down wants data named, and destroys it then', {timeout: 300_000}, async (test) => {
    const {home, run, client} = await applied(test)
    const id = JSON.parse(String(await home.state())).resources.find(({type}: {type: string}) => type === 'aws_kms_key')
      .instances[0].attributes.id
    const confirm = ['--confirm', `${home.app}-dev`]
    const {code, stderr} = await run('down', confirm)
    expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining("--lose 'aws_kms_key.main'")})
    const down = await run('down', [...confirm, '--lose', 'aws_kms_key.*', '--json'])
    expect(down.code, down.stderr).toBe(0)
    expect(JSON.parse(down.stdout)).toMatchObject({done: 2, snapshots: [], kept: []})
    const {KeyMetadata} = await new KMSClient(client).send(new DescribeKeyCommand({KeyId: id}))
    expect(KeyMetadata).toMatchObject({KeyState: 'PendingDeletion'})
  })
})

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {CreateTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb'
import {CreateBucketCommand, GetObjectCommand, PutBucketVersioningCommand, S3Client} from '@aws-sdk/client-s3'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'

import {emptyHome} from '../support/fb.js'
import {ACCOUNT, motoAccount} from '../support/moto-account.js'
import {LONG, terminal} from '../support/terminal.js'
import {noProvider} from '../support/terraform-aws.js'

const region = 'us-east-1'
const app = 'fastapi-bootstrap'
const bucket = `${app}-terraform-state`
const off = noProvider || inject('moto') === undefined

/** The commands on what they are for: fb's own definition, the real provider, and an AWS that fb.yml says where it is. */
describe.skipIf(off)('fb infra on the whole definition', {timeout: 600_000}, () => {
  let aws: Awaited<ReturnType<typeof motoAccount>>
  let home: ReturnType<typeof emptyHome>
  let s3: S3Client
  const cleaning: (() => void)[] = []

  beforeAll(async () => {
    aws = await motoAccount()
    const endpoint = await aws.with({})
    const configuration = join(aws.directory, 'terraform.rc')
    const keys = {AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', TF_CLI_CONFIG_FILE: configuration}
    home = emptyHome(keys, (work) => cleaning.push(work))
    const mirror = `filesystem_mirror {\n path = ${JSON.stringify(inject('providerMirror'))}\n include = ["registry.terraform.io/hashicorp/*"]\n }`
    writeFileSync(configuration, `provider_installation {\n ${mirror}\n}\n`)
    const services = ['s3', 'dynamodb', 'sts', 'iam', 'ec2', 'kms', 'logs', 'ecs', 'elbv2', 'appautoscaling']
    const endpoints = {...Object.fromEntries(services.map((name) => [name, endpoint])), codedeploy: aws.codedeploy}
    writeFileSync(join(home.directory, 'fb.yml'), JSON.stringify({environments: {dev: {account: ACCOUNT, endpoints}}}))
    const client = {endpoint, region, credentials: {accessKeyId: 'test', secretAccessKey: 'test'}}
    s3 = new S3Client({...client, forcePathStyle: true})
    await s3.send(new CreateBucketCommand({Bucket: bucket}))
    await s3.send(new PutBucketVersioningCommand({Bucket: bucket, VersioningConfiguration: {Status: 'Enabled'}}))
    const key = {AttributeName: 'LockID', AttributeType: 'S', KeyType: 'HASH'} as const
    await new DynamoDBClient(client).send(
      new CreateTableCommand({
        TableName: 'terraform-locks',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [key],
        KeySchema: [key],
      }),
    )
  }, 120_000)
  afterAll(async () => {
    for (const work of cleaning) work()
    await aws.close()
  })

  const addresses = async () => {
    const {Body} = await s3.send(new GetObjectCommand({Bucket: bucket, Key: `${app}/dev/terraform.tfstate`}))
    const {resources} = JSON.parse(await Body!.transformToString())
    return resources.map(({type, name}: {type: string; name: string}) => `${type}.${name}`)
  }

  it('plans everything, on a screen of 80 columns', async () => {
    const {ended, screen, wrapped} = terminal(['infra', 'plan', '--env', 'dev'], {...home, columns: 80, rows: 24})
    expect(await ended).toEqual({code: 0})
    const text = screen().join('\n')
    for (const module of ['vpc', 'security', 'waf', 'kms', 'iam', 'ecs', 'codedeploy', 'lambda', 'ssm', 'monitoring'])
      expect(screen()).toContain(module)
    expect(text).toMatch(/^\d+ to create in dev\./m)
    expect(text).toContain('The load balancer of dev speaks plain HTTP')
    expect(wrapped()).toEqual([])
  })

  it('makes one module live after a yes, and says what to type next', async () => {
    const args = ['infra', 'up', '--env', 'dev', '--target-module', 'kms']
    const {until, type, ended, screen} = terminal(args, {...home, columns: 80, rows: 24})
    await until(/Apply this to dev \(\d to create\)\?/, LONG)
    expect(screen().join('\n')).toContain('Only kms and what it needs: the rest may differ too.')
    type('y\r')
    expect(await ended).toEqual({code: 0})
    expect(screen().join('\n')).toMatch(/^✔ kms of dev is as the definition says: \d changes in \d+s\.$/m)
    expect(await addresses()).toContain('aws_kms_key.main')
  })

  it('takes it down again, and nothing of it is left', async () => {
    const down = ['infra', 'down', '--env', 'dev', '--target-module', 'kms', '--confirm', `${app}-dev`]
    const refused = await home.fb(down)
    expect(refused).toMatchObject({code: 7, stderr: expect.stringContaining("--lose 'aws_kms_key.main'")})
    const {code, stdout, stderr} = await home.fb([...down, '--lose', 'aws_kms_key.main', '--json'])
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout).done).toBeGreaterThan(0)
    expect((await addresses()).filter((address: string) => address.includes('kms'))).toEqual([])
  })

  it('names the modules there are when one is misspelled', async () => {
    expect(await home.fb(['infra', 'plan', '--env', 'dev', '--target-module', 'vcp'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/no module vcp[\s\S]*Did you mean vpc\?/),
    })
  })
})

import {createServer, request as forward, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {DescribeContinuousBackupsCommand, DescribeTableCommand} from '@aws-sdk/client-dynamodb'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import {expect, it, onTestFinished} from 'vitest'

import {type MotoHome, motoHome, noMoto, noTerraformOnMoto} from '../support/moto.js'
import {terminal} from '../support/terminal.js'

/*
 * What moto does not do: it lets every name be a bucket's and everybody use every bucket (the proxy below refuses), leaves
 * a table ACTIVE at once, forgets NewerNoncurrentVersions, and never answers ContinuousBackupsUnavailable,
 * OperationAborted or a redirect to another region. It does not read the condition of a policy: HTTPS only is
 * nobody at all there, over HTTPS too, for all that has to do with objects.
 */

const BOOTSTRAP = ['state', 'bootstrap', '--env', 'dev']

/** How bucket and lock table are, as another client sees them. */
async function backendOf({s3, dynamodb, bucket: Bucket, lockTable: TableName}: MotoHome) {
  const [versioning, encryption, access, policy, lifecycle, table, backups] = await Promise.all([
    s3.send(new GetBucketVersioningCommand({Bucket})),
    s3.send(new GetBucketEncryptionCommand({Bucket})),
    s3.send(new GetPublicAccessBlockCommand({Bucket})),
    s3.send(new GetBucketPolicyCommand({Bucket})),
    s3.send(new GetBucketLifecycleConfigurationCommand({Bucket})),
    dynamodb.send(new DescribeTableCommand({TableName})),
    dynamodb.send(new DescribeContinuousBackupsCommand({TableName})),
  ])
  const [rule] = encryption.ServerSideEncryptionConfiguration!.Rules!
  return {
    versioning: versioning.Status,
    encryption: rule!.ApplyServerSideEncryptionByDefault!.SSEAlgorithm,
    access: access.PublicAccessBlockConfiguration,
    policy: JSON.parse(policy.Policy!) as {Statement: object[]},
    rules: lifecycle.Rules!,
    key: table.Table!.KeySchema,
    keyType: table.Table!.AttributeDefinitions,
    billing: table.Table!.BillingModeSummary!.BillingMode,
    protected: table.Table!.DeletionProtectionEnabled,
    recovery: backups.ContinuousBackupsDescription!.PointInTimeRecoveryDescription!.PointInTimeRecoveryStatus,
  }
}

const RIGHT = {
  versioning: 'Enabled',
  encryption: 'AES256',
  access: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true},
  key: [{AttributeName: 'LockID', KeyType: 'HASH'}],
  keyType: [{AttributeName: 'LockID', AttributeType: 'S'}],
  billing: 'PAY_PER_REQUEST',
  protected: true,
  recovery: 'ENABLED',
}

const bucketsOf = async ({s3, bucket}: MotoHome) =>
  (await s3.send(new ListBucketsCommand({}))).Buckets!.filter(({Name}) => Name === bucket)

it.skipIf(noMoto)('makes bucket and lock table, and finds them right the second time', async () => {
  const at = await motoHome()
  const first = await at.fb([...BOOTSTRAP, '--yes'])
  expect(first).toMatchObject({code: 0, stderr: expect.stringContaining('Versioning: done (on)')})
  expect(first.stdout).toBe(`✔ Bucket ${at.bucket} and lock table ${at.lockTable} are ready: 11 created.\n`)
  const backend = await backendOf(at)
  const arn = `arn:aws:s3:::${at.bucket}`
  expect(backend).toMatchObject(RIGHT)
  expect(backend.policy.Statement).toMatchObject([
    {Effect: 'Deny', Resource: [arn, `${arn}/*`], Condition: {Bool: {'aws:SecureTransport': 'false'}}},
  ])
  expect(backend.rules).toMatchObject([
    {Status: 'Enabled', NoncurrentVersionExpiration: {NoncurrentDays: 90}},
    {Status: 'Enabled', AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}},
  ])
  const second = await at.fb(BOOTSTRAP)
  const nothing = `✔ Nothing to do: bucket ${at.bucket} and lock table ${at.lockTable} are as Terraform needs them.\n`
  expect(second).toMatchObject({code: 0, stdout: nothing})
  expect(await backendOf(at)).toEqual(backend)
})

it.skipIf(noTerraformOnMoto)('makes what Terraform can use', async () => {
  const at = await motoHome({lockfile: true})
  await at.fb([...BOOTSTRAP, '--yes'])
  await at.s3.send(new DeleteBucketPolicyCommand({Bucket: at.bucket}))
  const {terraform} = at.project()
  expect(await terraform(['init'])).toMatchObject({code: 0, stderr: ''})
  expect(await terraform(['apply', '-auto-approve'])).toMatchObject({code: 0})
})

it.skipIf(noMoto)('changes nothing with --dry-run, and shows what it would do', async () => {
  const at = await motoHome()
  const {code, stdout} = await at.fb([...BOOTSTRAP, '--dry-run'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/Bucket {2}a\S+-terraform-state\n {2}\+ bucket +missing {2}in us-east-1\n/)
  const {stdout: document} = await at.fb([...BOOTSTRAP, '--dry-run', '--json'])
  expect(JSON.parse(document)).toMatchObject({result: 'plan', bucket: at.bucket, items: {length: 11}, exitCode: 0})
  expect(await bucketsOf(at)).toEqual([])
})

it.skipIf(noMoto)('asks before it makes anything: without a terminal the answer is --yes', async () => {
  const at = await motoHome()
  const {code, stderr} = await at.fb(BOOTSTRAP)
  expect(code).toBe(2)
  expect(stderr).toContain('fb state bootstrap ... --yes')
  expect(await bucketsOf(at)).toEqual([])
})

it.skipIf(noMoto)('takes a no for an answer, on a screen of 80 columns', async () => {
  const at = await motoHome()
  const opened = terminal(BOOTSTRAP, {...at, columns: 80, rows: 24})
  await opened.until('Create bucket and lock table\\? \\(y/N\\)')
  expect(opened.wrapped()).toEqual([])
  opened.type('n')
  opened.press('enter')
  expect(await opened.ended).toEqual({code: 7})
  expect(await bucketsOf(at)).toEqual([])
})

/** A bucket as somebody made it by hand: with rules and a policy of their own. */
async function givenBucket({s3, bucket: Bucket}: MotoHome) {
  await s3.send(new CreateBucketCommand({Bucket}))
  await s3.send(new PutBucketVersioningCommand({Bucket, VersioningConfiguration: {Status: 'Suspended'}}))
  await s3.send(new PutObjectCommand({Bucket, Key: 'notes', Body: 'ours'}))
  const reader = {Sid: 'Reader', Effect: 'Allow', Principal: {AWS: '123456789012'}, Action: 's3:GetObject'}
  const Policy = JSON.stringify({Version: '2012-10-17', Statement: [{...reader, Resource: `arn:aws:s3:::${Bucket}/*`}]})
  await s3.send(new PutBucketPolicyCommand({Bucket, Policy}))
  const rule = (ID: string, Prefix: string, NoncurrentDays: number) => ({
    ID,
    Status: 'Enabled' as const,
    Filter: {Prefix},
    NoncurrentVersionExpiration: {NoncurrentDays},
  })
  const Rules = [rule('tidy', '', 14), rule('logs', 'logs/', 3)]
  await s3.send(new PutBucketLifecycleConfigurationCommand({Bucket, LifecycleConfiguration: {Rules}}))
}

it.skipIf(noMoto)('changes what differs, adds what is missing and leaves the rest as it is', async () => {
  const at = await motoHome()
  await givenBucket(at)
  const {stdout} = await at.fb([...BOOTSTRAP, '--yes', '--json'])
  const {items} = JSON.parse(stdout) as {items: {id: string; state: string; detail: string}[]}
  expect(items.filter(({state}) => state !== 'created')).toMatchObject([
    {id: 'bucket', state: 'right'},
    {id: 'versioning', state: 'changed', detail: 'suspended → on'},
    {id: 'old-versions', state: 'changed', detail: 'rule tidy keeps them 14 days → kept 90 days'},
  ])
  const {policy, rules, ...rest} = await backendOf(at)
  expect(rest).toMatchObject(RIGHT)
  expect(policy.Statement).toMatchObject([{Sid: 'Reader'}, {Sid: 'DenyPlainHttp'}])
  expect(rules).toMatchObject([
    {ID: 'tidy', NoncurrentVersionExpiration: {NoncurrentDays: 90}},
    {ID: 'logs', NoncurrentVersionExpiration: {NoncurrentDays: 3}},
    {ID: 'fb-unfinished-uploads'},
  ])
})

it.skipIf(noMoto)('says what was made when it is interrupted, and does the rest the next time', async () => {
  const at = await motoHome()
  const running = at.launch([...BOOTSTRAP, '--yes'])
  // The table is asked for again after a second.
  running.child.stderr.on('data', () => running.said.stderr.includes('not ready yet') && running.child.kill('SIGINT'))
  const {code, stderr} = await running.ended
  expect(code).toBe(130)
  expect(stderr).toMatch(
    /State {2}Done so far: bucket, .*unfinished uploads, lock table\. Running it again does the rest/,
  )
  expect(stderr).toMatch(/Next {3}fb state bootstrap --env dev/)
  expect(await at.fb([...BOOTSTRAP, '--yes'])).toMatchObject({code: 0, stdout: expect.stringMatching(/already right/)})
  expect(await backendOf(at)).toMatchObject(RIGHT)
})

/** What is answered in place of moto; `late`: although moto has carried it out. */
type Refusal = {status: number; code?: string; headers?: Record<string, string>; late?: boolean}

/** moto for a role that may not do everything, or over a bad line. */
async function refusing(at: MotoHome, refusal: (request: IncomingMessage) => Refusal | undefined) {
  const server = createServer((request, response) => {
    const refused = refusal(request)
    const refuse = ({status, code, headers}: Refusal) => {
      const body = code && `<Error><Code>${code}</Code><Message>Access Denied</Message></Error>`
      response.writeHead(status, {'content-type': 'application/xml', ...headers}).end(body)
    }
    if (refused && !refused.late) return refuse(refused)
    const {method, url, headers} = request
    const forwarded = forward(`${at.url}${url}`, {method, headers}, (answer) => {
      if (refused) return answer.resume().on('end', () => refuse(refused))
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`}
}

it.skipIf(noMoto)('names the action that is denied, and what was made before', async () => {
  const at = await motoHome()
  const role = await refusing(at, ({method, url}) =>
    method === 'PUT' && url!.includes('?encryption') ? {status: 403, code: 'AccessDenied'} : undefined,
  )
  const {code, stderr} = await at.fb([...BOOTSTRAP, '--yes'], role)
  expect(code).toBe(4)
  expect(stderr).toContain('Your role may not call s3:PutEncryptionConfiguration.')
  expect(stderr).toContain('Done so far: bucket, versioning.')
  expect(await at.fb([...BOOTSTRAP, '--yes'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('2 already right'),
  })
})

it.skipIf(noMoto)('says that a name is taken, and which key of fb.yml gives another', async () => {
  const at = await motoHome()
  const near = await refusing(at, ({method}) => (method === 'HEAD' ? {status: 403} : undefined))
  const closed = await at.fb([...BOOTSTRAP, '--yes'], near)
  expect(closed).toMatchObject({code: 4, stderr: expect.stringContaining('Bucket names are global')})
  expect(closed.stderr).toContain('set state.bucket in fb.yml')
  const taken = await refusing(at, ({method, url}) =>
    method === 'PUT' && !url!.includes('?') ? {status: 409, code: 'BucketAlreadyExists'} : undefined,
  )
  const {code, stderr} = await at.fb([...BOOTSTRAP, '--yes'], taken)
  expect(code).toBe(7)
  expect(stderr).toContain(`Another AWS account has a bucket ${at.bucket}`)
  expect(stderr).toContain('Nothing was changed.')
})

it.skipIf(noMoto)('finds out where the bucket is when S3 sends it elsewhere', async () => {
  const at = await motoHome()
  const elsewhere = {status: 301, headers: {'x-amz-bucket-region': 'eu-west-1'}}
  const role = await refusing(at, ({method}) => (method === 'HEAD' ? elsewhere : undefined))
  const {code, stderr} = await at.fb([...BOOTSTRAP, '--yes'], role)
  expect(code).toBe(2)
  expect(stderr).toContain(`Bucket ${at.bucket} is in eu-west-1, not in us-east-1.`)
  expect(stderr).toContain('state.region')
})

it.skipIf(noMoto)('sends again what was carried out although its answer was lost', async () => {
  const at = await motoHome()
  const lost = new Set<string>()
  const network = await refusing(at, (request) => {
    const call = `${request.method} ${request.url} ${request.headers['x-amz-target'] ?? ''}`
    if (lost.has(call) || !/^PUT [^?]+(\?policy\S*)? $|CreateTable/.test(call)) return undefined
    lost.add(call)
    return {status: 500, code: 'InternalError', late: true}
  })
  expect(await at.fb([...BOOTSTRAP, '--yes'], network)).toMatchObject({code: 0})
  expect(lost.size).toBe(3)
  expect(await backendOf(at)).toMatchObject(RIGHT)
})

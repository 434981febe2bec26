import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DescribeContinuousBackupsCommand, DescribeTableCommand, GetItemCommand} from '@aws-sdk/client-dynamodb'
import * as s3 from '@aws-sdk/client-s3'
import {expect, test} from 'vitest'
import {openSandbox} from '../../src/sandbox/sandbox.js'
import {clientsOf, manual, stateFile} from './account.js'

const Bucket = 'fastapi-bootstrap-terraform-state'
const Key = 'fastapi-bootstrap/sandbox/terraform.tfstate'
const TableName = 'terraform-locks'

const reader = (sandbox = manual()) => {
  const {s3: client, dynamodb} = clientsOf(sandbox)
  const get = async (key: string, VersionId?: string) =>
    (await client.send(new s3.GetObjectCommand({Bucket, Key: key, VersionId}))).Body!.transformToString()
  const put = (key: string, Body: string) => client.send(new s3.PutObjectCommand({Bucket, Key: key, Body}))
  const item = async (id: string) => (await dynamodb.send(new GetItemCommand({TableName, Key: {LockID: {S: id}}}))).Item
  return {sandbox, client, dynamodb, get, put, item}
}

test('a new sandbox has a state with a history, its digest, and no lock', async () => {
  const {client, get, item} = reader()
  const {Versions, DeleteMarkers} = await client.send(new s3.ListObjectVersionsCommand({Bucket}))
  expect(new Set(Versions!.map((version) => version.Key))).toEqual(new Set([Key]))
  expect(DeleteMarkers).toBeUndefined()
  const texts = await Promise.all(Versions!.map(({VersionId}) => get(Key, VersionId)))
  const states = texts.map((text) => JSON.parse(text))
  expect(states.map(({serial}) => serial)).toEqual([27, 26, 25, 24])
  expect(new Set(states.map(({lineage}) => lineage)).size).toBe(1)
  expect(new Set(texts.map((text) => text.replace(/"serial": \d+/, ''))).size).toBe(4)
  expect(states[0]).toMatchObject({version: 4, terraform_version: '1.11.4'})
  expect(states[0].resources.length).toBeGreaterThan(30)
  const sensitive = states[0].resources.filter((resource: {instances: {sensitive_attributes: unknown[]}[]}) =>
    resource.instances.some((instance) => instance.sensitive_attributes.length),
  )
  expect(sensitive.map(({type}: {type: string}) => type)).toEqual(['aws_ssm_parameter'])
  const md5 = createHash('md5').update(texts[0]!).digest('hex')
  expect(await item(`${Bucket}/${Key}-md5`)).toEqual({LockID: {S: `${Bucket}/${Key}-md5`}, Digest: {S: md5}})
  expect(Versions![0]!.ETag).toBe(`"${md5}"`)
  expect(await item(`${Bucket}/${Key}`)).toBeUndefined()
})

test('its bucket and its table are set up as they should be', async () => {
  const {client, dynamodb} = reader()
  expect((await client.send(new s3.GetBucketVersioningCommand({Bucket}))).Status).toBe('Enabled')
  const {PublicAccessBlockConfiguration} = await client.send(new s3.GetPublicAccessBlockCommand({Bucket}))
  expect(Object.values(PublicAccessBlockConfiguration!)).toEqual([true, true, true, true])
  const {Policy} = await client.send(new s3.GetBucketPolicyCommand({Bucket}))
  expect(JSON.parse(Policy!).Statement[0].Condition).toEqual({Bool: {'aws:SecureTransport': 'false'}})
  const {Rules} = await client.send(new s3.GetBucketLifecycleConfigurationCommand({Bucket}))
  expect(Rules![0]!.NoncurrentVersionExpiration!.NoncurrentDays).toBe(90)
  const {Table} = await dynamodb.send(new DescribeTableCommand({TableName}))
  expect(Table).toMatchObject({TableStatus: 'ACTIVE', DeletionProtectionEnabled: true})
  const {ContinuousBackupsDescription} = await dynamodb.send(new DescribeContinuousBackupsCommand({TableName}))
  expect(ContinuousBackupsDescription!.PointInTimeRecoveryDescription!.PointInTimeRecoveryStatus).toBe('ENABLED')
})

test('reading writes nothing; what is written is beside the file that every request reads, for its owner only', async () => {
  const file = stateFile()
  const {get, put} = reader(manual(file))
  const folder = file.replace('.json', '.storage')
  const before = await get(Key)
  expect(existsSync(folder)).toBe(false)
  await put('big', 'x'.repeat(4_000_000))
  await put('small', 'x')
  expect(statSync(file).size).toBeLessThan(20_000)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const kept = readdirSync(folder).map((name) => statSync(`${folder}/${name}`))
  expect(kept.map(({mode}) => mode & 0o777)).toEqual([0o600, 0o600, 0o600])
  const other = reader(openSandbox({file}))
  expect((await other.get('big')).length).toBe(4_000_000)
  expect(await other.get(Key)).toBe(before)
})

test('a reset begins the storage again, and leaves nothing of the old one behind', async () => {
  const file = stateFile()
  const {sandbox, get, put, client} = reader(manual(file))
  await put('old', 'x')
  sandbox.advance(1)
  sandbox.reset({speed: 0})
  await expect(get('old')).rejects.toThrow('The specified key does not exist.')
  expect(existsSync(file.replace('.json', '.storage'))).toBe(false)
  await put('new', 'y')
  const {Contents} = await client.send(new s3.ListObjectsV2Command({Bucket}))
  expect(Contents!.map((one) => one.Key)).toEqual([Key, 'new'])
  expect(readdirSync(file.replace('.json', '.storage'))).toHaveLength(2)
})

test('a version that is deleted takes its bytes along, unless another has the same', async () => {
  const file = stateFile()
  const {client, get, put} = reader(manual(file))
  const {VersionId} = await put('a', 'same')
  await put('b', 'same')
  const {VersionId: other} = await put('a', 'other')
  for (const id of [VersionId, other]) await client.send(new s3.DeleteObjectCommand({Bucket, Key: 'a', VersionId: id}))
  expect(await get('b')).toBe('same')
  expect(readdirSync(file.replace('.json', '.storage'))).toHaveLength(2)
})

test('a storage that cannot be read says what mends it; one that outlived its sandbox is not believed', async () => {
  const file = stateFile()
  const {sandbox, get, put} = reader(manual(file))
  await put('old', 'x')
  const index = file.replace('.json', '.storage/index.json')
  const kept = readFileSync(index)
  writeFileSync(index, '{"seeded')
  await expect(get('old')).rejects.toThrow('is not readable. `fb sandbox reset` starts it afresh.')
  sandbox.advance(1)
  sandbox.reset({speed: 0})
  mkdirSync(path.dirname(index))
  writeFileSync(index, kept)
  await expect(get('old')).rejects.toThrow('The specified key does not exist.')
})

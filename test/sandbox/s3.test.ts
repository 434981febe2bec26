import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'
import * as s3 from '@aws-sdk/client-s3'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openSandbox, type Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import * as emulated from '../../src/sandbox/services/s3.js'
import {clientsOf, manual, stateFile} from './account.js'

const Bucket = 'fastapi-bootstrap-terraform-state'
const called = new Set<string>()
const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`

const open: Record<string, (sandbox: Sandbox) => Promise<{client: s3.S3Client; close?: () => Promise<void>}>> = {
  'in process': async (sandbox) => ({client: clientsOf(sandbox).s3}),
  'over HTTP': async (sandbox) => {
    const {url, close} = await serve(sandbox, 0)
    return {client: clientsOf({endpoint: url}).s3, close}
  },
}

describe.each(Object.keys(open))('S3 %s', (name) => {
  let sandbox: Sandbox
  let client: s3.S3Client
  let close: (() => Promise<void>) | undefined

  beforeAll(async () => {
    sandbox = manual()
    ;({client, close} = await open[name]!(sandbox))
  })
  afterAll(() => close?.())

  const send: s3.S3Client['send'] = ((command: {constructor: {name: string}}) => {
    called.add(command.constructor.name.replace(/Command$/, ''))
    return client.send(command as never)
  }) as never
  const put = (Key: string, Body: string, more: Partial<s3.PutObjectCommandInput> = {}) =>
    send(new s3.PutObjectCommand({Bucket, Key, Body, ...more}))
  const get = async (Key: string, VersionId?: string) => {
    const {Body, ...rest} = await send(new s3.GetObjectCommand({Bucket, Key, VersionId}))
    return {text: await Body!.transformToString(), ...rest}
  }
  const refusal = async (work: Promise<unknown>) => {
    const error = (await work.then(
      () => new Error('it succeeded'),
      (thrown) => thrown,
    )) as s3.S3ServiceException
    return [error.name, error.$metadata?.httpStatusCode]
  }

  test('an object is put with metadata, type and checksum, and read back as it was', async () => {
    const more = {Metadata: {reason: 'test'}, ContentType: 'text/plain', ChecksumAlgorithm: 'SHA256' as const}
    const stored = await put('some/key with spaces & more', 'hello', more)
    expect(stored).toMatchObject({ETag: md5('hello'), ServerSideEncryption: 'AES256'})
    expect(stored.VersionId).toMatch(/^[\w.]{32}$/)
    const found = await get('some/key with spaces & more')
    expect(found).toMatchObject({
      text: 'hello',
      Metadata: {reason: 'test'},
      ContentType: 'text/plain',
      ETag: md5('hello'),
      VersionId: stored.VersionId,
      ChecksumSHA256: createHash('sha256').update('hello').digest('base64'),
      ChecksumType: 'FULL_OBJECT',
    })
    expect(found.LastModified!.getTime()).toBe(Math.floor(sandbox.clock.now().getTime() / 1000) * 1000)
    const head = await send(new s3.HeadObjectCommand({Bucket, Key: 'some/key with spaces & more'}))
    expect(head).toMatchObject({ContentLength: 5, VersionId: stored.VersionId, Metadata: {reason: 'test'}})
  })

  test('a body that comes in chunks, its checksum after it, is put together; several megabytes survive', async () => {
    const text = 'x'.repeat(3_000_000)
    const Body = Readable.from([text.slice(0, 70_000), text.slice(70_000)].map((part) => Buffer.from(part)))
    await send(new s3.PutObjectCommand({Bucket, Key: 'stream', Body, ContentLength: text.length}))
    const {text: found, ETag} = await get('stream')
    expect(found.length).toBe(text.length)
    const {Body: piece, ContentRange} = await send(new s3.GetObjectCommand({Bucket, Key: 'stream', Range: 'bytes=0-9'}))
    expect([await piece!.transformToString(), ContentRange]).toEqual(['xxxxxxxxxx', 'bytes 0-9/3000000'])
    const beyond = send(new s3.GetObjectCommand({Bucket, Key: 'stream', Range: 'bytes=3000000-'}))
    expect(await refusal(beyond)).toEqual(['InvalidRange', 416])
    expect(ETag).toBe(md5(text))
  })

  test('a wrong checksum is refused and nothing is kept', async () => {
    expect(await refusal(put('wrong', 'x', {ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA=='}))).toEqual(['BadDigest', 400])
    expect(await refusal(put('wrong', 'x', {ChecksumSHA256: 'AAAA'}))).toEqual(['BadDigest', 400])
    expect(await refusal(get('wrong'))).toEqual(['NoSuchKey', 404])
  })

  test('conditional writes: only if absent, only over the version that was read', async () => {
    const {ETag} = await put('lock', 'one', {IfNoneMatch: '*'})
    expect(await refusal(put('lock', 'two', {IfNoneMatch: '*'}))).toEqual(['PreconditionFailed', 412])
    expect(await refusal(put('lock', 'two', {IfMatch: md5('other')}))).toEqual(['PreconditionFailed', 412])
    expect(await refusal(put('absent', 'x', {IfMatch: md5('other')}))).toEqual(['NoSuchKey', 404])
    expect(await refusal(put('lock', 'two', {IfNoneMatch: '"x"'}))).toEqual(['NotImplemented', 501])
    await put('lock', 'two', {IfMatch: ETag})
    expect((await get('lock')).text).toBe('two')
    const stale = new s3.DeleteObjectCommand({Bucket, Key: 'lock', IfMatch: ETag})
    expect(await refusal(send(stale))).toEqual(['PreconditionFailed', 412])
    await send(new s3.DeleteObjectCommand({Bucket, Key: 'lock'}))
    await put('lock', 'three', {IfNoneMatch: '*'})
    expect((await get('lock')).text).toBe('three')
    expect(await refusal(send(new s3.GetObjectCommand({Bucket, Key: 'lock', IfNoneMatch: md5('three')})))).toEqual([
      expect.any(String),
      304,
    ])
  })

  test('of many who put at once only if absent, one succeeds', async () => {
    const tries = await Promise.all(['a', 'b', 'c', 'd'].map((who) => refusal(put('race', who, {IfNoneMatch: '*'}))))
    expect(tries.filter(([code]) => code === 'PreconditionFailed')).toHaveLength(3)
  })

  test('a deletion hides the object, its versions stay, and the marker can be deleted', async () => {
    const one = await put('deleted', 'one')
    const two = await put('deleted', 'two')
    const gone = await send(new s3.DeleteObjectCommand({Bucket, Key: 'deleted'}))
    expect(gone.DeleteMarker).toBe(true)
    expect(await refusal(get('deleted'))).toEqual(['NoSuchKey', 404])
    expect(await refusal(send(new s3.HeadObjectCommand({Bucket, Key: 'deleted'})))).toEqual(['NotFound', 404])
    expect((await get('deleted', one.VersionId)).text).toBe('one')
    expect(await refusal(get('deleted', gone.VersionId))).toEqual(['MethodNotAllowed', 405])
    expect(await refusal(get('deleted', 'a'.repeat(32)))).toEqual(['NoSuchVersion', 404])
    expect(await refusal(get('deleted', 'nonsense'))).toEqual(['InvalidArgument', 400])
    await send(new s3.DeleteObjectCommand({Bucket, Key: 'deleted', VersionId: gone.VersionId}))
    expect((await get('deleted')).VersionId).toBe(two.VersionId)
    await send(new s3.DeleteObjectCommand({Bucket, Key: 'deleted', VersionId: two.VersionId}))
    expect((await get('deleted')).text).toBe('one')
  })

  test('an old version is copied over the current one, with or without its metadata', async () => {
    const old = await put('copied', 'old', {Metadata: {serial: '1'}})
    await put('copied', 'new')
    const CopySource = `${Bucket}/copied?versionId=${old.VersionId}`
    const copy = await send(new s3.CopyObjectCommand({Bucket, Key: 'copied', CopySource}))
    expect(copy).toMatchObject({CopySourceVersionId: old.VersionId, CopyObjectResult: {ETag: md5('old')}})
    expect(await get('copied')).toMatchObject({text: 'old', Metadata: {serial: '1'}, VersionId: copy.VersionId})
    const replaced = {MetadataDirective: 'REPLACE' as const, Metadata: {reason: 'backup'}}
    await send(new s3.CopyObjectCommand({Bucket, Key: 'backup copy', CopySource, ...replaced}))
    expect(await get('backup copy')).toMatchObject({text: 'old', Metadata: {reason: 'backup'}})
    const copying = (source: string) =>
      refusal(send(new s3.CopyObjectCommand({Bucket, Key: 'copied', CopySource: source})))
    expect(await copying(`${Bucket}/copied`)).toEqual(['InvalidRequest', 400])
    expect(await copying(`${Bucket}/nothing`)).toEqual(['NoSuchKey', 404])
    expect(await copying('nobodys-bucket/copied')).toEqual(['NoSuchBucket', 404])
  })

  test('many are deleted at once, each with its own answer', async () => {
    const {VersionId} = await put('many/a', 'a')
    await put('many/b', 'b')
    const Objects = [{Key: 'many/a', VersionId}, {Key: 'many/b'}, {Key: 'many/b', VersionId: 'nonsense'}]
    const {Deleted, Errors} = await send(new s3.DeleteObjectsCommand({Bucket, Delete: {Objects}}))
    expect(Deleted).toMatchObject([
      {Key: 'many/a', VersionId},
      {Key: 'many/b', DeleteMarker: true},
    ])
    expect(Errors).toMatchObject([{Key: 'many/b', Code: 'InvalidArgument'}])
  })

  test('a large object comes in parts, which nobody sees before it is complete', async () => {
    const own = {Bucket, Key: 'large'}
    const begin = async () => (await send(new s3.CreateMultipartUploadCommand(own))).UploadId!
    const UploadId = await begin()
    const texts = ['x'.repeat(5 * 1024 * 1024), 'the end']
    const Parts: s3.CompletedPart[] = []
    for (const [i, Body] of texts.entries()) {
      const {ETag} = await send(new s3.UploadPartCommand({...own, UploadId, PartNumber: i + 1, Body}))
      Parts.push({PartNumber: i + 1, ETag})
    }
    expect(await refusal(get('large'))).toEqual(['NoSuchKey', 404])
    const complete = (more: Partial<s3.CompleteMultipartUploadCommandInput> = {}) =>
      send(new s3.CompleteMultipartUploadCommand({...own, UploadId, MultipartUpload: {Parts}, ...more}))
    expect(await refusal(complete({MultipartUpload: {Parts: Parts.toReversed()}}))).toEqual(['InvalidPartOrder', 400])
    const unknown = [{PartNumber: 3, ETag: md5('x')}]
    expect(await refusal(complete({MultipartUpload: {Parts: unknown}}))).toEqual(['InvalidPart', 400])
    const {ETag, VersionId} = await complete({IfNoneMatch: '*'})
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
    const found = await get('large')
    expect([found.VersionId, found.text === texts.join('')]).toEqual([VersionId, true])
    const other = await begin()
    await send(new s3.AbortMultipartUploadCommand({...own, UploadId: other}))
    expect(await refusal(complete({UploadId: other}))).toEqual(['NoSuchUpload', 404])
  })

  test('objects are listed by prefix, in pages, up to a delimiter', async () => {
    for (const key of ['list/a', 'list/b', 'list/c/1', 'list/c/2']) await put(key, key)
    const list = (more: Partial<s3.ListObjectsV2CommandInput>) =>
      send(new s3.ListObjectsV2Command({Bucket, Prefix: 'list/', ...more}))
    const first = await list({MaxKeys: 3})
    expect(first).toMatchObject({IsTruncated: true, KeyCount: 3})
    expect(first.Contents![0]).toMatchObject({Key: 'list/a', Size: 6, ETag: md5('list/a')})
    const second = await list({MaxKeys: 3, ContinuationToken: first.NextContinuationToken})
    expect(second.Contents!.map(({Key}) => Key)).toEqual(['list/c/2'])
    expect(second.IsTruncated).toBe(false)
    const folders = await list({Delimiter: '/'})
    expect(folders.Contents!.map(({Key}) => Key)).toEqual(['list/a', 'list/b'])
    expect(folders.CommonPrefixes).toEqual([{Prefix: 'list/c/'}])
    expect(await refusal(list({ContinuationToken: 'nonsense!'}))).toEqual(['InvalidArgument', 400])
    expect(await refusal(send(new s3.ListObjectsV2Command({Bucket: 'nobodys-bucket'})))).toEqual(['NoSuchBucket', 404])
  })

  test('versions are listed newest first, markers with them, in pages', async () => {
    const ids = []
    for (const text of ['1', '2', '3']) ids.unshift((await put('versions/a', text)).VersionId)
    await send(new s3.DeleteObjectCommand({Bucket, Key: 'versions/a'}))
    await put('versions/b', 'b')
    const list = (more: Partial<s3.ListObjectVersionsCommandInput>) =>
      send(new s3.ListObjectVersionsCommand({Bucket, Prefix: 'versions/', ...more}))
    const all = await list({})
    expect(all.Versions!.map(({VersionId}) => VersionId).slice(0, 3)).toEqual(ids)
    expect(all.Versions!.map(({IsLatest}) => IsLatest)).toEqual([false, false, false, true])
    expect(all.DeleteMarkers).toMatchObject([{Key: 'versions/a', IsLatest: true}])
    const seen: (string | undefined)[] = []
    let page: Partial<s3.ListObjectVersionsCommandOutput> = {IsTruncated: true}
    while (page.IsTruncated) {
      page = await list({MaxKeys: 2, KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker})
      seen.push(...(page.Versions ?? []).map(({VersionId}) => VersionId))
    }
    expect(seen).toEqual(all.Versions!.map(({VersionId}) => VersionId))
  })

  test('a new bucket has what AWS gives every new bucket, and no more', async () => {
    const own = {Bucket: 'another-bucket'}
    expect(await refusal(send(new s3.HeadBucketCommand(own)))).toEqual(['NotFound', 404])
    await send(new s3.CreateBucketCommand(own))
    expect(await send(new s3.HeadBucketCommand(own))).toMatchObject({BucketRegion: 'us-east-1'})
    const others = new s3.HeadBucketCommand({...own, ExpectedBucketOwner: '111111111111'})
    expect((await refusal(send(others)))[1]).toBe(403)
    await send(new s3.CreateBucketCommand(own))
    expect(await refusal(send(new s3.CreateBucketCommand({Bucket: 'No_Name'})))).toEqual(['InvalidBucketName', 400])
    expect((await send(new s3.GetBucketVersioningCommand(own))).Status).toBeUndefined()
    const {ServerSideEncryptionConfiguration} = await send(new s3.GetBucketEncryptionCommand(own))
    expect(ServerSideEncryptionConfiguration!.Rules![0]!.ApplyServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: 'AES256',
    })
    expect(await refusal(send(new s3.GetBucketPolicyCommand(own)))).toEqual(['NoSuchBucketPolicy', 404])
    const lifecycle = new s3.GetBucketLifecycleConfigurationCommand(own)
    expect(await refusal(send(lifecycle))).toEqual(['NoSuchLifecycleConfiguration', 404])
    const unversioned = await send(new s3.PutObjectCommand({...own, Key: 'k', Body: 'one'}))
    expect(unversioned.VersionId).toBeUndefined()
    await send(new s3.PutObjectCommand({...own, Key: 'k', Body: 'two'}))
    const {Versions} = await send(new s3.ListObjectVersionsCommand(own))
    expect(Versions).toMatchObject([{Key: 'k', VersionId: 'null', ETag: md5('two')}])
    await send(new s3.DeleteObjectCommand({...own, Key: 'k'}))
    expect((await send(new s3.ListObjectVersionsCommand(own))).Versions).toBeUndefined()
  })

  test('a bucket keeps its settings, and says which it does not have', async () => {
    const own = {Bucket: 'configured-bucket'}
    await send(new s3.CreateBucketCommand(own))
    await send(new s3.PutBucketVersioningCommand({...own, VersioningConfiguration: {Status: 'Enabled'}}))
    expect((await send(new s3.GetBucketVersioningCommand(own))).Status).toBe('Enabled')
    const block = {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: false}
    await send(new s3.PutPublicAccessBlockCommand({...own, PublicAccessBlockConfiguration: block}))
    const {PublicAccessBlockConfiguration} = await send(new s3.GetPublicAccessBlockCommand(own))
    expect(PublicAccessBlockConfiguration).toEqual(block)
    await send(new s3.DeletePublicAccessBlockCommand(own))
    const missing = await refusal(send(new s3.GetPublicAccessBlockCommand(own)))
    expect(missing).toEqual(['NoSuchPublicAccessBlockConfiguration', 404])
    const Policy = JSON.stringify({Version: '2012-10-17', Statement: [{Sid: 'a <b> & c'}]})
    await send(new s3.PutBucketPolicyCommand({...own, Policy}))
    expect((await send(new s3.GetBucketPolicyCommand(own))).Policy).toBe(Policy)
    const broken = send(new s3.PutBucketPolicyCommand({...own, Policy: '{"Version'}))
    expect(await refusal(broken)).toEqual(['MalformedPolicy', 400])
    await send(new s3.DeleteBucketPolicyCommand(own))
    expect(await refusal(send(new s3.GetBucketPolicyCommand(own)))).toEqual(['NoSuchBucketPolicy', 404])
    const Rules: s3.LifecycleRule[] = [
      {
        ID: 'old',
        Status: 'Enabled',
        Filter: {Prefix: 'a/'},
        NoncurrentVersionExpiration: {NoncurrentDays: 30, NewerNoncurrentVersions: 5},
      },
      {ID: 'rest', Status: 'Enabled', Filter: {Prefix: ''}, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}},
    ]
    const TransitionDefaultMinimumObjectSize = 'varies_by_storage_class' as const
    const lifecycle = {LifecycleConfiguration: {Rules}, TransitionDefaultMinimumObjectSize}
    await send(new s3.PutBucketLifecycleConfigurationCommand({...own, ...lifecycle}))
    const kept = await send(new s3.GetBucketLifecycleConfigurationCommand(own))
    expect(kept).toMatchObject({Rules, TransitionDefaultMinimumObjectSize})
    await send(new s3.DeleteBucketLifecycleCommand(own))
    const OwnershipControls = {Rules: [{ObjectOwnership: 'BucketOwnerPreferred' as const}]}
    await send(new s3.PutBucketOwnershipControlsCommand({...own, OwnershipControls}))
    const ownership = new s3.GetBucketOwnershipControlsCommand(own)
    expect((await send(ownership)).OwnershipControls).toEqual(OwnershipControls)
    await send(new s3.DeleteBucketOwnershipControlsCommand(own))
    const without = await refusal(send(new s3.GetBucketOwnershipControlsCommand(own)))
    expect(without).toEqual(['OwnershipControlsNotFoundError', 404])
  })

  test("a bucket's default encryption is its objects', and under KMS an ETag is no MD5", async () => {
    const own = {Bucket: 'encrypted-bucket'}
    await send(new s3.CreateBucketCommand(own))
    const kms = {SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: 'alias/state'}
    const Rules = [{ApplyServerSideEncryptionByDefault: kms, BucketKeyEnabled: true}]
    await send(new s3.PutBucketEncryptionCommand({...own, ServerSideEncryptionConfiguration: {Rules}}))
    const found = await send(new s3.GetBucketEncryptionCommand(own))
    expect(found.ServerSideEncryptionConfiguration!.Rules).toEqual(Rules)
    const stored = await send(new s3.PutObjectCommand({...own, Key: 'k', Body: 'x'}))
    expect(stored).toMatchObject({ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true})
    expect(stored.SSEKMSKeyId).toMatch(/^arn:aws:kms:us-east-1:000000000000:alias\/state$/)
    expect(stored.ETag).not.toBe(md5('x'))
    const plain = {...own, Key: 'k', Body: 'x', ServerSideEncryption: 'AES256' as const}
    expect((await send(new s3.PutObjectCommand(plain))).ETag).toBe(md5('x'))
    await send(new s3.DeleteBucketEncryptionCommand(own))
    const reset = await send(new s3.GetBucketEncryptionCommand(own))
    expect(JSON.stringify(reset.ServerSideEncryptionConfiguration)).toContain('AES256')
  })

  test('what is not emulated is said so, and a fault speaks as S3 does', async () => {
    const acl = send(new s3.GetObjectAclCommand({Bucket, Key: 'x'}))
    await expect(acl).rejects.toThrow('sandbox: GET /bucket/key?acl is not emulated')
    for (const [fault, code, status] of [
      ['throttle:1', 'SlowDown', 503],
      ['expired-token', 'ExpiredToken', 400],
      ['access-denied:PutObject', 'AccessDenied', 403],
    ]) {
      sandbox.fault(String(fault))
      expect(await refusal(put('x', 'x'))).toEqual([code, status])
      sandbox.clearFaults()
    }
  })
})

test('a client that signs nothing is answered in process', async () => {
  const {requestHandler} = manual()
  const signer = {sign: async <Request>(request: Request) => request}
  const given = {region: 'us-east-1', credentials: {accessKeyId: 'x', secretAccessKey: 'x'}}
  const client = new s3.S3Client({...given, signer, requestHandler: requestHandler as never})
  await client.send(new s3.PutObjectCommand({Bucket, Key: 'k', Body: Buffer.from('unsigned')}))
  const {Body} = await client.send(new s3.GetObjectCommand({Bucket, Key: 'k'}))
  expect(await Body!.transformToString()).toBe('unsigned')
})

test('in another region a bucket needs its location, and is created once', async () => {
  const sandbox = openSandbox({file: stateFile(), region: 'eu-west-1'})
  const client = new s3.S3Client({
    region: 'eu-west-1',
    credentials: {accessKeyId: 'x', secretAccessKey: 'x'},
    maxAttempts: 1,
    requestHandler: sandbox.requestHandler as never,
  })
  const create = (LocationConstraint?: s3.BucketLocationConstraint) =>
    client.send(new s3.CreateBucketCommand({Bucket: 'b-in-europe', CreateBucketConfiguration: {LocationConstraint}}))
  await create('eu-west-1')
  await expect(create('eu-west-1')).rejects.toThrow(s3.BucketAlreadyOwnedByYou)
  await expect(create('eu-central-1')).rejects.toThrow('The eu-central-1 location constraint is incompatible')
})

test('these tests call every operation of S3 the sandbox emulates', () => {
  expect(Object.keys(emulated.handlers).filter((operation) => !called.has(operation))).toEqual([])
})

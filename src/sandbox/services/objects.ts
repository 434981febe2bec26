import {createHash} from 'node:crypto'
import {crc32} from 'node:zlib'
import type * as s3 from '@aws-sdk/client-s3'
import {CopyObject$, DeleteObject$, DeleteObjects$, GetObject$, HeadObject$, PutObject$} from '@aws-sdk/client-s3'
import type {Account} from '../account.js'
import type {Handlers} from '../handlers.js'
import {
  add,
  bucketOf,
  checkWrite,
  currentOf,
  drop,
  encryptionFor,
  etagOf,
  exactly,
  preconditionFailed,
  s3Error,
  sameTag,
  secondOf,
  versionOf,
} from '../objects.js'
import {type Bucket, openStorage, type Version} from '../storage.js'

export const schemas = {CopyObject$, DeleteObject$, DeleteObjects$, GetObject$, HeadObject$, PutObject$}

export const handlers: Handlers<typeof s3, typeof schemas> = {
  GetObject(input, account) {
    const storage = openStorage(account)
    const version = readable(bucketOf(storage.read(), input.Bucket), input)
    return {...head(version, input), Body: storage.body(version.body) as never}
  },
  HeadObject: (input, account) => head(readable(bucketOf(openStorage(account).read(), input.Bucket), input), input),
  PutObject(input, account) {
    const bytes = (input.Body ?? Buffer.alloc(0)) as Buffer
    verify(bytes, input)
    const content = {type: input.ContentType, metadata: input.Metadata, checksums: checksumsOf(input)}
    const version = store(account, input, () => ({bytes, ...content}))
    return {ETag: version.etag, ...written(version), ...version.checksums, ...checksumType(version)}
  },
  CopyObject(input, account) {
    const storage = openStorage(account)
    const source = sourceOf(input.CopySource!)
    refuseToItself(input, source)
    const from = copied(bucketOf(storage.read(), source.bucket), source, input)
    const {type, metadata, checksums} = from
    const fresh = {type: input.ContentType, metadata: input.Metadata, checksums}
    const content = input.MetadataDirective === 'REPLACE' ? fresh : {type, metadata, checksums}
    const version = store(account, input, () => ({bytes: storage.body(from.body), ...content}))
    return {
      ...written(version),
      CopySourceVersionId: visible(from),
      CopyObjectResult: {ETag: version.etag, LastModified: new Date(version.at), ...checksums, ...checksumType(from)},
    }
  },
  DeleteObject: ({Bucket, Key, VersionId, IfMatch}, account) =>
    openStorage(account).update((facts) => remove(account, bucketOf(facts, Bucket), {Key: Key!, VersionId, IfMatch})),
  DeleteObjects: ({Bucket, Delete}, account) =>
    openStorage(account).update((facts) => {
      const bucket = bucketOf(facts, Bucket)
      const results = Delete!.Objects!.map((one) => removeOne(account, bucket, one))
      const Deleted = Delete!.Quiet ? [] : results.flatMap(({deleted}) => deleted ?? [])
      return {Deleted, Errors: results.flatMap(({error}) => error ?? [])}
    }),
}

type Read = {Key?: string; VersionId?: string; IfMatch?: string; IfNoneMatch?: string}

function readable(bucket: Bucket, {Key, VersionId, IfMatch, IfNoneMatch}: Read): Version {
  const version = versionOf(bucket, Key!, VersionId)
  if (IfMatch && !sameTag(IfMatch, version.etag)) throw preconditionFailed('If-Match')
  if (IfNoneMatch && sameTag(IfNoneMatch, version.etag))
    throw s3Error('NotModified', 304, 'Not Modified', {headers: {etag: version.etag}})
  return version
}

const visible = ({id}: Version) => (id === 'null' ? undefined : id)

const written = (version: Version) => ({
  VersionId: visible(version),
  ServerSideEncryption: version.encryption?.algorithm as s3.ServerSideEncryption,
  SSEKMSKeyId: version.encryption?.key,
  BucketKeyEnabled: version.encryption?.bucketKey,
})

const head = (version: Version, {ChecksumMode}: {ChecksumMode?: string}) => ({
  ...written(version),
  AcceptRanges: 'bytes',
  ContentLength: version.size,
  ContentType: version.type ?? 'binary/octet-stream',
  ETag: version.etag,
  LastModified: new Date(version.at),
  Metadata: version.metadata ?? {},
  ...(ChecksumMode === 'ENABLED' && {...version.checksums, ...checksumType(version)}),
})

const digest = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64')

function crc(bytes: Buffer): string {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc32(bytes))
  return four.toString('base64')
}

/** The checksums S3 keeps with an object; those that Node cannot work out are believed. */
const checksums = {
  ChecksumCRC32: crc,
  ChecksumCRC32C: undefined,
  ChecksumCRC64NVME: undefined,
  ChecksumSHA1: digest('sha1'),
  ChecksumSHA256: digest('sha256'),
}
const algorithms = Object.keys(checksums) as (keyof typeof checksums)[]

function verify(bytes: Buffer, input: s3.PutObjectCommandInput): void {
  if (input.ContentMD5 && input.ContentMD5 !== digest('md5')(bytes))
    throw s3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.')
  const wrong = algorithms.find((name) => input[name] && checksums[name] && checksums[name](bytes) !== input[name])
  if (!wrong) return
  const text = `The ${wrong.replace('Checksum', '')} you specified did not match the calculated checksum.`
  throw s3Error('BadDigest', 400, text)
}

const checksumsOf = (input: s3.PutObjectCommandInput) =>
  Object.fromEntries(algorithms.flatMap((name) => (input[name] ? [[name, input[name]]] : [])))

const checksumType = ({checksums: own = {}}: Version) =>
  Object.keys(own).length ? {ChecksumType: 'FULL_OBJECT' as const} : {}

type Content = Pick<Version, 'type' | 'metadata' | 'checksums'> & {bytes: Buffer}

function store(account: Account, input: s3.PutObjectCommandInput | s3.CopyObjectCommandInput, from: () => Content) {
  const storage = openStorage(account)
  return storage.update((facts) => {
    const bucket = bucketOf(facts, input.Bucket)
    checkWrite(bucket, input.Key!, input)
    const {bytes, ...content} = from()
    const asked = {algorithm: input.ServerSideEncryption, key: input.SSEKMSKeyId, bucketKey: input.BucketKeyEnabled}
    const encryption = encryptionFor(account, bucket, asked)
    const place = {key: input.Key!, at: secondOf(account), body: storage.keep(bytes), size: bytes.length}
    return add(bucket, {...place, etag: etagOf(bytes, encryption), encryption, ...content})
  })
}

type Source = {bucket: string; key: string; version?: string}

function sourceOf(text: string): Source {
  const [path = '', version] = text.replace(/^\//, '').split('?versionId=')
  const [bucket = '', ...key] = decodeURIComponent(path).split('/')
  return {bucket, key: key.join('/'), version}
}

function refuseToItself(input: s3.CopyObjectCommandInput, {bucket, key, version}: Source): void {
  const same = bucket === input.Bucket && key === input.Key && version === undefined
  if (!same || input.MetadataDirective === 'REPLACE' || input.ServerSideEncryption || input.StorageClass) return
  const changing = "the object's metadata, storage class, website redirect location or encryption attributes."
  const text = `This copy request is illegal because it is trying to copy an object to itself without changing ${changing}`
  throw s3Error('InvalidRequest', 400, text)
}

function copied(bucket: Bucket, {key, version}: Source, input: s3.CopyObjectCommandInput): Version {
  if (version && exactly(bucket, key, version)?.marker) {
    const text = 'The source of a copy request may not specifically refer to a delete marker by version id.'
    throw s3Error('InvalidRequest', 400, text)
  }
  const found = versionOf(bucket, key, version)
  const {CopySourceIfMatch: wanted, CopySourceIfNoneMatch: unwanted} = input
  if (wanted && !sameTag(wanted, found.etag)) throw preconditionFailed('x-amz-copy-source-If-Match')
  if (unwanted && sameTag(unwanted, found.etag)) throw preconditionFailed('x-amz-copy-source-If-None-Match')
  return found
}

type Removal = {Key: string; VersionId?: string; IfMatch?: string}

/** Deleting an object hides it behind a marker; deleting a version, marker or not, is for good. */
function remove(account: Account, bucket: Bucket, {Key, VersionId, IfMatch}: Removal) {
  checkWrite(bucket, Key, {IfMatch})
  if (VersionId !== undefined) {
    const marker = exactly(bucket, Key, VersionId)?.marker
    drop(bucket, Key, VersionId)
    return {VersionId, DeleteMarker: marker}
  }
  if (!bucket.versioning) {
    const current = currentOf(bucket, Key)
    if (current) drop(bucket, Key, current.id)
    return {}
  }
  const marker = add(bucket, {key: Key, at: secondOf(account), marker: true, body: '', size: 0, etag: ''})
  return {VersionId: marker.id, DeleteMarker: true}
}

function removeOne(account: Account, bucket: Bucket, {Key, VersionId, ETag}: s3.ObjectIdentifier) {
  try {
    const done = remove(account, bucket, {Key: Key!, VersionId, IfMatch: ETag})
    const marker = done.DeleteMarker ? {DeleteMarker: true, DeleteMarkerVersionId: done.VersionId} : {}
    return {deleted: {Key, VersionId, ...marker} as s3.DeletedObject}
  } catch (error) {
    const {name: Code, message: Message} = error as Error
    return {error: {Key, VersionId, Code, Message} as s3._Error}
  }
}

import type * as s3 from '@aws-sdk/client-s3'
import {CopyObject$, DeleteObject$, DeleteObjects$, GetObject$, HeadObject$, PutObject$} from '@aws-sdk/client-s3'
import type {Account} from '../account.js'
import {checksumsOf, checksumType, verify} from '../checksums.js'
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
  visible,
  written,
} from '../objects.js'
import {type Bucket, openStorage, type Version} from '../storage.js'

export const schemas = {CopyObject$, DeleteObject$, DeleteObjects$, GetObject$, HeadObject$, PutObject$}

export const handlers: Handlers<typeof s3, typeof schemas> = {
  GetObject(input, account) {
    const storage = openStorage(account)
    const version = readable(bucketOf(storage.read(), input.Bucket), input)
    const bytes = storage.body(version.body)
    const {start, end} = rangeOf(input.Range, bytes.length) ?? {}
    if (start === undefined) return {...head(version, input), Body: bytes as never}
    const part = bytes.subarray(start, end! + 1)
    const ContentRange = `bytes ${start}-${end}/${bytes.length}`
    return {...head(version, {}), ContentRange, ContentLength: part.length, Body: part as never}
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

/** Terraform asks for what is large in pieces. */
function rangeOf(text: string | undefined, size: number): {start: number; end: number} | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? []
  if (!first && !last) return undefined
  const start = first ? Number(first) : Math.max(0, size - Number(last))
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1
  if (start < size) return {start, end}
  const details = {RangeRequested: text, ActualObjectSize: size}
  throw s3Error('InvalidRange', 416, 'The requested range is not satisfiable', details)
}

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

type Content = Pick<Version, 'type' | 'metadata' | 'checksums'> & {bytes: Buffer}

function store(account: Account, input: s3.PutObjectCommandInput | s3.CopyObjectCommandInput, from: () => Content) {
  const storage = openStorage(account)
  return storage.update((facts) => {
    const bucket = bucketOf(facts, input.Bucket)
    checkWrite(bucket, input.Key!, input)
    const {bytes, ...content} = from()
    const encryption = encryptionFor(account, bucket, input)
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

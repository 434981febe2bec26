import {createHash, randomBytes} from 'node:crypto'
import type {ServerSideEncryption} from '@aws-sdk/client-s3'
import type {Account} from './account.js'
import {wireError} from './handlers.js'
import {uuidOf} from './inventory.js'
import type {Bucket, Encryption, Facts, Version} from './storage.js'

type Details = Record<string, unknown>

/** An error of S3: what it names besides, and what it says in headers. */
export const s3Error = (code: string, status: number, message: string, details: Details = {}) =>
  Object.assign(wireError(code, message, status), details)

export function bucketOf({buckets}: Facts, name = ''): Bucket {
  const bucket = Object.hasOwn(buckets, name) && buckets[name]
  if (bucket) return bucket
  throw s3Error('NoSuchBucket', 404, 'The specified bucket does not exist', {BucketName: name})
}

export const newVersionId = () => randomBytes(24).toString('base64url').replaceAll('-', '.')

const md5 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** An object that came in parts has the MD5 of its parts' MD5s, and says how many they were. */
export const etagOfParts = (etags: string[]) =>
  `"${md5(...etags.map((etag) => Buffer.from(etag.replaceAll('"', ''), 'hex')))}-${etags.length}"`

/** The MD5 of the bytes, except under KMS: there S3 promises nothing but that it differs from other contents'. */
export const etagOf = (bytes: Uint8Array, {algorithm, key = ''}: Encryption) =>
  algorithm === 'AES256' ? `"${md5(bytes)}"` : `"${md5(key, bytes)}"`

export const currentOf = ({versions}: Bucket, key: string) => versions.findLast((version) => version.key === key)

/** The version that is asked for; a deleted object and its marker are refused in the words of each. */
export function versionOf(bucket: Bucket, key: string, id?: string): Version {
  if (id === undefined) return liveOf(bucket, key)
  const found = exactly(bucket, key, id)
  if (!found) {
    const text = 'The specified version does not exist.'
    throw s3Error('NoSuchVersion', 404, text, {Key: key, VersionId: id})
  }
  if (!found.marker) return found
  const text = 'The specified method is not allowed against this resource.'
  throw s3Error('MethodNotAllowed', 405, text, {headers: {allow: 'DELETE', ...markerHeaders(found)}})
}

export function exactly({versions}: Bucket, key: string, id: string): Version | undefined {
  if (!/^(null|[\w.]{32})$/.test(id)) {
    const details = {ArgumentName: 'versionId', ArgumentValue: id}
    throw s3Error('InvalidArgument', 400, 'Invalid version id specified', details)
  }
  return versions.find((version) => version.key === key && version.id === id)
}

function liveOf(bucket: Bucket, key: string): Version {
  const current = currentOf(bucket, key)
  if (current && !current.marker) return current
  const headers = current && markerHeaders(current)
  throw s3Error('NoSuchKey', 404, 'The specified key does not exist.', {Key: key, ...(headers && {headers})})
}

const markerHeaders = ({id}: Version) => ({'x-amz-delete-marker': 'true', 'x-amz-version-id': id})

/** A conditional write; a deleted object counts as one that is not there. */
export function checkWrite(bucket: Bucket, key: string, wish: {IfMatch?: string; IfNoneMatch?: string}): void {
  const current = currentOf(bucket, key)
  const live = current?.marker ? undefined : current
  if (wish.IfNoneMatch !== undefined && wish.IfNoneMatch !== '*') {
    const text = 'A header you provided implies functionality that is not implemented'
    throw s3Error('NotImplemented', 501, text, {Header: 'If-None-Match'})
  }
  if (wish.IfNoneMatch && live) throw preconditionFailed('If-None-Match')
  if (wish.IfMatch === undefined) return
  if (!live) throw s3Error('NoSuchKey', 404, 'The specified key does not exist.', {Key: key})
  if (!sameTag(wish.IfMatch, live.etag)) throw preconditionFailed('If-Match')
}

export const preconditionFailed = (Condition: string) =>
  s3Error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', {Condition})

export const sameTag = (wanted: string, etag: string) =>
  wanted === '*' || wanted.replaceAll('"', '') === etag.replaceAll('"', '')

/** In a bucket without versions, or where they are suspended, the new one takes the place of the version `null`. */
export function add(bucket: Bucket, version: Omit<Version, 'id'>): Version {
  const id = bucket.versioning === 'Enabled' ? newVersionId() : 'null'
  const added = {...version, id}
  if (id === 'null') drop(bucket, version.key, id)
  bucket.versions.push(added)
  return added
}

export function drop(bucket: Bucket, key: string, id: string): void {
  bucket.versions = bucket.versions.filter((version) => version.key !== key || version.id !== id)
}

type Wish = {ServerSideEncryption?: string; SSEKMSKeyId?: string; BucketKeyEnabled?: boolean}

/** What was asked for, or else the bucket's default. */
export function encryptionFor({inventory}: Account, {settings}: Bucket, wish: Wish): Encryption {
  const rule = settings.encryption[0]
  const byDefault = rule?.ApplyServerSideEncryptionByDefault
  const {ServerSideEncryption: asked, BucketKeyEnabled: bucketKey = rule?.BucketKeyEnabled} = wish
  const algorithm = asked ?? byDefault?.SSEAlgorithm ?? 'AES256'
  if (algorithm === 'AES256') return {algorithm}
  const key = wish.SSEKMSKeyId ?? (asked ? undefined : byDefault?.KMSMasterKeyID) ?? uuidOf('alias/aws/s3')
  const arn = key.startsWith('arn:') ? key : inventory.arn('kms', key.startsWith('alias/') ? key : `key/${key}`)
  return {algorithm, key: arn, bucketKey}
}

export const visible = ({id}: Version) => (id === 'null' ? undefined : id)

export const encrypted = ({algorithm, key, bucketKey}: Encryption) => ({
  ServerSideEncryption: algorithm as ServerSideEncryption,
  SSEKMSKeyId: key,
  BucketKeyEnabled: bucketKey,
})

export const written = (version: Version) => ({
  VersionId: visible(version),
  ...(version.encryption && encrypted(version.encryption)),
})

/** S3 knows whole seconds only. */
export const secondOf = ({now}: Account) => Math.floor(now / 1000) * 1000

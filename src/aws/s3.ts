import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'

import {FbError} from '../errors.js'
import {type Fingerprint, fingerprintOf, md5} from '../fingerprint.js'
import type {Lock, Objects, Stored, Version} from '../state/store.js'
import {toldOfBucket} from './bucket-errors.js'
import {type Connection, connect, LARGE_BODIES, onceOnly, pages} from './clients.js'
import {telling} from './telling.js'

const TRIES = 4

/** The way to the bucket that fb.yml names for states. */
const ownCalls = (connection: Connection, bucket: string) =>
  telling(connect(S3Client, connection, LARGE_BODIES), toldOfBucket(bucket, connection.region))

/** The objects of one bucket. */
export function s3(connection: Connection, bucket: string, {read, write} = ownCalls(connection, bucket)) {
  const put = (key: string, bytes: Buffer, condition: object, more: object = {}) =>
    write(new PutObjectCommand({Bucket: bucket, Key: key, Body: bytes, ...condition, ...more}))

  async function open(key: string, versionId?: string) {
    try {
      return await read(new GetObjectCommand({Bucket: bucket, Key: key, VersionId: versionId}))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async function get(key: string, versionId?: string): Promise<Stored | undefined> {
    return whole(async () => {
      const answer = await open(key, versionId)
      if (!answer) return undefined
      const {Body, ContentLength = 0, ETag = '', VersionId, LastModified} = answer
      const bytes = Buffer.allocUnsafe(ContentLength)
      let end = 0
      for await (const chunk of Body as AsyncIterable<Buffer>) end += chunk.copy(bytes, end)
      if (end !== answer.ContentLength) throw cut(key)
      return {bytes, etag: ETag, versionId: VersionId, at: LastModified!}
    })
  }

  async function fingerprint(key: string, versionId?: string): Promise<Fingerprint | undefined> {
    return whole(async () => {
      const answer = await open(key, versionId)
      if (!answer) return undefined
      const found = await fingerprintOf(answer.Body as AsyncIterable<Buffer>)
      if (found.bytes !== answer.ContentLength) throw cut(key)
      return found
    })
  }

  /** Writes under a condition; false when it does not hold. A lost answer is looked up before the write is repeated. */
  async function putIf(key: string, bytes: Buffer, condition: object, more?: object): Promise<boolean> {
    const ours = async () => (await fingerprint(key))?.md5 === md5(bytes)
    try {
      await onceOnly(
        async () => Boolean(await put(key, bytes, condition, more)),
        async () => (await ours()) || undefined,
        ['fb state lock', 'fb state backups'],
      )
      return true
    } catch (error) {
      if (isChanged(error) || ('IfMatch' in condition && isMissing(error))) return false
      throw error
    }
  }

  /** A lost answer is looked up: by then somebody else's object may have that key. */
  const drop = (key: string, gone: () => Promise<boolean>) =>
    onceOnly(
      async () => Boolean(await write(new DeleteObjectCommand({Bucket: bucket, Key: key}))),
      async () => (await gone()) || undefined,
      ['fb state lock', 'fb state backups'],
    )

  const objects: Objects = {
    place: `s3://${bucket}/`,
    get,
    fingerprint,
    async add(key, bytes, {kmsKey} = {}) {
      const encryption = kmsKey ? {ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKey} : {}
      if (!(await putIf(key, bytes, {IfNoneMatch: '*'}, {ContentType: 'application/json', ...encryption})))
        throw new FbError(`s3://${bucket}/${key} is there already; fb does not write over it.`, {code: 'exists'})
    },
    /** One at a time: DeleteObjects answers 200 and hides what it did not delete in the body. */
    async remove(keys) {
      for (const key of keys) await drop(key, async () => !(await fingerprint(key)))
    },
    list: (prefix) =>
      pages(
        (token) => read(new ListObjectsV2Command({Bucket: bucket, Prefix: prefix, ContinuationToken: token})),
        ({Contents = []}) => Contents.map(({Key}) => Key!),
        ({NextContinuationToken}) => NextContinuationToken,
      ),
  }

  /** The newest versions of one object, newest first. */
  const versions = (key: string, most: number): Promise<Version[]> =>
    pages(
      (token) => read(new ListObjectVersionsCommand({Bucket: bucket, Prefix: key, ...placeOf(token)})),
      (page) => versionsOn(page, key),
      // A key that begins with this one comes after all of its versions.
      ({NextKeyMarker, NextVersionIdMarker}) => (NextKeyMarker === key ? `${key} ${NextVersionIdMarker}` : undefined),
      most,
    )

  const textOf = async (key: string) => (await get(key))?.bytes.toString()
  const lockfile = (key: string): Lock => ({
    name: `lock file s3://${bucket}/${key}.tflock`,
    read: () => textOf(`${key}.tflock`),
    take: (info) => putIf(`${key}.tflock`, Buffer.from(info), {IfNoneMatch: '*'}),
    async free(info) {
      const held = async () => (await textOf(`${key}.tflock`)) === info
      if (!(await held())) return false
      return drop(`${key}.tflock`, async () => !(await held()))
    },
  })

  return {
    objects,
    versions,
    lockfile,
    replace: (key: string, bytes: Buffer, etag: string | undefined) =>
      putIf(key, bytes, etag ? {IfMatch: etag} : {IfNoneMatch: '*'}, {ContentType: 'application/json'}),
  }
}

/** S3 lists versions and deletions apart, each newest first and all of a page newer than the next page. */
function versionsOn({Versions = [], DeleteMarkers = []}: ListObjectVersionsOutput, key: string): Version[] {
  const all = [
    ...Versions.map((one) => ({...one, deleted: false})),
    ...DeleteMarkers.map((one) => ({...one, Size: 0, deleted: true})),
  ]
  return all
    .filter(({Key}) => Key === key)
    .map(({VersionId, LastModified, Size, IsLatest, deleted}) => ({
      versionId: VersionId!,
      at: LastModified!,
      bytes: Size ?? 0,
      latest: IsLatest ?? false,
      deleted,
    }))
    .sort((a, b) => Number(b.latest) - Number(a.latest) || b.at.getTime() - a.at.getTime())
}

const placeOf = (token = '') => {
  const [KeyMarker, VersionIdMarker] = token.split(' ')
  return token ? {KeyMarker, VersionIdMarker} : {}
}

/** An answer's bytes can end too early or in an error after the SDK has handed it over: such a read is repeated here. */
async function whole<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const {code = '', name} = error as Error & {code?: string}
      if (tries === TRIES || !(CUT.has(code) || name === 'TimeoutError')) throw error
    }
  }
}

const CUT = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'CUT'])
const cut = (key: string) =>
  Object.assign(new Error(`${key} was cut off`), {code: 'CUT', $metadata: {httpStatusCode: 200}})

const isMissing = (error: unknown) => ['NoSuchKey', 'NoSuchVersion', 'NotFound'].includes((error as Error).name)

/** 412, or 409 when another write of the same key is on its way. */
const isChanged = (error: unknown) =>
  ['PreconditionFailed', 'ConditionalRequestConflict'].includes((error as Error).name)

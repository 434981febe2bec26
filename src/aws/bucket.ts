import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type LifecycleRule as SdkRule,
} from '@aws-sdk/client-s3'

import {AccessError, Refused, UsageError} from '../errors.js'
import type {BucketFacts} from '../state/backend/backend.js'
import type {Policy} from '../state/backend/https-only.js'
import type {LifecycleRule} from '../state/backend/lifecycle.js'
import {type Connection, connect} from './clients.js'

const BLOCKED = {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}

/** How one bucket is set up. What is in it is another file's business. */
export function bucket(connection: Connection, name: string) {
  const {read, put} = connect(S3Client, connection)
  const Bucket = name
  const {region} = connection

  const policy = async (): Promise<Policy | undefined> => {
    const answer = await read(new GetBucketPolicyCommand({Bucket})).catch(without('NoSuchBucketPolicy'))
    return answer?.Policy ? (JSON.parse(answer.Policy) as Policy) : undefined
  }
  const lifecycle = () =>
    read(new GetBucketLifecycleConfigurationCommand({Bucket})).catch(without('NoSuchLifecycleConfiguration'))
  const encryption = () =>
    read(new GetBucketEncryptionCommand({Bucket})).catch(without('ServerSideEncryptionConfigurationNotFoundError'))
  const publicAccess = async () => {
    const missing = without('NoSuchPublicAccessBlockConfiguration')
    const found = (await read(new GetPublicAccessBlockCommand({Bucket})).catch(missing))?.PublicAccessBlockConfiguration
    const block = (one: keyof typeof BLOCKED) => [one, found?.[one] ?? false]
    return found && Object.fromEntries((Object.keys(BLOCKED) as (keyof typeof BLOCKED)[]).map(block))
  }

  /** S3 may still answer with what was before our own last write. */
  let written: SdkRule[] | undefined
  const writeLifecycle = async (change: (rules: LifecycleRule[]) => LifecycleRule[]) => {
    const now = await lifecycle()
    const Rules = change((written ?? now?.Rules ?? []) as LifecycleRule[]) as SdkRule[]
    const {TransitionDefaultMinimumObjectSize} = now ?? {}
    const given = {Bucket, TransitionDefaultMinimumObjectSize, LifecycleConfiguration: {Rules}}
    await put(new PutBucketLifecycleConfigurationCommand(given))
    written = Rules
  }

  return {
    async bucketRegion(account: string): Promise<string | undefined> {
      const head = new HeadBucketCommand({Bucket, ExpectedBucketOwner: account})
      const answer = await read(head).catch((error: unknown) => ({BucketRegion: regionOf(error, name)}))
      return 'BucketRegion' in answer ? answer.BucketRegion : region
    },
    async bucketFacts(): Promise<BucketFacts> {
      const [versioning, encrypted, access, now, rules, versions] = await Promise.all([
        read(new GetBucketVersioningCommand({Bucket})),
        encryption(),
        publicAccess(),
        policy(),
        lifecycle(),
        read(new ListObjectVersionsCommand({Bucket, MaxKeys: 1})),
      ])
      const [rule] = encrypted?.ServerSideEncryptionConfiguration?.Rules ?? []
      return {
        versioning: versioning.Status,
        encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
        publicAccess: access,
        policy: now,
        lifecycle: (rules?.Rules ?? []) as LifecycleRule[],
        empty: !versions.Versions?.length && !versions.DeleteMarkers?.length,
      }
    },
    createBucket: () => {
      const place = {LocationConstraint: region as BucketLocationConstraint}
      // The first region of all is the only one that must not be named.
      const create = {Bucket, ...(region === 'us-east-1' ? {} : {CreateBucketConfiguration: place})}
      return done(put(new CreateBucketCommand(create)).catch(notMade(name)))
    },
    turnVersioningOn: () =>
      done(put(new PutBucketVersioningCommand({Bucket, VersioningConfiguration: {Status: 'Enabled'}}))),
    encryptBucket: () => {
      const Rules = [{ApplyServerSideEncryptionByDefault: {SSEAlgorithm: 'AES256' as const}}]
      return done(put(new PutBucketEncryptionCommand({Bucket, ServerSideEncryptionConfiguration: {Rules}})))
    },
    blockPublicAccess: () =>
      done(put(new PutPublicAccessBlockCommand({Bucket, PublicAccessBlockConfiguration: BLOCKED}))),
    changePolicy: (change: (policy: Policy | undefined) => Policy) =>
      done(policy().then((now) => put(new PutBucketPolicyCommand({Bucket, Policy: JSON.stringify(change(now))})))),
    changeLifecycle: (change: (rules: LifecycleRule[]) => LifecycleRule[]) => done(writeLifecycle(change)),
  }
}

/** What is not set up is an answer. */
const without =
  (code: string) =>
  (error: Error): undefined => {
    if (error.name !== code) throw error
  }

/** A bucket that was just made is not known everywhere at once, and takes one change at a time. */
async function done(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (['NoSuchBucket', 'OperationAborted'].includes((error as Error).name)) return false
    throw error
  }
}

type Answered = Error & {$metadata?: {httpStatusCode?: number}; $response?: {headers?: Record<string, string>}}

/** Where a bucket is that did not answer as one of ours here. */
function regionOf(error: unknown, name: string): string | undefined {
  const {$metadata, $response} = error as Answered
  const status = $metadata?.httpStatusCode
  const elsewhere = $response?.headers?.['x-amz-bucket-region']
  if (status === 404) return undefined
  if (status === 403) throw closed(name, error)
  if ((status === 301 || status === 400) && elsewhere) return elsewhere
  throw error
}

const OTHER_NAME = 'set state.bucket in fb.yml to a name of your own'

const closed = (name: string, cause: unknown) =>
  new AccessError(`Bucket ${name} exists, and S3 does not let you near it.`, {
    code: 'bucket_denied',
    because: [
      's3:HeadBucket: HTTP 403',
      'Bucket names are global: it belongs to another account, or your role may not call s3:ListBucket.',
    ],
    state: 'Nothing was changed.',
    next: [OTHER_NAME],
    cause,
  })

/** Ours already is what was wanted: our own first try, or somebody's beside us. */
const notMade = (name: string) => (cause: Error) => {
  if (cause.name === 'BucketAlreadyOwnedByYou') return
  const detail = {because: [`s3:CreateBucket: ${cause.message}`], state: 'Nothing was changed.', cause}
  if (cause.name === 'BucketAlreadyExists')
    throw new Refused(`Another AWS account has a bucket ${name}: bucket names are global.`, {
      ...detail,
      code: 'bucket_taken',
      next: [OTHER_NAME],
    })
  if (cause.name === 'InvalidBucketName')
    throw new UsageError(`${JSON.stringify(name)} is no name for a bucket.`, {
      ...detail,
      code: 'bad_bucket',
      next: [OTHER_NAME],
    })
  throw cause
}

import type * as s3 from '@aws-sdk/client-s3'
import {
  CreateBucket$,
  DeleteBucketEncryption$,
  DeleteBucketLifecycle$,
  DeleteBucketOwnershipControls$,
  DeleteBucketPolicy$,
  DeletePublicAccessBlock$,
  GetBucketEncryption$,
  GetBucketLifecycleConfiguration$,
  GetBucketOwnershipControls$,
  GetBucketPolicy$,
  GetBucketVersioning$,
  GetPublicAccessBlock$,
  HeadBucket$,
  PutBucketEncryption$,
  PutBucketLifecycleConfiguration$,
  PutBucketOwnershipControls$,
  PutBucketPolicy$,
  PutBucketVersioning$,
  PutPublicAccessBlock$,
} from '@aws-sdk/client-s3'
import type {Account} from '../account.js'
import type {Handlers} from '../handlers.js'
import {bucketOf, s3Error} from '../objects.js'
import {type Bucket, openStorage, type Settings} from '../storage.js'
import {newBucket, sse} from '../storage-seed.js'

export const schemas = {
  CreateBucket$,
  DeleteBucketEncryption$,
  DeleteBucketLifecycle$,
  DeleteBucketOwnershipControls$,
  DeleteBucketPolicy$,
  DeletePublicAccessBlock$,
  GetBucketEncryption$,
  GetBucketLifecycleConfiguration$,
  GetBucketOwnershipControls$,
  GetBucketPolicy$,
  GetBucketVersioning$,
  GetPublicAccessBlock$,
  HeadBucket$,
  PutBucketEncryption$,
  PutBucketLifecycleConfiguration$,
  PutBucketOwnershipControls$,
  PutBucketPolicy$,
  PutBucketVersioning$,
  PutPublicAccessBlock$,
}

export const handlers: Handlers<typeof s3, typeof schemas> = {
  HeadBucket(input, account) {
    read(input, account)
    return {BucketRegion: account.inventory.where.region, AccessPointAlias: false}
  },
  CreateBucket({Bucket: name = '', CreateBucketConfiguration}, account) {
    const {region} = account.inventory.where
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
      throw s3Error('InvalidBucketName', 400, 'The specified bucket is not valid.', {BucketName: name})
    checkLocation(region, CreateBucketConfiguration?.LocationConstraint)
    return openStorage(account).update(({buckets}) => {
      if (Object.hasOwn(buckets, name)) alreadyYours(name, region)
      else buckets[name] = newBucket(account.now)
      return {Location: `/${name}`}
    })
  },
  GetBucketVersioning: (input, account) => ({Status: read(input, account).versioning}),
  PutBucketVersioning: (input, account) =>
    change(input, account, (bucket) => {
      const status = input.VersioningConfiguration?.Status
      const text = 'The Versioning element must be specified'
      if (!status) throw s3Error('IllegalVersioningConfigurationException', 400, text)
      bucket.versioning = status
    }),
  GetBucketEncryption: (input, account) => ({
    ServerSideEncryptionConfiguration: {Rules: setting(input, account, 'encryption')},
  }),
  PutBucketEncryption: (input, account) => put(input, account, 'encryption', encryptionIn(input)),
  DeleteBucketEncryption: (input, account) => put(input, account, 'encryption', sse()),
  GetPublicAccessBlock: (input, account) => ({
    PublicAccessBlockConfiguration: setting(input, account, 'publicAccess'),
  }),
  PutPublicAccessBlock: (input, account) => put(input, account, 'publicAccess', input.PublicAccessBlockConfiguration),
  DeletePublicAccessBlock: (input, account) => put(input, account, 'publicAccess', undefined),
  GetBucketPolicy: (input, account) => ({Policy: setting(input, account, 'policy')}),
  PutBucketPolicy: (input, account) => put(input, account, 'policy', policyIn(input.Policy!)),
  DeleteBucketPolicy: (input, account) => put(input, account, 'policy', undefined),
  GetBucketLifecycleConfiguration(input, account) {
    const {rules, minimum} = setting(input, account, 'lifecycle')
    return {Rules: rules, TransitionDefaultMinimumObjectSize: minimum ?? smallest}
  },
  PutBucketLifecycleConfiguration(input, account) {
    const {LifecycleConfiguration, TransitionDefaultMinimumObjectSize: minimum} = input
    put(input, account, 'lifecycle', {rules: LifecycleConfiguration?.Rules ?? [], minimum})
    return {TransitionDefaultMinimumObjectSize: minimum ?? smallest}
  },
  DeleteBucketLifecycle: (input, account) => put(input, account, 'lifecycle', undefined),
  GetBucketOwnershipControls: (input, account) => ({
    OwnershipControls: {Rules: setting(input, account, 'ownership')},
  }),
  PutBucketOwnershipControls: (input, account) => put(input, account, 'ownership', input.OwnershipControls?.Rules),
  DeleteBucketOwnershipControls: (input, account) => put(input, account, 'ownership', undefined),
}

const smallest = 'all_storage_classes_128K' as const

type Named = {Bucket?: string}

const read = ({Bucket: name}: Named, account: Account) => bucketOf(openStorage(account).read(), name)

function change({Bucket: name}: Named, account: Account, work: (bucket: Bucket) => void): object {
  openStorage(account).update((facts) => work(bucketOf(facts, name)))
  return {}
}

/** What S3 answers when a bucket does not have the setting that is asked for. */
const absent: Record<keyof Settings, [string, string]> = {
  encryption: [
    'ServerSideEncryptionConfigurationNotFoundError',
    'The server side encryption configuration was not found',
  ],
  publicAccess: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  policy: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  lifecycle: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  ownership: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
}

function setting<K extends keyof Settings>(input: Named, account: Account, name: K): NonNullable<Settings[K]> {
  const value = read(input, account).settings[name]
  if (value !== undefined) return value
  throw s3Error(absent[name][0], 404, absent[name][1], {BucketName: input.Bucket})
}

const put = <K extends keyof Settings>(input: Named, account: Account, name: K, value: Settings[K]) =>
  change(input, account, ({settings}) => {
    settings[name] = value
  })

const encryptionIn = ({ServerSideEncryptionConfiguration}: s3.PutBucketEncryptionCommandInput) =>
  (ServerSideEncryptionConfiguration?.Rules ?? []).map((rule) => ({BucketKeyEnabled: false, ...rule}))

function policyIn(text: string): string {
  if (/^\{[\s\S]*\}\s*$/.test(text) && isJson(text)) return text
  throw s3Error('MalformedPolicy', 400, "Policies must be valid JSON and the first byte must be '{'")
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function checkLocation(region: string, asked?: string): void {
  if (region === 'us-east-1' ? asked === undefined : asked === region) return
  if (region === 'us-east-1')
    throw s3Error('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid')
  const what = asked ? `${asked} location` : 'unspecified location'
  const text = `The ${what} constraint is incompatible for the region specific endpoint this request was sent to.`
  throw s3Error('IllegalLocationConstraintException', 400, text)
}

/** In us-east-1, and only there, S3 takes the creation of a bucket one has already for done. */
function alreadyYours(name: string, region: string): void {
  if (region === 'us-east-1') return
  const text = 'Your previous request to create the named bucket succeeded and you already own it.'
  throw s3Error('BucketAlreadyOwnedByYou', 409, text, {BucketName: name})
}

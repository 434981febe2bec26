import {createHash} from 'node:crypto'
import type {ServerSideEncryptionRule} from '@aws-sdk/client-s3'
import {digestOf, inventoryOf} from './inventory.js'
import type {State} from './state.js'
import type {Bucket, Facts, Settings, Version} from './storage.js'
import type {Table} from './tables.js'
import {stateDocument} from './terraform-state.js'

const day = 24 * 60 * 60_000

export const sse = (): ServerSideEncryptionRule[] => [
  {ApplyServerSideEncryptionByDefault: {SSEAlgorithm: 'AES256'}, BucketKeyEnabled: false},
]

/** What every new bucket has had since 2023. */
export const newBucket = (createdAt: number): Bucket => ({
  createdAt,
  settings: {
    encryption: sse(),
    publicAccess: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true},
    ownership: [{ObjectOwnership: 'BucketOwnerEnforced'}],
  },
  versions: [],
})

const namesOf = ({where}: State) => ({
  bucket: `${where.app}-terraform-state`,
  key: inventoryOf(where).stateKey,
  table: 'terraform-locks',
})

/** Where Terraform's states are kept; every sandbox begins with it, and nothing is written before it changes. */
export function seedStorage(state: State): Facts {
  const {bucket, key, table} = namesOf(state)
  const {seededAt} = state
  const versions = releases.map((release) => version(state, key, release))
  const digest = versions.at(-1)!.etag.replaceAll('"', '')
  return {
    seededAt,
    buckets: {[bucket]: stateBucket(bucket, seededAt, versions)},
    tables: {[table]: lockTable(seededAt, `${bucket}/${key}-md5`, digest)},
  }
}

/** Serials of the state and how long ago they were written. */
const releases = [
  {serial: 24, daysAgo: 9.1},
  {serial: 25, daysAgo: 6.2},
  {serial: 26, daysAgo: 2.05},
  {serial: 27, daysAgo: 1.3},
]

const bodyName = (serial: number) => `seed ${serial}`

/** The bytes of a seeded version: they are made of data each time, so they take no room on disk. */
export function seedBody({where}: State, name: string): Buffer | undefined {
  const [, serial] = /^seed (\d+)$/.exec(name) ?? []
  return serial ? Buffer.from(stateDocument(where, Number(serial))) : undefined
}

function version(state: State, key: string, {serial, daysAgo}: (typeof releases)[number]): Version {
  const bytes = seedBody(state, bodyName(serial))!
  const at = Math.floor((state.seededAt - daysAgo * day) / 1000) * 1000
  return {
    key,
    id: idOf(`${state.seededAt} ${key} ${serial}`),
    at,
    body: bodyName(serial),
    size: bytes.length,
    etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    type: 'application/json',
    encryption: {algorithm: 'AES256'},
    checksums: {ChecksumSHA256: createHash('sha256').update(bytes).digest('base64')},
  }
}

const idOf = (text: string) =>
  Buffer.from(digestOf(text).slice(0, 48), 'hex').toString('base64url').replaceAll('-', '.')

const stateBucket = (name: string, seededAt: number, versions: Version[]): Bucket => {
  const bucket = newBucket(seededAt - 30 * day)
  const settings = {...bucket.settings, policy: tlsOnly(name), lifecycle: lifecycle()}
  return {...bucket, versioning: 'Enabled', settings, versions}
}

const tlsOnly = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyInsecureTransport',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: {Bool: {'aws:SecureTransport': 'false'}},
      },
    ],
  })

const lifecycle = (): Settings['lifecycle'] => ({
  rules: [
    {
      ID: 'old-states',
      Status: 'Enabled',
      Filter: {Prefix: ''},
      NoncurrentVersionExpiration: {NoncurrentDays: 90, NewerNoncurrentVersions: 50},
      Expiration: {ExpiredObjectDeleteMarker: true},
      AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7},
    },
  ],
})

function lockTable(seededAt: number, digestId: string, digest: string): Table {
  const createdAt = seededAt - 30 * day
  return {
    createdAt,
    busyUntil: createdAt,
    attributes: [{AttributeName: 'LockID', AttributeType: 'S'}],
    keys: [{AttributeName: 'LockID', KeyType: 'HASH'}],
    billing: 'PAY_PER_REQUEST',
    protected: true,
    recovery: {since: createdAt, days: 35},
    items: {[JSON.stringify([{S: digestId}])]: {LockID: {S: digestId}, Digest: {S: digest}}},
  }
}

import {createHash, randomUUID} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type {ComputePlatform} from '@aws-sdk/client-codedeploy'
import type {
  LifecycleRule,
  OwnershipControlsRule,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
  TransitionDefaultMinimumObjectSize,
} from '@aws-sdk/client-s3'
import type {Account} from './account.js'
import type {JsonFile} from './json-file.js'
import type {Parameters} from './parameters.js'
import type {State} from './state.js'
import {seedBody, seedStorage} from './storage-seed.js'
import type {Table} from './tables.js'

export type Encryption = {algorithm: string; key?: string; bucketKey?: boolean}

/** One version of an object; `body` is the name of its bytes. A delete marker has none. */
export type Version = {
  key: string
  id: string
  at: number
  body: string
  size: number
  etag: string
  marker?: boolean
  type?: string
  metadata?: Record<string, string>
  encryption?: Encryption
  checksums?: Record<string, string>
}

export type Settings = {
  encryption: ServerSideEncryptionRule[]
  publicAccess?: PublicAccessBlockConfiguration
  policy?: string
  lifecycle?: {rules: LifecycleRule[]; minimum?: TransitionDefaultMinimumObjectSize}
  ownership?: OwnershipControlsRule[]
}

export type Part = Pick<Version, 'body' | 'size' | 'etag'>

/** An object that is on its way in parts. */
export type Upload = Pick<Version, 'key' | 'type' | 'metadata' | 'encryption'> & {parts: Record<number, Part>}

/** The versions are in the order in which they came: the last one of a key is the current one. */
export type Bucket = {
  createdAt: number
  versioning?: 'Enabled' | 'Suspended'
  settings: Settings
  versions: Version[]
  uploads?: Record<string, Upload>
}

/** An application of CodeDeploy that somebody made here, with its groups as they were given. */
export type MadeApplication = {
  at: number
  platform: ComputePlatform
  tags: Record<string, string>
  groups: Record<string, {tags: Record<string, string>; given: object}>
}

export type Facts = {
  seededAt: number
  buckets: Record<string, Bucket>
  tables: Record<string, Table>
  applications?: Record<string, MadeApplication>
  parameters?: Parameters
  /** Of the simulated application and its group, by ARN. */
  tags?: Record<string, Record<string, string>>
}

const files = new Map<string, JsonFile<Facts>>()

const seeds = new WeakMap<State, Facts>()

/** For readers, as long as nothing has been written. */
function seeded(state: State): Facts {
  const facts = seeds.get(state) ?? seedStorage(state)
  seeds.set(state, facts)
  return facts
}

/** Buckets and tables of an account. They belong to one sandbox: when that was reset since, they begin again too. */
export function openStorage({beside: {folder, index}, state}: Account) {
  const fresh = () => seedStorage(state)
  const file = files.get(folder) ?? index(fresh)
  files.set(folder, file)
  const update = <T>(change: (facts: Facts) => T): T =>
    file.update((facts) => {
      if (facts.seededAt !== state.seededAt) Object.assign(facts, fresh())
      const answer = change(facts)
      dropBodies(folder, facts)
      return answer
    })
  const written = () => {
    const facts = fs.existsSync(folder) ? file.read() : undefined
    return facts?.seededAt === state.seededAt ? facts : undefined
  }
  return {
    read: () => written() ?? seeded(state),
    /** Without what every sandbox begins with. */
    written,
    update,
    body: (name: string) => seedBody(state, name) ?? fs.readFileSync(path.join(folder, name)),
    /** Only within `update`: another process might drop the bytes again before anything points to them. */
    keep: (bytes: Uint8Array) => keep(folder, bytes),
  }
}

function keep(folder: string, bytes: Uint8Array): string {
  const name = createHash('sha256').update(bytes).digest('hex')
  const place = path.join(folder, name)
  if (fs.existsSync(place)) return name
  const draft = `${place}.${randomUUID()}.tmp`
  fs.writeFileSync(draft, bytes, {mode: 0o600})
  fs.renameSync(draft, place)
  return name
}

/** Bytes that no version points to any more: deleted ones, and those of a sandbox before a reset. */
function dropBodies(folder: string, {buckets}: Facts): void {
  const held = Object.values(buckets).flatMap(({versions, uploads = {}}) => [
    ...versions,
    ...Object.values(uploads).flatMap(({parts}) => Object.values(parts)),
  ])
  const kept = new Set(held.map(({body}) => body))
  for (const name of fs.readdirSync(folder))
    if (/^[0-9a-f]{64}$/.test(name) && !kept.has(name)) fs.rmSync(path.join(folder, name), {force: true})
}

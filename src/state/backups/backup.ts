import {createHash, randomUUID} from 'node:crypto'

import {FbError, Refused} from '../../errors.js'
import type {Fingerprint} from '../../fingerprint.js'
import {countResources, readDocument} from '../document/document.js'
import type {Objects, Stored} from '../store.js'

/** What a backup is, beside its exact bytes. It is written last: without it there is no backup. */
export type Manifest = {
  format: 1
  app: string
  env: string
  /** Of the state; all four are missing when the bytes were no state that could be read. */
  serial?: number
  lineage?: string
  terraformVersion?: string
  resources?: number
  bytes: number
  sha256: string
  /** The S3 version that it is a copy of. */
  versionId?: string
  at: string
  by: string
  /** The command that took it. */
  why: string
  /** The KMS key that it is encrypted with on top of how the bucket or disk is. */
  encryptedWith?: string
  /** A labelled backup is kept until somebody deletes it. */
  label?: string
}

/** Who takes a backup, and why. */
export type Occasion = {by: string; why: string; label?: string; at: Date}

/** Where backups go: in `objects`, under keys that begin with `prefix`. The environment's own are known by name. */
export type Place = {objects: Objects; prefix: string; of: Owner; own?: true; kmsKey?: string}

/** Whose backups; a place may hold those of others as well, which are none of our business. */
export type Owner = {app: string; env: string}

/** A place for one backup has its name. */
export type BackupPlace = Place & {name?: string}

export type Backup = {name: string; manifest: Manifest}

const BODY = '.tfstate'
const MANIFEST = '.manifest.json'

export const bodyKey = ({prefix}: Place, name: string): string => `${prefix}${name}${BODY}`

/** Writes the exact bytes, reads them back, and only then says that there is a backup. */
export async function backUp(place: BackupPlace, stored: Stored, occasion: Occasion): Promise<Backup> {
  const {at, ...facts} = occasion
  const manifest: Manifest = {
    format: 1,
    ...place.of,
    ...facts,
    ...factsOf(stored.bytes),
    bytes: stored.bytes.length,
    sha256: sha256(stored.bytes),
    versionId: stored.versionId,
    encryptedWith: place.kmsKey,
    at: at.toISOString(),
  }
  const name = place.name ?? nameOf(manifest)
  const {objects, kmsKey} = place
  await objects.add(bodyKey(place, name), stored.bytes, {kmsKey})
  verify(await objects.fingerprint(bodyKey(place, name)), manifest, `${objects.place}${bodyKey(place, name)}`)
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  await objects.add(manifestKey(bodyKey(place, name)), Buffer.from(text), {kmsKey})
  return {name, manifest}
}

const manifestKey = (body: string): string => `${body.replace(/\.tfstate$/, '')}${MANIFEST}`

/** A broken state is worth a backup too: it is all there is. */
function factsOf(bytes: Buffer): Partial<Manifest> {
  try {
    const document = readDocument(bytes, 'the state')
    const {serial, lineage, terraformVersion} = document
    return {serial, lineage, terraformVersion, resources: countResources(document)}
  } catch {
    return {}
  }
}

/** Sorts by age, also within a second: `20261123-101500417-a1b2`. */
const nameOf = ({at}: Manifest): string =>
  [at.slice(0, 10).replaceAll('-', ''), at.slice(11, 23).replace(/[:.]/g, ''), randomUUID().slice(0, 4)].join('-')

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

function verify(found: Fingerprint | undefined, {sha256, bytes}: Manifest, where: string): void {
  if (found?.sha256 === sha256 && found.bytes === bytes) return
  throw new FbError(`The backup did not come back as it was written to ${where}.`, {
    code: 'backup_not_verified',
    because: [`written ${bytes} bytes, SHA-256 ${sha256}`, `read ${found?.bytes ?? 0} bytes, SHA-256 ${found?.sha256}`],
  })
}

/** The newest backups of a place, newest first, and the names of those whose manifest cannot be read. */
export async function listBackups(place: Place, most: number): Promise<{backups: Backup[]; damaged: string[]}> {
  const names = (await backupNames(place)).slice(0, most)
  const read = await inTurns(names, async (name) => ({
    name,
    manifest: await readManifest(place.objects, bodyKey(place, name)).catch(unlessChanged),
  }))
  const whole = read.flatMap(({name, manifest}) => (manifest ? [{name, manifest}] : []))
  const backups = whole.filter(({manifest: {app, env}}) => app === place.of.app && env === place.of.env)
  return {backups, damaged: read.filter(({manifest}) => manifest === null).map(({name}) => name)}
}

/** One that somebody has spoilt must not hide the others. */
function unlessChanged(error: unknown): null {
  if (error instanceof Refused) return null
  throw error
}

/** Newest first. */
export async function backupNames({objects, prefix}: Place): Promise<string[]> {
  const keys = await objects.list(prefix)
  const names = keys.filter((key) => key.endsWith(MANIFEST)).map((key) => key.slice(prefix.length, -MANIFEST.length))
  return names
    .filter((name) => !name.includes('/'))
    .sort()
    .reverse()
}

/** What lies beside a state's bytes; nothing when it is not a backup, or one that was never finished. */
export async function readManifest(objects: Objects, body: string): Promise<Manifest | undefined> {
  const key = manifestKey(body)
  const stored = await objects.get(key)
  if (!stored) return undefined
  try {
    const manifest = JSON.parse(stored.bytes.toString()) as Manifest
    if (manifest.format === 1 && typeof manifest.sha256 === 'string') return manifest
  } catch {}
  throw changed(`${objects.place}${key} is not what fb wrote.`, [])
}

/** The bytes of a backup, which must be the ones that were backed up. */
export async function openBackup(place: Place, name: string): Promise<{stored: Stored; manifest: Manifest}> {
  const key = bodyKey(place, name)
  const where = `${place.objects.place}${key}`
  const [stored, manifest] = await Promise.all([place.objects.get(key), readManifest(place.objects, key)])
  if (!stored || !manifest) throw changed(`${where} is gone, or only half of it is there.`, [])
  return {stored: verified(stored, manifest, where), manifest}
}

export function verified(stored: Stored, manifest: Manifest, where: string): Stored {
  const found = sha256(stored.bytes)
  if (found === manifest.sha256) return stored
  throw changed(`${where} is not what was backed up: somebody or something has changed it.`, [
    `SHA-256 in its manifest ${manifest.sha256}`,
    `SHA-256 of its bytes    ${found}`,
  ])
}

const changed = (message: string, because: string[]) =>
  new Refused(message, {code: 'backup_changed', because, state: 'Nothing was changed.', next: ['fb state backups']})

export type Retention = {keep?: number; maxAgeMs?: number}

/**
 * Deletes what is beyond the retention, except the newest and what has a label; the names that went. `keep` counts the backups of
 * the same command: those that rm, mv or restore took are somebody's way back.
 */
export async function prune(place: Place, retention: Retention, {at, why}: Occasion): Promise<string[]> {
  const {keep = Infinity, maxAgeMs = Infinity} = retention
  if (keep === Infinity && maxAgeMs === Infinity) return []
  const {backups} = await listBackups(place, Infinity)
  const counted = new Set(backups.filter(({manifest}) => manifest.why === why).slice(keep))
  const tooOld = ({manifest}: Backup) => at.getTime() - Date.parse(manifest.at) > maxAgeMs
  const beyond = backups.slice(1).filter((one) => !one.manifest.label && (counted.has(one) || tooOld(one)))
  const names = beyond.map(({name}) => name)
  // The manifest first: half a deletion must not leave something that looks like a backup.
  await place.objects.remove(names.map((name) => bodyKey(place, name)).flatMap((body) => [manifestKey(body), body]))
  return names
}

const AT_ONCE = 8

/** A few at a time: a bucket may hold years of them. */
export async function inTurns<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < items.length; i += AT_ONCE)
    results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(work))))
  return results
}

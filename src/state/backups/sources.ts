import {nearest} from '../../config/nearest.js'
import {NotFound} from '../../errors.js'
import {currentState} from '../current.js'
import {readDocument, type StateDocument} from '../document/document.js'
import type {Checked} from '../locks/digest.js'
import type {Objects, StateStore, Stored} from '../store.js'
import {backupNames, bodyKey, type Manifest, openBackup, type Place, readManifest, verified} from './backup.js'

/** A state that a person named. */
export type Source = {
  name: string
  /** Where it lies, for the eyes. */
  from: string
  stored: Stored
  document: StateDocument
  /** What is known of it besides its bytes; only of backups. */
  manifest?: Manifest
  /** Of the current one. */
  digest?: Checked
}

/** Where a name may lead: the state itself and its versions, its backups, files, other buckets. */
export type Reach = {
  store: StateStore
  backups: Place
  files: Objects
  bucket(name: string): Promise<Objects>
}

/** The newest versions of a state that a name is looked for in. */
const VERSIONS = 1000

/** Reads `current`, a backup by name, an S3 version by id, a file, or an s3:// object. The beginning of a name will do. */
export async function readSource(reach: Reach, name: string): Promise<Source> {
  const {store, files} = reach
  if (name === 'current') return fromStore(store)
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(name) ?? []
  if (bucket && key) return fromObject(await reach.bucket(bucket), key, name, name)
  if (/[/\\]|\.tfstate$/.test(name)) return fromObject(files, name, name, name)
  return fromHistory(reach, name)
}

async function fromStore(store: StateStore): Promise<Source> {
  const state = await currentState(store, {lenient: true})
  return {name: 'current', from: 'the state', stored: state, document: state, digest: state}
}

async function fromObject(objects: Objects, key: string, from: string, name: string): Promise<Source> {
  const [stored, manifest] = await Promise.all([objects.get(key), readManifest(objects, key)])
  if (!stored) throw new NotFound(`There is no ${from}.`, {code: 'no_such_state', next: ['fb state backups']})
  if (manifest) verified(stored, manifest, from)
  return {name, from, stored, manifest, document: readDocument(stored.bytes, from)}
}

async function fromHistory({store, backups}: Reach, name: string): Promise<Source> {
  const [names, versions] = await Promise.all([backupNames(backups), store.versions(store.key, VERSIONS)])
  const ids = versions.filter(({deleted}) => !deleted).map(({versionId}) => versionId)
  const found = [...names, ...ids].filter((known) => known === name || known.startsWith(name))
  const exact = found.find((known) => known === name) ?? (found.length === 1 ? found[0] : undefined)
  if (!exact) throw found.length > 1 ? ambiguous(name, found) : unknown(name, [...names, ...ids])
  if (names.includes(exact)) return fromBackup(backups, exact)
  const stored = await store.objects.get(store.key, exact)
  if (!stored) throw unknown(name, [])
  const from = `version ${exact}`
  return {name: exact, from, stored, document: readDocument(stored.bytes, from)}
}

async function fromBackup(backups: Place, name: string): Promise<Source> {
  const {stored, manifest} = await openBackup(backups, name)
  const from = `${backups.objects.place}${bodyKey(backups, name)}`
  return {name, from, stored, manifest, document: readDocument(stored.bytes, `the backup ${name}`)}
}

const ambiguous = (name: string, found: string[]) =>
  new NotFound(`${JSON.stringify(name)} is the beginning of several names.`, {
    code: 'ambiguous',
    because: found.slice(0, 5),
    next: ['fb state backups'],
  })

function unknown(name: string, known: string[]): NotFound {
  const near = nearest(name, known)
  return new NotFound(`There is no backup and no version ${JSON.stringify(name)}.`, {
    code: 'no_such_state',
    because: near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : [],
    next: ['fb state backups'],
  })
}

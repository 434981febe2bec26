import type {Caller} from './aws/sts.js'
import {UsageError} from './errors.js'
import {aws, type Site} from './site.js'
import type {Goal} from './state/backend/backend.js'
import type {BackupPlace, Place} from './state/backups/backup.js'
import type {Reach} from './state/backups/sources.js'
import type {Worker} from './state/locks/lock.js'
import type {Writing} from './state/replace.js'
import type {Objects, StateStore} from './state/store.js'

/** The bucket and the lock table as they should be. */
export function backendGoal({state, names, environment}: Site, {account, arn}: Caller): Goal {
  const region = state.region ?? environment.region
  const plainHttp = environment.endpoints?.s3?.startsWith('http:')
  return {...state, app: names.repository, region, account, partition: arn.split(':')[1]!, plainHttp}
}

/** Everywhere a person's name for a state may lead. */
export async function reachOf(site: Site, directory: string): Promise<Reach> {
  const [store, {bucket}, files] = await Promise.all([
    aws(site, 'state'),
    aws(site, 'buckets'),
    filesOf(site, directory),
  ])
  return {store, backups: ownBackups(site, store), files, bucket: async (name) => bucket(name)}
}

async function filesOf(site: Site, directory: string, kmsKey?: string) {
  const [{files}, {sealed}] = await Promise.all([import('./local/files.js'), import('./local/sealed.js')])
  return sealed(files(directory), () => aws(site, 'keys'), kmsKey)
}

const ownerOf = ({names, environment}: Site) => ({app: names.repository, env: environment.name})

const ownBackups = (site: Site, {objects}: StateStore): Place => ({
  objects,
  prefix: site.names.backups,
  own: true,
  of: ownerOf(site),
})

type Wanted = {to?: string; keep?: number; 'max-age'?: number; encrypt?: boolean}

/** Where a backup goes. A name that ends with a slash, or a directory, is a place for many; anything else is one file. */
export async function backupPlace(site: Site, wanted: Wanted, directory: string): Promise<BackupPlace> {
  const kmsKey = wanted.encrypt ? site.names.kmsKey : undefined
  if (wanted.to === undefined) return {...ownBackups(site, await aws(site, 'state')), kmsKey}
  const {objects, path} = await somewhere(site, wanted.to, directory, kmsKey)
  const of = ownerOf(site)
  if (path === '' || path.endsWith('/')) return {objects, prefix: path, of, kmsKey}
  if (wanted.keep !== undefined || wanted['max-age'] !== undefined) throw oneFile(wanted.to)
  const end = path.lastIndexOf('/') + 1
  return {objects, prefix: path.slice(0, end), of, name: path.slice(end).replace(/\.tfstate$/, ''), kmsKey}
}

type Somewhere = {objects: Objects; path: string}

async function somewhere(site: Site, to: string, directory: string, kmsKey?: string): Promise<Somewhere> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(to) ?? []
  if (bucket) return {objects: (await aws(site, 'buckets')).bucket(bucket), path: key!}
  const objects = await filesOf(site, directory, kmsKey)
  return {objects, path: (await objects.isDirectory(to)) && !to.endsWith('/') ? `${to}/` : to}
}

const oneFile = (to: string) =>
  new UsageError(`${to} is one file: there is nothing older to delete beside it.`, {
    code: 'bad_place',
    state: 'Nothing was changed.',
    next: [`--to ${to}/`],
  })

/** The environment's state, as soon as nobody holds it or the time is up: what is planned on it should stay true. */
export async function freeState(site: Site, lockTimeout: number, say: (line: string) => void): Promise<StateStore> {
  const store = await aws(site, 'state')
  const {clock, connection} = site
  if (lockTimeout > 0) {
    const {untilFree} = await import('./state/locks/lock.js')
    await untilFree(store, {clock, signal: connection.signal, lockTimeout}, say)
  }
  return store
}

/** Ctrl-C does not cancel its calls: what writes a state ends by itself where that leaves it whole. */
const steady = (site: Site): Site => ({
  ...site,
  adapters: new Map(),
  connection: {...site.connection, signal: new AbortController().signal},
})

/** A state under another key of the same bucket. */
export const storeAt = (site: Site, stateKey: string): Promise<StateStore> =>
  aws(steady({...site, names: {...site.names, stateKey}}), 'state')

/** The environment's state with both kinds of lock, whatever fb.yml says. */
export function bothLocks(site: Site): Promise<StateStore> {
  const {lockTable, unusedTable, ...rest} = site.state
  return aws(steady({...site, state: {...rest, lockTable: lockTable ?? unusedTable, lockfile: true}}), 'state')
}

type Hands = {caller: Caller; worker: Worker; lockTimeout: number}

/** What it takes to write the environment's state. */
export async function writingOf(site: Site, {caller, worker, lockTimeout}: Hands): Promise<Writing> {
  const store = await aws(steady(site), 'state')
  const {clock, connection} = site
  return {
    store,
    backups: ownBackups(site, store),
    by: caller.arn,
    worker,
    clock,
    lockTimeout,
    signal: connection.signal,
  }
}

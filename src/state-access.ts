import type {Caller} from './aws/sts.js'
import {aws, type Site} from './site.js'
import type {Place} from './state/backup.js'
import type {Worker} from './state/lock.js'
import type {Writing} from './state/replace.js'
import type {Reach} from './state/sources.js'
import type {StateStore} from './state/store.js'

/** Everywhere a person's name for a state may lead. */
export async function reachOf(site: Site, directory: string): Promise<Reach> {
  const [store, {bucket}, {files}] = await Promise.all([
    aws(site, 'state'),
    aws(site, 'buckets'),
    import('./local/files.js'),
  ])
  return {store, backups: ownBackups(site, store), files: files(directory), bucket: async (name) => bucket(name)}
}

const ownBackups = ({names}: Site, {objects}: StateStore): Place => ({objects, prefix: names.backups})

/** Ctrl-C does not cancel its calls: what writes a state ends by itself where that leaves it whole. */
const steady = (site: Site): Site => ({
  ...site,
  adapters: new Map(),
  connection: {...site.connection, signal: new AbortController().signal},
})

type Hands = {caller: Caller; worker: Worker; lockTimeout: number}

/** What it takes to write the environment's state. */
export async function writingOf(site: Site, {caller, worker, lockTimeout}: Hands): Promise<Writing> {
  const store = await aws(steady(site), 'state')
  const {names, environment, clock, connection} = site
  return {
    store,
    backups: ownBackups(site, store),
    occasion: {app: names.repository, env: environment.name, by: caller.arn},
    worker,
    clock,
    lockTimeout,
    signal: connection.signal,
  }
}

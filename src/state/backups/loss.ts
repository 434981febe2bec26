import type {StateStore} from '../store.js'
import {listBackups} from './backup.js'

/** A state that is not there any more, and what it can be restored from. */
export type Loss = {
  /** Unknown where the bucket keeps no versions. */
  deleted?: Date
  from: 'version' | 'backup'
  /** As `fb state restore` takes it. */
  newest: string
}

const BACKUPS = 5
/** Of states that somebody deletes again and again, the newest that was none of these deletions is within this. */
const VERSIONS = 50

/** Undefined when there is nothing that it could be restored from: most likely there never was a state. */
export async function lossOf(
  store: Pick<StateStore, 'key' | 'versions' | 'backups' | 'objects'>,
): Promise<Loss | undefined> {
  const {key, versions, objects, backups: prefix} = store
  const [app = '', env = ''] = key.split('/')
  const [known, {backups}] = await Promise.all([
    versions(key, VERSIONS).catch(() => []),
    listBackups({objects, prefix, of: {app, env}}, BACKUPS).catch(() => ({backups: []})),
  ])
  const deleted = known[0]?.deleted ? known[0].at : undefined
  const version = known.find((one) => !one.deleted)
  if (version) return {deleted, from: 'version', newest: version.versionId}
  return backups[0] ? {deleted, from: 'backup', newest: backups[0].name} : undefined
}

export const lossText = ({deleted, from, newest}: Loss): string =>
  `The state was deleted${deleted ? ` at ${deleted.toISOString().replace('.000', '')}` : ''}; the newest ${from} is ${newest}.`

export const lostText = (loss: Loss | undefined): string => (loss ? lossText(loss) : 'There is a digest, and no state.')

export const lostNext = (env: string, loss: Loss | undefined): string[] =>
  loss ? [`fb state restore ${loss.newest} --env ${env}`] : [`fb state recover errored.tfstate --env ${env}`]

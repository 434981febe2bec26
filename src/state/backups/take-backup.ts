import {explain, PartlyDone} from '../../errors.js'
import type {Canvas} from '../../events.js'
import {currentState} from '../current.js'
import type {StateStore} from '../store.js'
import {verdict} from '../verdict.js'
import {bytesText, count} from '../words.js'
import {type BackupPlace, backUp, bodyKey, type Manifest, type Occasion, prune, type Retention} from './backup.js'

export type BackupTaken = {
  /** What `fb state restore` takes. */
  name: string
  /** Where its bytes are. */
  at: string
  manifest: Manifest
  /** Names of older backups that the retention has deleted. */
  deleted: string[]
}

/** Backs up the state that is there now, then deletes what the retention no longer keeps. */
export async function takeBackup(
  store: StateStore,
  place: BackupPlace,
  occasion: Occasion,
  retention: Retention,
): Promise<BackupTaken> {
  const {name, manifest} = await backUp(place, await currentState(store, {lenient: true}), occasion)
  const deleted = await prune(place, retention, occasion).catch((error: unknown) => {
    throw notPruned(error, name)
  })
  const at = `${place.objects.place}${bodyKey(place, name)}`
  return {name: place.own ? name : at, at, manifest, deleted}
}

export function backupText({name, at, manifest, deleted}: BackupTaken, canvas: Canvas): string[] {
  const {env, serial, resources = 0, bytes, sha256, encryptedWith} = manifest
  const size = `serial ${serial}, ${count(resources, 'resource')}, ${bytesText(bytes)}`
  return verdict(
    `The state of ${env} is backed up: ${size}.`,
    [
      ['Backup', [at, `SHA-256 ${sha256}, read back`, ...(encryptedWith ? [`encrypted with ${encryptedWith}`] : [])]],
      ['Gone', deleted.length > 0 ? [count(deleted.length, 'older backup')] : []],
      ['Next', [`fb state restore ${name} --env ${env}`]],
    ],
    canvas,
  )
}

function notPruned(error: unknown, name: string): PartlyDone {
  const {message, because} = explain(error)
  return new PartlyDone('The backup is taken, and older ones could not be deleted.', {
    code: 'not_pruned',
    because: [message, ...because],
    state: `The backup ${name} is there, read back.`,
    next: ['fb state backups'],
    cause: error,
  })
}

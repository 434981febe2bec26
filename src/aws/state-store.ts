import type {Names} from '../config/names.js'
import type {StateSettings} from '../config/settings.js'
import type {StateStore} from '../state/store.js'
import type {Connection} from './clients.js'
import {s3} from './s3.js'

/** One environment's state in S3, with the locks that fb.yml asks for. */
export async function stateStore(connection: Connection, settings: StateSettings, names: Names): Promise<StateStore> {
  const {bucket, lockTable, lockfile} = settings
  const key = names.stateKey
  const {objects, versions, replace, lockfile: fileLock} = s3(connection, bucket)
  const path = `${bucket}/${key}`
  const table = lockTable && (await import('./dynamodb.js')).dynamodb(connection, lockTable, path)
  return {
    key,
    path,
    objects,
    versions,
    replace: (bytes, etag) => replace(key, bytes, etag),
    locks: [...(lockfile ? [fileLock(key)] : []), ...(table ? [table.lock] : [])],
    digest: async () => (table ? table.digest() : undefined),
    setDigest: async (md5) => (table ? table.setDigest(md5) : undefined),
  }
}

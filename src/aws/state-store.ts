import type {Names} from '../config/names.js'
import type {StateSettings} from '../config/settings.js'
import type {StateStore} from '../state/store.js'
import type {Connection} from './clients.js'
import {s3} from './s3.js'

/** One environment's state in S3, with the locks that fb.yml asks for. */
export async function stateStore(connection: Connection, settings: StateSettings, names: Names): Promise<StateStore> {
  const {bucket, lockTable, lockfile, unusedTable} = settings
  const key = names.stateKey
  const {objects, versions, replace, lockfile: fileLock} = s3(connection, bucket)
  const path = `${bucket}/${key}`
  const {dynamodb} = await import('./dynamodb.js')
  const table = lockTable ? dynamodb(connection, lockTable, path) : undefined
  const unused = unusedTable ? dynamodb(connection, unusedTable, path).lock : undefined
  return {
    key,
    path,
    objects,
    backups: names.backups,
    versions,
    replace: (bytes, etag) => replace(key, bytes, etag),
    others: [...(lockfile ? [] : [fileLock(key)]), ...(unused ? [unused] : [])],
    locks: [...(lockfile ? [fileLock(key)] : []), ...(table ? [table.lock] : [])],
    digest: async () => (table ? table.digest() : undefined),
    setDigest: async (md5) => (table ? table.setDigest(md5) : undefined),
  }
}

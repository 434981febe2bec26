import {setImmediate as nextTurn} from 'node:timers/promises'
import type {Names} from '../config/names.js'
import type {StateSettings} from '../config/settings.js'
import type {StateStore} from '../state/store.js'
import type {Connection} from './clients.js'
import type {dynamodb} from './dynamodb.js'
import {s3} from './s3.js'

/** One environment's state in S3, with the locks that fb.yml asks for. */
export async function stateStore(connection: Connection, settings: StateSettings, names: Names): Promise<StateStore> {
  const {bucket, lockTable, lockfile, unusedTable} = settings
  const key = names.stateKey
  const {objects, versions, replace, lockfile: fileLock} = s3(connection, bucket)
  const path = `${bucket}/${key}`
  const table = lockTable ? tableAt(connection, lockTable, path) : undefined
  const unused = unusedTable ? tableAt(connection, unusedTable, path).lock : undefined
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

/** Loaded once the request for the state is on its way: the wait for its answer pays for it. */
function tableAt(connection: Connection, name: string, path: string): ReturnType<typeof dynamodb> {
  let loaded: Promise<ReturnType<typeof dynamodb>> | undefined
  const table = () => {
    loaded ??= nextTurn()
      .then(() => import('./dynamodb.js'))
      .then((module) => module.dynamodb(connection, name, path))
    return loaded
  }
  return {
    lock: {
      name: `DynamoDB table ${name}`,
      read: async () => (await table()).lock.read(),
      take: async (info) => (await table()).lock.take(info),
      free: async (info) => (await table()).lock.free(info),
    },
    digest: async () => (await table()).digest(),
    setDigest: async (md5) => (await table()).setDigest(md5),
  }
}

import {fingerprintOf, md5} from '../../src/fingerprint.js'
import type {Lock, Objects, StateStore, Version} from '../../src/state/store.js'

type Kept = {bytes: Buffer; versionId: string; at: Date; deleted: boolean}

/** A bucket, two locks and a digest in memory. `before` hears of every call and may throw, as a dying process would. */
export function memoryStore({before = (_: string) => {}, key = 'app/dev/terraform.tfstate', locks = 1} = {}) {
  const objects = new Map<string, Kept[]>()
  const held = new Map<string, string>()
  const seen = {digest: undefined as string | undefined, calls: [] as string[]}
  let ids = 0
  const call = (name: string) => {
    before(name)
    seen.calls.push(name)
  }
  const newest = (name: string) => {
    const last = objects.get(name)?.at(-1)
    return last?.deleted ? undefined : last
  }
  const find = (name: string, versionId?: string) =>
    versionId ? objects.get(name)?.find((kept) => kept.versionId === versionId) : newest(name)
  const put = (name: string, bytes: Buffer, deleted = false) => {
    const kept = {bytes: Buffer.from(bytes), versionId: `version${++ids}`, at: new Date(ids * 1000), deleted}
    objects.set(name, [...(objects.get(name) ?? []), kept])
  }
  const bucket: Objects = {
    place: 's3://bucket/',
    async get(name, versionId) {
      call('get')
      const kept = find(name, versionId)
      return kept && {...kept, bytes: Buffer.from(kept.bytes), etag: md5(kept.bytes)}
    },
    async fingerprint(name, versionId) {
      call('fingerprint')
      const kept = find(name, versionId)
      return kept && fingerprintOf([kept.bytes])
    },
    async add(name, bytes) {
      call('add')
      if (objects.has(name)) throw new Error(`${name} is there already`)
      put(name, bytes)
    },
    async remove(names) {
      for (const name of names) {
        call('remove')
        objects.delete(name)
      }
    },
    async list(prefix) {
      call('list')
      return [...objects.keys()].filter((name) => name.startsWith(prefix))
    },
  }
  const lock = (name: string): Lock => ({
    name,
    async read() {
      call(`read ${name}`)
      return held.get(name)
    },
    async take(info) {
      call(`take ${name}`)
      if (held.has(name)) return false
      held.set(name, info)
      return true
    },
    async free(info) {
      call(`free ${name}`)
      return held.get(name) === info && held.delete(name)
    },
  })
  const store: StateStore = {
    key,
    path: `bucket/${key}`,
    objects: bucket,
    backups: 'backups/dev/',
    async versions(name, most): Promise<Version[]> {
      call('versions')
      const all = (objects.get(name) ?? []).toReversed()
      return all
        .map(({bytes, versionId, at, deleted}, i) => ({versionId, at, bytes: bytes.length, latest: i === 0, deleted}))
        .slice(0, most)
    },
    async replace(bytes, etag) {
      call('replace')
      const there = newest(key)
      if ((there && md5(there.bytes)) !== etag) return false
      put(key, bytes)
      return true
    },
    locks: ['lockfile', 'table'].slice(-locks).map(lock),
    others: ['other'].map(lock),
    async digest() {
      call('digest')
      return seen.digest
    },
    async setDigest(value) {
      call('setDigest')
      seen.digest = value
    },
  }
  return {
    store,
    objects,
    held,
    seen,
    put,
    /** Puts a mark of deletion over it, as S3 does where it keeps versions. */
    erase: (name = key) => put(name, Buffer.of(), true),
    current: () => newest(key)?.bytes,
    bytesOf: (name: string) => newest(name)?.bytes,
  }
}

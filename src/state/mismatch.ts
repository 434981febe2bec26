import type {StateStore, Version} from './store.js'

/** A state and a digest that is not its own. */
export type Mismatch = {
  md5: string
  digest: string
  /** The version that the digest is of, among as many of the newest as were compared. */
  version?: Pick<Version, 'versionId' | 'at'>
  compared: number
}

const VERSIONS = 10

/** What tells a write that was cut off from one by hand: whether the digest is that of an older version. */
export async function mismatchOf({objects, key, versions, digest}: StateStore): Promise<Mismatch | undefined> {
  const [there, wanted, known] = await Promise.all([objects.fingerprint(key), digest(), versions(key, VERSIONS)])
  if (!there || !wanted || there.md5 === wanted) return undefined
  const older = known.filter(({latest, deleted}) => !latest && !deleted)
  // One at a time, newest first: it mostly is one of the first, and they may have 100 MB.
  for (const {versionId, at} of older) {
    const found = await objects.fingerprint(key, versionId)
    if (found?.md5 === wanted) return {md5: there.md5, digest: wanted, version: {versionId, at}, compared: older.length}
  }
  return {md5: there.md5, digest: wanted, compared: older.length}
}

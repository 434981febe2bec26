import type {StateStore, Version} from '../store.js'

/** A state and a digest that is not its own. */
export type Mismatch = {
  md5: string
  digest: string
  /** The version that the digest is of, among as many of the newest as were compared. */
  version?: Pick<Version, 'versionId' | 'at'>
  compared: number
}

const VERSIONS = 10

/**
 * What tells a write that was cut off from one by hand: whether the digest is that of an older version. Who may not read
 * these is told the rest.
 */
export async function mismatchOf({objects, key, versions, digest}: StateStore): Promise<Mismatch | undefined> {
  const known = versions(key, VERSIONS).catch(() => [])
  const [there, wanted] = await Promise.all([objects.fingerprint(key), digest()])
  if (!there || !wanted || there.md5 === wanted) return undefined
  const found = {md5: there.md5, digest: wanted, compared: 0}
  // One at a time, newest first: it mostly is one of the first, and they may have 100 MB.
  for (const {versionId, at} of (await known).filter(({latest, deleted}) => !latest && !deleted)) {
    const older = await objects.fingerprint(key, versionId).catch(() => undefined)
    if (older) found.compared++
    if (older?.md5 === wanted) return {...found, version: {versionId, at}}
  }
  return found
}

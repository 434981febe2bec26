import {AccessError, explain, NotFound, UsageError} from '../errors.js'
import type {Wish} from './change.js'
import {noParameter} from './get.js'
import {keyOf, nameOf} from './names.js'
import type {ReadStore, Version} from './store.js'

/** Back to a version, a label, or so many versions. */
export type Target = {to?: string; steps?: number}

/** The wish that brings an older value back, as a new version. */
export async function planRollback(
  store: ReadStore,
  key: string,
  path: string,
  {to, steps = 1}: Target,
): Promise<Wish> {
  const name = nameOf(key, path)
  const versions = await store.versions(name)
  const newest = versions.at(-1)
  if (!newest)
    throw noParameter(
      key,
      (await store.under(path)).map((one) => keyOf(one.name, path)),
    )
  const wanted = to === undefined ? versions.at(-1 - steps) : versions.find((one) => isMeant(one, to))
  if (!wanted) throw noVersion(key, versions)
  if (wanted === newest)
    throw new UsageError(`v${wanted.version} of ${key} is what it has now.`, {
      code: 'current',
      state: 'Nothing was changed.',
    })
  return wishOf(store, key, name, wanted)
}

const isMeant = ({version, labels}: Version, to: string) =>
  `${version}` === to.replace(/^v(?=\d)/, '') || labels.includes(to)

/** Everything that has changed since a moment, as it was then; what is new since stays, and is named. */
export async function planRollbackSince(
  store: ReadStore,
  since: Date,
  path: string,
): Promise<{wishes: Wish[]; fresh: string[]}> {
  const changed = (await store.under(path)).filter(({modifiedAt}) => modifiedAt > since)
  const wishes: Wish[] = []
  const fresh: string[] = []
  for (const {name} of changed) {
    const key = keyOf(name, path)
    const then = (await store.versions(name)).findLast(({at}) => at <= since)
    if (then) wishes.push(await wishOf(store, key, name, then))
    else fresh.push(key)
  }
  return {wishes, fresh}
}

async function wishOf(store: ReadStore, key: string, name: string, {version, labels, keyId}: Version): Promise<Wish> {
  const old = await store.parameter(name, String(version)).catch((error: unknown) => {
    throw keyIsGone(key, version, keyId, error)
  })
  if (!old) throw noVersion(key, await store.versions(name))
  const label = labels.length > 0 ? ` (${labels.join(', ')})` : ''
  return {key, name, value: old.value, reason: `restored from v${version}${label}`}
}

/** A version is encrypted with the key of its time. */
function keyIsGone(key: string, version: number, keyId: string | undefined, error: unknown): unknown {
  const failure = explain(error)
  if (failure.code !== 'kms_key') return error
  return new AccessError(`v${version} of ${key} cannot be read: the KMS key of its time cannot be used.`, {
    code: 'kms_key',
    because: [...(keyId ? [`It is ${keyId}.`] : []), ...failure.because],
    state: 'Nothing was changed.',
    next: ['enable the key', `fb params history ${key}`],
    cause: error,
  })
}

const noVersion = (key: string, versions: Version[]) =>
  new NotFound(`${key} has no such version.`, {
    code: 'no_version',
    because: [`It has v${versions[0]?.version ?? 0} to v${versions.at(-1)?.version ?? 0}.`],
    state: 'Nothing was changed.',
    next: [`fb params history ${key}`],
  })

/** A moment: `2h` and the like ago, `14:00` today or, when that is still to come, yesterday, or a date. */
export function parseSince(text: string, now: Date, ago: (text: string) => number): Date {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? []
  if (hours !== undefined && minutes !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const today = new Date(now)
    today.setHours(Number(hours), Number(minutes), 0, 0)
    return today > now ? new Date(today.getTime() - 24 * 3_600_000) : today
  }
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : undefined
  const since = date ?? new Date(now.getTime() - ago(text))
  if (!Number.isNaN(since.getTime()) && since <= now) return since
  throw new UsageError('--since takes a time that is over.', {
    code: 'bad_time',
    because: ['Such as 2h, 14:00 or 2026-11-22T14:00:00Z.'],
  })
}

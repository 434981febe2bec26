import {explain} from '../errors.js'
import type {Fleet} from './fleet.js'
import {difference, type Fingerprint, masked} from './mask.js'
import {readDescription} from './reason.js'
import type {ReadStore, Version} from './store.js'

/** One version, with what it changed and how many running tasks read it when they began. */
export type Past = Version & {
  reason?: string
  /** Not known where the key of that time cannot be used any more. */
  value?: string
  changed: string[]
  tasks: number
}

export type History = {key: string; past: Past[]; unreadable?: string}

const MOST = 100
const MANY = 95

/** Newest first; undefined when there is no such parameter. */
export async function readHistory(
  store: ReadStore,
  fleet: Fleet,
  key: string,
  name: string,
): Promise<History | undefined> {
  const versions = await store.versions(name)
  if (versions.length === 0) return undefined
  let unreadable: string | undefined
  const values = await store.values(name).catch((error: unknown) => {
    unreadable = explain(error).message
    return new Map<number, string>()
  })
  const begun = fleet.tasks
    .filter(({reads}) => reads.some(({parameter}) => parameter === name))
    .flatMap(({beganAt}) => beganAt ?? [])
  const past = versions.map((version, i): Past => {
    const [before, value] = [values.get(versions[i - 1]?.version ?? 0), values.get(version.version)]
    const until = versions[i + 1]?.at
    return {
      ...version,
      ...readDescription(version.description),
      value,
      changed: before !== undefined && value !== undefined ? difference(before, value) : [],
      tasks: begun.filter((at) => at > version.at && (!until || at <= until)).length,
    }
  })
  return {key, past: past.reverse(), unreadable}
}

/** The store keeps a hundred versions; a label on the oldest stops every further write. */
export function warningOf({past}: History): string | undefined {
  const oldest = past.at(-1)!
  if (past.length < MANY) return undefined
  if (oldest.labels.length > 0)
    return `${past.length} of ${MOST} versions, and the oldest, v${oldest.version}, has the label ${oldest.labels.join(', ')}: when they are full, no new value can be set`
  return past.length >= MOST ? undefined : `${past.length} of ${MOST} versions: then the oldest goes with every new one`
}

export const maskedOf = ({value, type}: Past, key: string): string =>
  value === undefined ? '(its key cannot be used)' : masked(value, key, type)

/** What `--json` says of a version; its value only when it is asked for. */
export const pastDocument = (past: Past, reveal: boolean, fingerprint?: Fingerprint) => {
  const {version, at, by, type, tier, keyId, description, reason, labels, changed, tasks, value} = past
  const mark = fingerprint && value !== undefined ? {fingerprint: fingerprint(value)} : {}
  return {
    version,
    at,
    by,
    type,
    tier,
    keyId,
    description,
    reason,
    labels,
    changed,
    tasks,
    ...mark,
    ...(reveal && {value}),
  }
}

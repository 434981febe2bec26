import {explain} from '../errors.js'
import {type Fleet, type Reader, type RolloutState, rolloutOf} from './fleet.js'
import {keyOf, matching} from './names.js'
import type {Kind, Parameter, ReadStore} from './store.js'

/** A parameter of the environment, or one that a task definition names and the store does not have. */
export type Listed = {
  key: string
  name: string
  state: RolloutState | 'missing'
  readers: Reader[]
  /** Those that the next deployment adds. */
  linked: Reader[]
  /** Running tasks that read it, and those of them that have an older version. */
  tasks: number
  old: number
  parameter?: Parameter
  by?: string
}

export type Wanted = {path: string; pattern?: string; missingOnly?: boolean}

/** Describing is throttled to a few calls a second: beyond so many parameters it would take longer than all the rest. */
const DESCRIBED = 500

/** Everything below the environment's path, and whatever else its task definitions name, in the order of the keys. */
export async function listParameters(
  store: ReadStore,
  fleet: Fleet,
  {path, pattern, missingOnly}: Wanted,
): Promise<Listed[]> {
  const [own, authors]: [Parameter[], Record<string, string>] = await Promise.all([
    store.under(path),
    missingOnly ? {} : store.authors(path, DESCRIBED).catch(notAllowed),
  ])
  const known = new Set(own.map(({name}) => name))
  const elsewhere = [...new Set([...fleet.readers, ...fleet.linked].map(({parameter}) => parameter))].filter(
    (name) => !known.has(name),
  )
  const others = await store.some(elsewhere)
  const absent = elsewhere.filter((name) => !others.some((one) => one.name === name))
  const all: Listed[] = [
    ...[...own, ...others].map((parameter) => listed(parameter, fleet, path, authors[parameter.name])),
    ...absent.map((name) => missing(name, fleet, path)),
  ]
  const wanted = pattern === undefined ? () => true : matching(pattern)
  return all
    .filter(({key, state}) => wanted(key) && (!missingOnly || state === 'missing'))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Who changed them is worth knowing, and no reason to show nothing. */
function notAllowed(error: unknown): Record<string, string> {
  if (['access_denied', 'throttled'].includes(explain(error).code)) return {}
  throw error
}

function listed(parameter: Parameter, fleet: Fleet, path: string, by: string | undefined): Listed {
  const {name, modifiedAt} = parameter
  const linked = fleet.linked.filter((one) => one.parameter === name)
  return {key: keyOf(name, path), name, ...rolloutOf(fleet, name, modifiedAt), linked, parameter, by}
}

const missing = (name: string, {readers, linked}: Fleet, path: string): Listed => ({
  key: keyOf(name, path),
  name,
  state: 'missing',
  readers: readers.filter(({parameter}) => parameter === name),
  linked: linked.filter(({parameter}) => parameter === name),
  tasks: 0,
  old: 0,
})

export type ListedDocument = {
  key: string
  name: string
  state: Listed['state']
  type?: Kind
  version?: number
  updatedAt?: Date
  by?: string
  usedBy: Pick<Reader, 'service' | 'container' | 'variable'>[]
  /** By the next deployment. */
  linkedTo: Pick<Reader, 'service' | 'variable'>[]
  tasks: number
  tasksOnOldValue: number
  fingerprint?: string
}

/** What `--json` says of it; never its value. */
export const listedDocument = (
  {key, name, state, parameter, by, readers, linked, tasks, old}: Listed,
  fingerprint?: (value: string) => string,
): ListedDocument => ({
  key,
  name,
  state,
  type: parameter?.type,
  version: parameter?.version,
  updatedAt: parameter?.modifiedAt,
  by,
  usedBy: readers.map(({service, container, variable}) => ({service, container, variable})),
  linkedTo: linked.map(({service, variable}) => ({service, variable})),
  tasks,
  tasksOnOldValue: old,
  ...(fingerprint && parameter && {fingerprint: fingerprint(parameter.value)}),
})

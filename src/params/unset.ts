import {wrapped} from '../columns.js'
import {actorOf} from '../deploy/release.js'
import {age} from '../durations.js'
import {Refused} from '../errors.js'
import type {Canvas} from '../events.js'
import {type Fleet, rolloutOf, sayReaders} from './fleet.js'
import {noParameter} from './get.js'
import {keyOf, nameOf} from './names.js'
import type {Parameter, ReadStore, Version} from './store.js'

export type Removal = {key: string; name: string; parameter: Parameter; versions: Version[]; readers: string}

/** What would be lost. Refused while a task could not start without it, or nobody can tell, unless `force`. */
export async function planUnset(
  store: ReadStore,
  fleet: Fleet,
  keys: string[],
  {path, force}: {path: string; force: boolean},
): Promise<Removal[]> {
  const names = [...new Set(keys.map((key) => nameOf(key, path)))]
  const found = await store.some(names)
  const removals = names.map(async (name): Promise<Removal> => {
    const key = keyOf(name, path)
    const parameter = found.find((one) => one.name === name)
    if (!parameter)
      throw noParameter(
        key,
        (await store.under(path)).map((one) => keyOf(one.name, path)),
      )
    const {readers: now, tasks} = rolloutOf(fleet, name, parameter.modifiedAt)
    const readers = [...now, ...fleet.linked.filter((one) => one.parameter === name)]
    if (!force && (readers.length > 0 || tasks > 0))
      throw inUse(key, readers.length > 0 ? sayReaders(readers) : 'a running task')
    return {key, name, parameter, versions: await store.versions(name), readers: sayReaders(readers)}
  })
  const planned = await Promise.all(removals)
  if (!force && fleet.unknown.length > 0) throw notKnown(fleet.unknown)
  return planned
}

const state = 'Nothing was changed.'

const inUse = (key: string, readers: string) =>
  new Refused(`${key} is read by ${readers}: without it no new task starts.`, {
    code: 'in_use',
    because: ['ecs:DescribeTaskDefinition: secrets'],
    state,
    next: [`fb params unlink ${key}`, 'fb deploy', '--force'],
  })

const notKnown = (because: string[]) =>
  new Refused('It is not known which services read this.', {code: 'readers_unknown', because, state, next: ['--force']})

export const removalText = (removals: Removal[], now: Date, {paint, safe, width}: Canvas): string[] => [
  '',
  ...removals.flatMap(({key, parameter, versions, readers}) => {
    const by = actorOf(versions.at(-1)?.by ?? '') || 'somebody'
    const ago = age(now.getTime() - parameter.modifiedAt.getTime())
    const author = paint.dim(`  last changed by ${safe(by)}, ${ago} ago`)
    const lost = versions.length === 1 ? 'its only version is' : `all ${versions.length} versions are`
    return [
      ...wrapped(
        `  ${paint.bad('-')} ${paint.bold(safe(key))}  ${parameter.type}  v${parameter.version}${author}`,
        width,
        4,
      ),
      ...wrapped(`    ${lost} lost for good${readers ? paint.warn(`; read by ${safe(readers)}`) : ''}`, width, 4),
    ]
  }),
  '',
]

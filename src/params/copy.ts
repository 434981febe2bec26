import {Refused, UsageError} from '../errors.js'
import type {Wish} from './change.js'
import {noParameter} from './get.js'
import {keyOf, matching, nameOf} from './names.js'
import type {ReadStore} from './store.js'

export type Side = {env: string; path: string; store: ReadStore}

export type Choice = {keys: string[]; all: boolean; skip?: string[]; skipExisting: boolean; force: boolean}

/** What the other environment is to get: encrypted there with its own key. A value that names where it comes from is refused. */
export async function planCopy(from: Side, to: Side, choice: Choice): Promise<Wish[]> {
  const {keys, all, skip = [], skipExisting, force} = choice
  if (from.env === to.env) throw new UsageError('--from and --to are the same environment.', {code: 'same_place'})
  if (all === keys.length > 0) throw new UsageError('Name the keys, or take --all of them.', {code: 'argument_missing'})
  const found = await from.store.under(from.path)
  const known = found.map(({name}) => keyOf(name, from.path))
  const chosen = keys.map((key) => keyOf(nameOf(key, from.path), from.path))
  for (const key of chosen) if (!known.includes(key)) throw noParameter(key, known)
  const taken = skipExisting ? (await to.store.under(to.path)).map(({name}) => keyOf(name, to.path)) : []
  const wanted = found.filter(({name}) => {
    const key = keyOf(name, from.path)
    return (all || chosen.includes(key)) && !skip.some((one) => matching(one)(key)) && !taken.includes(key)
  })
  const bound = wanted.filter(({value}) => names(value, from.env)).map(({name}) => keyOf(name, from.path))
  if (bound.length > 0 && !force) throw ofItsPlace(bound, from.env)
  return wanted.map(({name, type, value}) => {
    const key = keyOf(name, from.path)
    return {key, name: nameOf(key, to.path), type, value, reason: `copied from ${from.env}`}
  })
}

/** As a word of its own, such as in the name of a host. */
const names = (value: string, env: string) => new RegExp(`(?<![a-z0-9])${env}(?![a-z0-9])`, 'i').test(value)

const ofItsPlace = (keys: string[], env: string) =>
  new Refused(`The value of ${keys.join(', ')} names ${env}.`, {
    code: 'names_source',
    because: ['A host or a path of one environment is mostly wrong in another.'],
    state: 'Nothing was changed.',
    next: [...keys.slice(0, 3).map((key) => `--skip ${key}`), '--force copies it all the same'],
  })

import {Refused} from '../errors.js'
import type {Entry} from './formats/entry.js'
import {type Format, format} from './formats/formats.js'
import {githubMasks} from './formats/github.js'
import {isVariable, keyOf, matching} from './names.js'
import type {Parameter} from './store.js'

export const EXPORTS = ['dotenv', 'shell', 'json', 'yaml', 'docker', 'github', 'ecs'] as const

export type Wanted = {path: string; only?: string[]; skip?: string[]; skipInvalid?: boolean}

/** What is wanted of an environment's parameters, by key. */
export function chosen(parameters: Parameter[], {path, only = [], skip = [], skipInvalid}: Wanted): Parameter[] {
  const wanted = (key: string) =>
    (only.length === 0 || only.some((one) => matching(one)(key))) &&
    !skip.some((one) => matching(one)(key)) &&
    (!skipInvalid || isVariable(key))
  return parameters.filter(({name}) => wanted(keyOf(name, path)))
}

export const entriesOf = (parameters: Parameter[], path: string): Entry[] =>
  parameters.map(({name, value}) => [keyOf(name, path), value])

/** Where the store is, for ARNs. */
export type Place = {partition: string; region: string; account: string}

export const arnOf = (name: string, {partition, region, account}: Place): string =>
  `arn:${partition}:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`

/** `secrets` of a container: names and places, and no value. */
export const toEcs = (parameters: Parameter[], path: string, place: Place): string =>
  `${JSON.stringify(
    parameters.map(({name}) => ({name: variableOf(keyOf(name, path)), valueFrom: arnOf(name, place)})),
    undefined,
    2,
  )}\n`

/** The variable that a key is handed on as: `database/url` is DATABASE_URL. */
const variableOf = (key: string): string =>
  isVariable(key)
    ? key
    : key
        .replace(/^\//, '')
        .replace(/\W/g, '_')
        .replace(/^(?=\d)/, '_')
        .toUpperCase()

/** A runner takes variables from a file of its own, and what is to be hidden from its log on stdout, before anything else. */
export function exported(name: Format, entries: Entry[]): {text: string; masks: string} {
  return {text: format(name, entries), masks: name === 'github' ? githubMasks(entries) : ''}
}

export const onTerminal = (): Refused =>
  new Refused('This would show every value on the terminal.', {
    code: 'on_terminal',
    next: ['--output FILE', '--yes shows them all the same'],
  })

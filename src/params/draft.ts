import {columns} from '../columns.js'
import {FbError, UsageError} from '../errors.js'
import type {Wish} from './change.js'
import {format, parse} from './formats/formats.js'
import {type Fingerprint, masked} from './mask.js'
import {keyOf, nameOf} from './names.js'
import type {Parameter} from './store.js'
import {refuseValue} from './values.js'

const FILE = 'your text'

type Shown = {path: string; env: string; reveal: boolean; fingerprint: Fingerprint}

/** What a person edits: a line for each parameter. A secret has no value there unless `reveal`. */
export function draftOf(parameters: Parameter[], {path, env, reveal, fingerprint}: Shown): string {
  const rows = parameters.map(({name, value, type, version}) => {
    const key = keyOf(name, path)
    const shown = reveal || masked(value, key, type) === value
    return [`${key}=${shown ? quoted(value) : ''}`, `# ${type} v${version} #${fingerprint(value)}`]
  })
  return `# Parameters of ${env}. What has a value here gets it; what has none, or is
# taken out, stays as it is. A new line makes a new parameter.
# Quotes and escapes are those of dotenv.

${columns(rows)
  .map((line) => `${line}\n`)
  .join('')}`
}

const quoted = (value: string) => format('dotenv', [['X', value]]).slice(2, -1)

/** What the text asks for; each parameter only if it is still the one that was shown. */
export function wishesIn(text: string, parameters: Parameter[], path: string): Wish[] {
  return parse('dotenv', text, FILE)
    .filter(({value}) => value !== '')
    .map(({key, value, line}) => {
      const name = nameOf(key, path)
      refuseValue(value, `${FILE}:${line}: ${key}`)
      return {key, name, value, ifVersion: parameters.find((one) => one.name === name)?.version ?? 0}
    })
}

const PROBLEM = /^(?:#! .*\n)*/

/** The same text with what is wrong in front of it. */
export const withProblem = (text: string, failure: FbError): string =>
  [failure.message, ...failure.because].map((line) => `#! ${line}\n`).join('') + text.replace(PROBLEM, '')

/** A mistake of the person, or a change by somebody else: both can be mended in the text. */
export const isMendable = (error: unknown): error is FbError =>
  error instanceof UsageError || (error instanceof FbError && error.code === 'version_moved')

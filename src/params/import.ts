import {UsageError} from '../errors.js'
import type {Wish} from './change.js'
import {badLine} from './formats/entry.js'
import {type Format, guess, parse} from './formats/formats.js'
import {matching, nameOf} from './names.js'
import {refuseValue} from './values.js'

export type Source = {text: string; file: string; format?: Format}

export type Choice = {path: string; only?: string[]; skip?: string[]}

/** What a file asks for. Every line is checked, and named when it is wrong, before anything is written. */
export function wishesOf({text, file, format}: Source, {path, only = [], skip = []}: Choice): Wish[] {
  const read = parse(format ?? guess(file, text), text, file)
  const wanted = read.filter(
    ({key}) => (only.length === 0 || only.some((one) => matching(one)(key))) && !skip.some((one) => matching(one)(key)),
  )
  if (wanted.length === 0)
    throw new UsageError(`${file} has no parameter${read.length > 0 ? ' that is wanted' : ''}.`, {
      code: 'nothing_to_import',
      state: 'Nothing was changed.',
    })
  return wanted.map(({key, value, line}) => ({
    key,
    name: named(key, path, file, line),
    value: checked(value, key, file, line),
  }))
}

function named(key: string, path: string, file: string, line: number): string {
  try {
    return nameOf(key, path)
  } catch (error) {
    throw badLine(file, line, (error as Error).message.replace(/\.$/, ''))
  }
}

function checked(value: string, key: string, file: string, line: number): string {
  refuseValue(value, `${file}:${line}: ${key}`)
  return value
}

import {randomInt} from 'node:crypto'

import {UsageError} from '../errors.js'
import type {Tier} from './store.js'

/** The most bytes of a value in each tier. */
export const SIZES: Record<Tier, number> = {Standard: 4096, Advanced: 8192, 'Intelligent-Tiering': 8192}

export const bytesOf = (value: string): number => Buffer.byteLength(value)

/** What the store takes in no tier. `where` names the value for a person and never has any of it. */
export function refuseValue(value: string, where: string): void {
  const refusal = refusalOf(value)
  if (!refusal) return
  throw new UsageError(`${where} cannot be stored: ${refusal}.`, {code: 'bad_value', state: 'Nothing was changed.'})
}

function refusalOf(value: string): string | undefined {
  if (value === '') return 'it is empty, and Parameter Store keeps no empty value'
  if (/\{\{.*\}\}/s.test(value)) return 'it has {{ }} in it, which Parameter Store takes for another parameter'
  // JSON and YAML can spell it out; sent to the store it would become another character.
  if (/\p{Surrogate}/u.test(value)) return 'it has half of a character in it (a surrogate alone, such as \\ud83d)'
  if (value.includes('\0')) return 'it has a NUL byte in it'
  if (bytesOf(value) > SIZES.Advanced)
    return `it has ${bytesOf(value).toLocaleString('en')} bytes, and Parameter Store takes at most 8,192`
  return undefined
}

const SUSPICIONS: [name: string, test: (value: string, key: string) => boolean][] = [
  ['begins with a byte order mark', (value) => value.startsWith('\ufeff')],
  ['ends with a line break', (value) => /[\r\n]$/.test(value)],
  ['begins or ends with a space', (value) => /^[ \t]|[ \t]$/.test(value)],
  ['is in quotes', (value) => value.length > 1 && /^["']/.test(value) && value.at(-1) === value[0]],
  ['has carriage returns in it', (value) => /\r[\s\S]/.test(value)],
  ['has a \\n spelled out in it', (value) => /\\n/.test(value) && !value.includes('\n')],
  [
    'has control or invisible characters in it',
    (value) => /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u2060]/.test(value),
  ],
  ['begins with its own name and =', (value, key) => value.startsWith(`${key}=`) || value.startsWith(`export ${key}=`)],
  ['is a placeholder', (value) => /^(change[_-]?me|todo|xxx+|<[^>]*>)$/i.test(value)],
]

/** What about a value is mostly a mistake. It is named, never mended. */
export const suspicions = (value: string, key: string): string[] =>
  SUSPICIONS.filter(([, test]) => test(value, key)).map(([name]) => name)

const ALPHABETS: Record<string, string> = {
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
  base64url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
}

export type Recipe = {length: number; alphabet: string}

/** `32:alnum`: so many characters of an alphabet. */
export function parseRecipe(text: string): Recipe {
  const [, length, name = 'alnum'] = /^(\d{1,4})(?::(\w+))?$/.exec(text) ?? []
  const alphabet = Object.hasOwn(ALPHABETS, name) ? ALPHABETS[name] : undefined
  if (alphabet && Number(length) >= 8 && Number(length) <= SIZES.Standard) return {length: Number(length), alphabet}
  throw new UsageError('--generate takes a length of at least 8 and an alphabet, such as 32:alnum.', {
    code: 'bad_recipe',
    because: [`Alphabets: ${Object.keys(ALPHABETS).join(', ')}.`],
  })
}

export const generate = ({length, alphabet}: Recipe): string =>
  Array.from({length}, () => alphabet[randomInt(alphabet.length)]).join('')

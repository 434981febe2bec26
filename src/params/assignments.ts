import {UsageError} from '../errors.js'

/** Where a value comes from: the command line itself, a file, or wherever the command's flags say. */
export type Source = {kind: 'literal'; value: string} | {kind: 'file'; path: string} | {kind: 'elsewhere'}

export type Assignment = {key: string; source: Source}

/** `KEY`, `KEY=VALUE`, `KEY=@FILE`, and `KEY=@@x` for the value `@x`. Nothing else in a value means anything. */
export function parseAssignments(texts: string[]): Assignment[] {
  const all = texts.map(parseAssignment)
  const twice = all.find(({key}, i) => all.findIndex((one) => one.key === key) < i)
  if (twice) throw new UsageError('A key is given twice.', {code: 'key_twice', state: 'Nothing was changed.'})
  return all
}

function parseAssignment(text: string): Assignment {
  const at = text.indexOf('=')
  if (at < 0) return {key: text, source: {kind: 'elsewhere'}}
  const [key, value] = [text.slice(0, at), text.slice(at + 1)]
  if (value.startsWith('@@')) return {key, source: {kind: 'literal', value: value.slice(1)}}
  if (value.startsWith('@')) return {key, source: {kind: 'file', path: value.slice(1)}}
  return {key, source: {kind: 'literal', value}}
}

/** An assignment to be typed again, if its key is among those left: a file stays, a value is asked for. */
export function withoutValue(text: string, left: string[]): string | undefined {
  const {key, source} = parseAssignment(text)
  if (!left.includes(key)) return undefined
  return source.kind === 'file' ? text : key
}

/** A file or a pipe mostly ends with a line break that is no part of the value: one is taken away, and it is said. */
export function withoutLastBreak(text: string): {value: string; taken: boolean} {
  const value = text.replace(/\r?\n$/, '')
  return {value, taken: value !== text}
}

/** `NAME=VALUE` pairs, as tags are given. */
export function parseTags(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]{1,128})=(.{0,256})$/.exec(pair) ?? []
      if (name !== undefined && value !== undefined && !name.startsWith('aws:')) return [name, value]
      throw new UsageError('--tag takes NAME=VALUE.', {code: 'bad_tag', state: 'Nothing was changed.'})
    }),
  )
}

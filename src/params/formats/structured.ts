import {isMap, isScalar, LineCounter, parseDocument, stringify} from 'yaml'

import {badLine, type Entry, type Read} from './entry.js'

export const toJson = (entries: Entry[]): string => `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`

export const toYaml = (entries: Entry[]): string =>
  entries.length === 0
    ? '{}\n'
    : stringify(Object.fromEntries(entries), {
        defaultStringType: 'QUOTE_DOUBLE',
        defaultKeyType: 'PLAIN',
        lineWidth: 0,
        doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
      })

/** One object whose values are all texts. JSON.parse takes a key twice in silence, so the keys are read again by themselves. */
export function fromJson(text: string, file: string): Read[] {
  const value = parsed(text, file)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badLine(file, 1, 'one JSON object is expected')
  const members = value as Record<string, unknown>
  return keysIn(text).map(({key, line}) => {
    const own = members[key]
    if (typeof own !== 'string') throw badLine(file, line, `the value of ${key} is no text; write it in quotes`)
    return {key, value: own, line}
  })
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The message repeats a part of the text, which may be a value.
    const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? text.length)
    throw badLine(file, lineAt(text, at), 'it is not JSON from here on')
  }
}

const lineAt = (text: string, at: number) => text.slice(0, at).split('\n').length

/** The keys of the outermost object, in order, also when one is there twice. */
function keysIn(text: string): {key: string; line: number}[] {
  const keys: {key: string; line: number}[] = []
  let depth = 0
  let before = ''
  for (const {0: token, index} of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[{}[\],:]/g)) {
    if (/[{[]/.test(token) && token.length === 1) depth++
    else if (/[}\]]/.test(token) && token.length === 1) depth--
    else if (depth === 1 && (before === '{' || before === ',') && token.startsWith('"'))
      keys.push({key: JSON.parse(token) as string, line: lineAt(text, index)})
    before = token
  }
  return keys
}

/** One map of texts. Nothing is a number or a date here: what is written is the value. */
export function fromYaml(text: string, file: string): Read[] {
  const lines = new LineCounter()
  const document = parseDocument(text, {lineCounter: lines, schema: 'failsafe', uniqueKeys: false})
  const [broken] = document.errors
  // The message quotes the line, which may have a value in it.
  if (broken)
    throw badLine(
      file,
      broken.linePos?.[0].line ?? 1,
      `it is not YAML (${broken.code.toLowerCase().replaceAll('_', ' ')})`,
    )
  if (!isMap(document.contents)) throw badLine(file, 1, 'one map of names and values is expected')
  return document.contents.items.map(({key, value}) => {
    const name = isScalar(key) ? String(key.value) : ''
    const line = lines.linePos(isScalar(key) ? (key.range?.[0] ?? 0) : 0).line
    if (!isScalar(value) || typeof value.value !== 'string')
      throw badLine(file, line, `the value of ${name} is no text`)
    return {key: name, value: value.value, line}
  })
}

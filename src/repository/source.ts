import {readFileSync} from 'node:fs'
import {LineCounter, parseDocument} from 'yaml'

import {UsageError} from '../errors.js'

/** A file as a person knows it: its path from where they are, its text, and what it holds. */
export type Source = {file: string; text: string; value: object}

export function readSource(path: string, file: string): Source {
  const text = readFileSync(path, 'utf8')
  const value = file.endsWith('.json') ? parseJson(file, text) : parseYaml(file, text)
  if (typeof value !== 'object' || value === null) throw badSource(file, 1, 'it holds no object')
  return {file, text, value}
}

export const badSource = (file: string, line: number, what: string, code = 'bad_template') =>
  new UsageError(`${file}:${line}: ${what}.`, {code, state: 'Nothing was changed.'})

/** The line that first has this word. */
export const lineOf = (text: string, word: string): number => lineAt(text, Math.max(0, text.indexOf(word)))

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text, {lineCounter: new LineCounter()})
  const broken = document.errors[0]
  if (!broken) return document.toJS()
  throw badSource(file, broken.linePos?.[0].line ?? 1, broken.message.split('\n')[0]!.replace(/ at line .*$/, ''))
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const what = (error as Error).message.replace(/,? ?(\.\.\.)?".*| in JSON at position.*/s, '')
    throw badSource(file, lineAt(text, endOfSense(text)), what)
  }
}

/** Where JSON stops making sense: after the longest beginning that is merely incomplete. V8 does not always say. */
function endOfSense(text: string): number {
  let [good, wrong] = [0, text.length + 1]
  while (wrong - good > 1) {
    const middle = Math.floor((good + wrong) / 2)
    if (isIncomplete(text.slice(0, middle))) good = middle
    else wrong = middle
  }
  return good
}

function isIncomplete(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const {message} = error as Error
    return /end of JSON input|Unterminated/.test(message) || Number(/position (\d+)/.exec(message)?.[1]) >= text.length
  }
}

import {InvalidParameterException} from '@aws-sdk/client-cloudwatch-logs'
import {saying} from './handlers.js'
import {jsonPattern} from './json-pattern.js'

export type Matches = (text: string) => boolean

const longest = 1024
const token = /\s*([-?]?)("(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^\s"%]+)/y

/**
 * CloudWatch Logs filter pattern syntax: all plain terms, or any of those after `?`, and none of those after `-`; quoted
 * phrases; `%regex%`; `{ $.field = value }`. The `?` of terms beside plain ones are ignored, as AWS does.
 */
export function filterPattern(pattern: string): Matches {
  const text = pattern.trim()
  if (text.length > longest) throw invalidPattern(`is longer than ${longest} characters`)
  if (text.startsWith('{')) return jsonPattern(text)
  if (text.startsWith('[')) throw invalidPattern('with columns is not emulated by the sandbox')
  const terms = termsOf(text)
  const of = (sign: string) => terms.filter((term) => term.sign === sign).map(({matches}) => matches)
  const [all, any, none] = [of(''), of('?'), of('-')]
  return (line) =>
    all.every((matches) => matches(line)) &&
    (all.length > 0 || any.length === 0 || any.some((matches) => matches(line))) &&
    !none.some((matches) => matches(line))
}

function termsOf(text: string): {sign: string; matches: Matches}[] {
  const found: {sign: string; matches: Matches}[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const [, sign = '', term = ''] = token.exec(text) ?? []
    if (!term) throw invalidPattern('cannot be read')
    found.push({sign, matches: termOf(term)})
  }
  return found
}

function termOf(term: string): Matches {
  if (term.startsWith('%')) return regexOf(term)
  const quoted = /^"(.*)"$/s.exec(term)?.[1]?.replace(/\\(.)/g, '$1')
  // Anything but letters, digits and underscores must be quoted (filter pattern syntax).
  if (quoted === undefined && !/^\w+$/.test(term)) throw invalidPattern(`has invalid character(s) in term '${term}'`)
  return (line) => line.includes(quoted ?? term)
}

export function regexOf(term: string): Matches {
  try {
    const regex = new RegExp(term.slice(1, -1))
    return (line) => regex.test(line)
  } catch {
    throw invalidPattern(`has an invalid regular expression ${term}`)
  }
}

export const invalidPattern = (what: string) =>
  new InvalidParameterException(saying(`Invalid filter pattern: it ${what}`))

import {UsageError} from '../errors.js'

/** Where a pattern stands in what a person typed: `placeOf` tells where there a place of the pattern is. */
export type Within = {whole: string; placeOf(at: number): number}

/** A regular expression that a person typed; a wrong one is named with the place where it goes wrong. */
export function parsePattern(source: string, name: string, within?: Within): RegExp {
  try {
    return new RegExp(source)
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*\/: /s, '')
    const {whole, placeOf} = within ?? {whole: source, placeOf: (at: number) => at}
    throw misplaced(`${name} is no regular expression: ${reason}.`, whole, placeOf(faultOf(source)), 'bad_pattern')
  }
}

/** A text and where it goes wrong: position counts from 1. */
export function misplaced(message: string, source: string, at: number, code: string): UsageError {
  return new UsageError(message, {code, because: [`Position ${at + 1}:`, source, `${' '.repeat(at)}^`]})
}

/** JavaScript tells only the reason. The place is behind the longest beginning that could still end well, or what has no end. */
function faultOf(source: string): number {
  for (let length = source.length; length > 0; length--) {
    const start = source.slice(0, length)
    const open = openIn(start)
    const ends = open.map(({end}) => end).reverse()
    if (isPattern(start + ends.join(''))) return length < source.length ? length : open.at(-1)!.at
  }
  return 0
}

/** Groups, a class or an escape that begin in it and do not end, and what would end each. */
function openIn(source: string): {at: number; end: string}[] {
  const open: {at: number; end: string}[] = []
  for (let at = 0; at < source.length; at++) {
    const sign = source[at]
    const end = open.at(-1)?.end
    if (sign === '\\' && ++at === source.length) open.push({at: at - 1, end: '\\'})
    else if (sign === end) open.pop()
    else if (sign === '[' && end !== ']') open.push({at, end: ']'})
    else if (sign === '(' && end !== ']') open.push({at, end: ')'})
  }
  return open
}

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(source))
  } catch {
    return false
  }
}

import {UsageError} from '../errors.js'

/** A regular expression that a person typed; a wrong one is named with the place where it goes wrong. */
export function parsePattern(source: string, name: string): RegExp {
  try {
    return new RegExp(source)
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*\/: /s, '')
    throw misplaced(`${name} is no regular expression: ${reason}.`, source, faultOf(source), 'bad_pattern')
  }
}

/** A text and where it goes wrong: position counts from 1. */
export function misplaced(message: string, source: string, at: number, code: string): UsageError {
  return new UsageError(message, {code, because: [`Position ${at + 1}:`, source, `${' '.repeat(at)}^`]})
}

/** Where no beginning of it is right any more: what follows the longest beginning that is. */
function faultOf(source: string): number {
  for (let length = source.length - 1; length > 0; length--) if (isPattern(source.slice(0, length))) return length
  return 0
}

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(source))
  } catch {
    return false
  }
}

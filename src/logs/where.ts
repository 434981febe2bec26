import {type Entry, valueAt} from './entry.js'
import {LEVELS, levelOf, rankOf} from './level.js'
import {isLevel} from './parse-json.js'
import {parsePattern} from './pattern.js'
import {type Token, Words} from './where-words.js'

export type Test = (entry: Entry) => boolean

const COMPARE: Record<string, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
}

/**
 * `status>=500 and path~=/v1`: fields compared with `=` `!=` `>` `>=` `<` `<=`, `~=` (contains), `~~=` (regular expression),
 * `in (a, b)`, a field alone (is there), joined by `and`, `or`, `not` and parentheses. A field that is not there passes only `!=`, `!~=`, `!~~=`.
 */
export function parseWhere(source: string): Test {
  const words = new Words(source)
  const test = either(words)
  const {kind, value} = words.peek()
  if (kind !== 'end') words.refuse(`"and" or "or" is expected before "${value}"`)
  return test
}

function either(words: Words): Test {
  const tests = [both(words)]
  while (words.takes('or', '||')) tests.push(both(words))
  return tests.length === 1 ? tests[0]! : (entry) => tests.some((test) => test(entry))
}

function both(words: Words): Test {
  const tests = [negated(words)]
  while (words.takes('and', '&&')) tests.push(negated(words))
  return tests.length === 1 ? tests[0]! : (entry) => tests.every((test) => test(entry))
}

function negated(words: Words): Test {
  if (words.takes('not', '!')) {
    const test = negated(words)
    return (entry) => !test(entry)
  }
  if (!words.takes('(')) return comparison(words)
  const test = either(words)
  if (!words.takes(')')) words.refuse('")" is missing')
  return test
}

function comparison(words: Words): Test {
  if (/end|sign/.test(words.peek().kind)) words.refuse('a field is missing')
  const {value: field} = words.take()
  if (words.takes('in')) return oneOf(field, words)
  const {kind, value} = words.peek()
  if (kind !== 'sign' || !/[=<>]/.test(value)) return (entry) => isThere(valueAt(entry, field))
  const sign = words.take().value.replace('==', '=')
  const compare = COMPARE[sign]
  if (!compare) return matching(field, sign, words)
  if (/[<>]/.test(sign)) refuseWord(field, words)
  const operand = operandOf(field, words)
  return (entry) => {
    const value = valueAt(entry, field)
    return isThere(value) ? compare(orderOf(field, value, operand)) : sign === '!='
  }
}

const isThere = (value: unknown) => value !== undefined && value !== null

function operandOf(field: string, words: Words, compared = true): Token {
  const {kind, value} = words.peek()
  if (kind === 'end' || kind === 'sign') words.refuse('a value is missing')
  if (compared && field === 'level' && !levelOf(value)) words.refuse(`"${value}" is no level (${LEVELS.join(', ')})`)
  return words.take()
}

/** `status>=abc` is a slip; one who means the order of the alphabet says so. */
function refuseWord(field: string, words: Words): void {
  const {kind, value} = words.peek()
  if (!isLevel(field) && kind === 'word' && Number.isNaN(Number(value)))
    words.refuse(`"${value}" is no number; in quotes it is compared as text`)
}

function oneOf(field: string, words: Words): Test {
  if (!words.takes('(')) words.refuse('"in" needs a list such as (a, b)')
  const values = [operandOf(field, words)]
  while (words.takes(',')) values.push(operandOf(field, words))
  if (!words.takes(')')) words.refuse('")" is missing')
  return (entry) => {
    const value = valueAt(entry, field)
    return isThere(value) && values.some((one) => orderOf(field, value, one) === 0)
  }
}

function matching(field: string, sign: string, words: Words): Test {
  const token = operandOf(field, words, false)
  const {value: operand} = token
  const pattern = sign.endsWith('~~=') ? parsePattern(operand, 'the value', words.within(token)) : undefined
  const negative = sign.startsWith('!')
  return (entry) => {
    const value = valueAt(entry, field)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const found = isThere(value) && (pattern ? pattern.test(text) : text.includes(operand))
    return found !== negative
  }
}

/** Levels by their rank, numbers as numbers, texts as texts. A number and a text have no order, and are not equal either. */
function orderOf(field: string, value: unknown, {kind, value: operand}: Token): number {
  if (isLevel(field)) {
    const [own, other] = [levelOf(value), levelOf(operand)]
    if (own && other) return rankOf(own) - rankOf(other)
  }
  const [a, b] = [Number(value), operand === '' ? Number.NaN : Number(operand)]
  if (typeof value !== 'boolean' && value !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b
  if (typeof value === 'number' || (kind === 'word' && !Number.isNaN(b))) return Number.NaN
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text < operand ? -1 : Number(text > operand)
}

import {type Entry, valueAt} from './entry.js'
import {LEVELS, levelOf, rankOf} from './level.js'
import {misplaced, parsePattern} from './pattern.js'

export type Test = (entry: Entry) => boolean

type Token = {kind: 'word' | 'text' | 'sign' | 'end'; value: string; at: number}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*"|'[^']*')|(!?~~?=|[<>]=?|!=|==?|&&|\|\||!|[(),])|([^\s"'()<>=!~,&|]+))/y

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
  const reader = new Reader(source)
  const test = either(reader)
  const {kind, value} = reader.peek()
  if (kind !== 'end') reader.refuse(`"and" or "or" is expected before "${value}"`)
  return test
}

class Reader {
  private next: Token
  private index = 0
  constructor(readonly source: string) {
    this.next = this.read()
  }

  peek(): Token {
    return this.next
  }

  take(): Token {
    const token = this.next
    this.next = this.read()
    return token
  }

  /** Takes the next token when it is one of these words or signs. */
  takes(...values: string[]): boolean {
    const {kind, value} = this.next
    const here = kind !== 'text' && values.includes(value.toLowerCase())
    if (here) this.take()
    return here
  }

  refuse(reason: string, at = this.next.at): never {
    throw misplaced(`${reason}.`, this.source, at, 'bad_where')
  }

  private read(): Token {
    TOKEN.lastIndex = this.index
    const found = TOKEN.exec(this.source)
    if (!found) {
      const at = this.index + /^\s*/.exec(this.source.slice(this.index))![0].length
      if (at < this.source.length)
        this.refuse(
          /["']/.test(this.source[at]!) ? 'the quote has no end' : `"${this.source[at]}" means nothing here`,
          at,
        )
      return {kind: 'end', value: 'the end', at}
    }
    this.index = TOKEN.lastIndex
    const [, text, sign, word] = found
    const value = text ? unquoted(text) : (sign ?? word)!
    return {kind: text ? 'text' : sign ? 'sign' : 'word', value, at: this.index - (text ?? sign ?? word)!.length}
  }
}

const unquoted = (text: string) => (text[0] === '"' ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text.slice(1, -1))

function either(reader: Reader): Test {
  const tests = [both(reader)]
  while (reader.takes('or', '||')) tests.push(both(reader))
  return tests.length === 1 ? tests[0]! : (entry) => tests.some((test) => test(entry))
}

function both(reader: Reader): Test {
  const tests = [negated(reader)]
  while (reader.takes('and', '&&')) tests.push(negated(reader))
  return tests.length === 1 ? tests[0]! : (entry) => tests.every((test) => test(entry))
}

function negated(reader: Reader): Test {
  if (reader.takes('not', '!')) {
    const test = negated(reader)
    return (entry) => !test(entry)
  }
  if (!reader.takes('(')) return comparison(reader)
  const test = either(reader)
  if (!reader.takes(')')) reader.refuse('")" is missing')
  return test
}

function comparison(reader: Reader): Test {
  if (/end|sign/.test(reader.peek().kind)) reader.refuse('a field is missing')
  const {value: field} = reader.take()
  if (reader.takes('in')) return oneOf(field, reader)
  const {kind, value} = reader.peek()
  if (kind !== 'sign' || !/[=<>]/.test(value)) return (entry) => isThere(valueAt(entry, field))
  const sign = reader.take().value.replace('==', '=')
  const operand = operandOf(field, reader)
  const compare = COMPARE[sign]
  if (!compare) return matching(field, sign, operand)
  return (entry) => {
    const value = valueAt(entry, field)
    return isThere(value) ? compare(orderOf(field, value, operand.value)) : sign === '!='
  }
}

const isThere = (value: unknown) => value !== undefined && value !== null

function operandOf(field: string, reader: Reader): Token {
  const {kind, value} = reader.peek()
  if (kind === 'end' || kind === 'sign') reader.refuse('a value is missing')
  if (field === 'level' && !levelOf(value)) reader.refuse(`"${value}" is no level (${LEVELS.join(', ')})`)
  return reader.take()
}

function oneOf(field: string, reader: Reader): Test {
  if (!reader.takes('(')) reader.refuse('"in" needs a list such as (a, b)')
  const values = [operandOf(field, reader).value]
  while (reader.takes(',')) values.push(operandOf(field, reader).value)
  if (!reader.takes(')')) reader.refuse('")" is missing')
  return (entry) => {
    const value = valueAt(entry, field)
    return isThere(value) && values.some((one) => orderOf(field, value, one) === 0)
  }
}

function matching(field: string, sign: string, {value: operand, at}: Token): Test {
  const pattern = sign.endsWith('~~=') ? parsePattern(operand, `the value at position ${at + 1}`) : undefined
  const negative = sign.startsWith('!')
  return (entry) => {
    const value = valueAt(entry, field)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const found = isThere(value) && (pattern ? pattern.test(text) : text.includes(operand))
    return found !== negative
  }
}

/** Levels by their rank, numbers as numbers, everything else as text. */
function orderOf(field: string, value: unknown, operand: string): number {
  if (field === 'level') {
    const [own, other] = [levelOf(value), levelOf(operand)]
    if (own && other) return rankOf(own) - rankOf(other)
  }
  const [a, b] = [Number(value), Number(operand)]
  if (typeof value !== 'boolean' && value !== '' && operand !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text < operand ? -1 : Number(text > operand)
}

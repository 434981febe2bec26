import type {Tokens} from './tokens.js'

export type Value = string | number | undefined
export type Row = Record<string, Value>
export type Condition = (row: Row) => boolean

/** What follows `filter`: comparisons, like, in, ispresent, with and, or, not and parentheses. */
export function conditionIn(tokens: Tokens): Condition {
  const parts = [all(tokens)]
  while (tokens.took('or')) parts.push(all(tokens))
  return (row) => parts.some((part) => part(row))
}

function all(tokens: Tokens): Condition {
  const parts = [single(tokens)]
  while (tokens.took('and')) parts.push(single(tokens))
  return (row) => parts.every((part) => part(row))
}

function single(tokens: Tokens): Condition {
  if (tokens.took('not')) {
    const inside = single(tokens)
    return (row) => !inside(row)
  }
  if (tokens.took('(')) {
    const inside = conditionIn(tokens)
    tokens.expect(')')
    return inside
  }
  if (tokens.took('ispresent')) {
    tokens.expect('(')
    const field = tokens.word()
    tokens.expect(')')
    return (row) => row[field] !== undefined
  }
  const field = tokens.took('tomillis') ? millisOf(tokens) : tokens.word()
  if (tokens.took('not')) {
    const inside = test(tokens, field)
    return (row) => !inside(row)
  }
  return test(tokens, field)
}

/** `toMillis(@timestamp)`: the time as a number. */
function millisOf(tokens: Tokens): string {
  tokens.expect('(')
  tokens.expect('@timestamp')
  tokens.expect(')')
  return '@at'
}

function test(tokens: Tokens, field: string): Condition {
  if (tokens.took('like') || tokens.took('=~')) return like(tokens, field)
  if (tokens.took('in')) {
    tokens.expect('[')
    const values = tokens.list(() => operand(tokens))
    tokens.expect(']')
    return (row) => values.includes(String(row[field]))
  }
  const comparison = comparisons[tokens.next?.text ?? '']
  if (!comparison) throw tokens.unexpected()
  tokens.take()
  const value = operand(tokens)
  return (row) => row[field] !== undefined && comparison(order(row[field], value))
}

const comparisons: Record<string, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function like(tokens: Tokens, field: string): Condition {
  const {kind, text} = tokens.take()
  if (kind !== 'regex') return (row) => String(row[field] ?? '').includes(text)
  const [, flag, source] = /^(\(\?i\))?(.*)$/s.exec(text)!
  const regex = new RegExp(source!, flag ? 'i' : '')
  return (row) => regex.test(String(row[field] ?? ''))
}

function operand(tokens: Tokens): string {
  if (tokens.next?.kind !== 'word' && tokens.next?.kind !== 'string') throw tokens.unexpected()
  return tokens.take().text
}

/** Numbers by their size, everything else by its text. */
export function order(a: Value, b: Value): number {
  const [left, right] = [Number(a), Number(b)]
  if (a !== '' && b !== '' && !Number.isNaN(left) && !Number.isNaN(right)) return left - right
  const [one, other] = [String(a ?? ''), String(b ?? '')]
  return one < other ? -1 : one > other ? 1 : 0
}

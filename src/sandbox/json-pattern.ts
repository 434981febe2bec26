import {invalidPattern, type Matches, regexOf} from './filter-pattern.js'

type Condition = (document: unknown) => boolean

const token = /\s*(\|\||&&|[()]|!=|>=|<=|=|>|<|"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^\s()=<>!&|"%]+)/y

/** `{ ($.level = "error" || $.status >= 500) && $.path != "/health*" }`; a line that is no JSON object matches nothing. */
export function jsonPattern(pattern: string): Matches {
  const [, inside] = /^\{(.*)\}$/s.exec(pattern) ?? []
  if (inside === undefined) throw invalidPattern('has no closing brace')
  const tokens = tokensOf(inside)
  const condition = either(tokens)
  if (tokens.length > 0) throw invalidPattern(`cannot be read from '${tokens[0]}' on`)
  return (line) => {
    const document = line.startsWith('{') ? parsed(line) : undefined
    return document !== undefined && condition(document)
  }
}

function tokensOf(text: string): string[] {
  const found: string[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const [, one] = token.exec(text) ?? []
    if (!one) throw invalidPattern('cannot be read')
    found.push(one)
  }
  return found
}

function either(tokens: string[]): Condition {
  const parts = several(tokens, '||', both)
  return (document) => parts.some((part) => part(document))
}

function both(tokens: string[]): Condition {
  const parts = several(tokens, '&&', single)
  return (document) => parts.every((part) => part(document))
}

function several(tokens: string[], between: string, next: (tokens: string[]) => Condition): Condition[] {
  const parts = [next(tokens)]
  while (tokens[0] === between) {
    tokens.shift()
    parts.push(next(tokens))
  }
  return parts
}

function single(tokens: string[]): Condition {
  const first = tokens.shift() ?? ''
  if (first === '(') {
    const inside = either(tokens)
    if (tokens.shift() !== ')') throw invalidPattern('has no closing parenthesis')
    return inside
  }
  if (!first.startsWith('$.')) throw invalidPattern(`has '${first}' where a property selector such as $.level must be`)
  const read = selector(first)
  const operator = tokens.shift()?.toUpperCase() ?? ''
  const operand = tokens.shift() ?? ''
  if (operator === 'IS') return isA(read, operand.toUpperCase())
  if (operator === 'NOT' && operand.toUpperCase() === 'EXISTS') return (document) => read(document) === undefined
  return comparison(read, operator, operand)
}

type Read = (document: unknown) => unknown

function selector(text: string): Read {
  const keys = text
    .slice(2)
    .split(/[.[\]]+/)
    .filter(Boolean)
  return (document) => keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], document)
}

function isA(read: Read, what: string): Condition {
  const values: Record<string, unknown> = {NULL: null, TRUE: true, FALSE: false}
  if (!(what in values)) throw invalidPattern(`has 'IS ${what}'`)
  return (document) => read(document) === values[what]
}

const orders: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
}

function comparison(read: Read, operator: string, operand: string): Condition {
  const number = Number(operand)
  const order = orders[operator]
  if (order) return (document) => typeof read(document) === 'number' && order(read(document) as number, number)
  if ((operator !== '=' && operator !== '!=') || operand === '') throw invalidPattern(`has the operator '${operator}'`)
  const equals = equality(operand)
  // A property that is not there is neither equal nor unequal.
  return (document) => {
    const value = read(document)
    return value !== undefined && value !== null && equals(value) === (operator === '=')
  }
}

function equality(operand: string): (value: unknown) => boolean {
  if (operand.startsWith('%')) {
    const matches = regexOf(operand)
    return (value) => matches(String(value))
  }
  const wanted = operand.replace(/^"(.*)"$/s, '$1')
  if (!wanted.includes('*')) return (value) => String(value) === wanted
  const wildcard = new RegExp(`^${wanted.split('*').map(literal).join('.*')}$`, 's')
  return (value) => wildcard.test(String(value))
}

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function parsed(line: string): object | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

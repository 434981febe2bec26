import {isDeepStrictEqual} from 'node:util'
import type {AttributeValue} from '@aws-sdk/client-dynamodb'
import {type Item, invalid, notEmulated} from './tables.js'

export type Terms = {names?: Record<string, string>; values?: Record<string, AttributeValue>}

/** What Terraform and fb ask: whether attributes are there, equality, and several of these at once. Nothing else is guessed at. */
export function holds(expression: string | undefined, item: Item | undefined, terms: Terms): boolean {
  if (expression === undefined) return true
  const conditions = withoutParentheses(expression).split(/\s+AND\s+/i)
  return conditions.map((one) => condition(one.trim(), expression, item ?? {}, terms)).every(Boolean)
}

const withoutParentheses = (text: string) => text.trim().replace(/^\(([^()]*(?:\([^()]*\)[^()]*)*)\)$/, '$1')

const place = String.raw`[#A-Za-z_]\w*`
const existence = new RegExp(String.raw`^(attribute_exists|attribute_not_exists)\s*\(\s*(${place})\s*\)$`)
const equality = new RegExp(String.raw`^(:\w+|${place})\s*=\s*(:\w+|${place})$`)

function condition(text: string, whole: string, item: Item, terms: Terms): boolean {
  const [, test, path] = existence.exec(text) ?? []
  if (test) return nameOf(path!, terms) in item === (test === 'attribute_exists')
  const [, left, right] = equality.exec(text) ?? []
  if (!left) throw notEmulated(`the condition '${whole}'`)
  const [one, other] = [operand(left, item, terms), operand(right!, item, terms)]
  return one !== undefined && isDeepStrictEqual(one, other)
}

function operand(text: string, item: Item, terms: Terms): AttributeValue | undefined {
  if (!text.startsWith(':')) return item[nameOf(text, terms)]
  const value = terms.values?.[text]
  if (value) return value
  const what = `An expression attribute value used in expression is not defined; attribute value: ${text}`
  throw invalid(`Invalid ConditionExpression: ${what}`)
}

function nameOf(text: string, {names}: Terms): string {
  if (!text.startsWith('#')) return text
  const name = names?.[text]
  if (name) return name
  const what = `An expression attribute name used in the document path is not defined; attribute name: ${text}`
  throw invalid(`Invalid ConditionExpression: ${what}`)
}

/** Whole attributes only, as Terraform asks for them. */
export function projected(item: Item | undefined, expression: string | undefined, terms: Terms): Item | undefined {
  if (!item || expression === undefined) return item
  const paths = expression.split(',').map((path) => path.trim())
  if (!paths.every((path) => new RegExp(`^${place}$`).test(path))) throw notEmulated(`the projection '${expression}'`)
  const wanted = new Set(paths.map((path) => nameOf(path, terms)))
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name)))
}

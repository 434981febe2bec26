import {order, type Row, type Value} from './condition.js'
import type {Tokens} from './tokens.js'

type Aggregate = {name: string; of: (rows: Row[]) => Value}
type Key = {name: string; of: (row: Row) => Value}

/** What follows `stats`: aggregates, and what they are grouped by. */
export function statsIn(tokens: Tokens): (rows: Row[]) => Row[] {
  const aggregates = tokens.list(() => aggregate(tokens))
  const keys = tokens.took('by') ? tokens.list(() => key(tokens)) : []
  return (rows) => {
    const groups = new Map<string, {keys: Row; rows: Row[]}>()
    for (const row of rows) {
      const own = Object.fromEntries(keys.map(({name, of}) => [name, of(row)]))
      const id = JSON.stringify(own)
      const group = groups.get(id) ?? {keys: own, rows: []}
      groups.set(id, group)
      group.rows.push(row)
    }
    if (keys.length === 0 && groups.size === 0) groups.set('', {keys: {}, rows: []})
    return [...groups.values()].map((group) => ({
      ...group.keys,
      ...Object.fromEntries(aggregates.map(({name, of}) => [name, of(group.rows)])),
    }))
  }
}

const numbers = (rows: Row[], field: string) => rows.map((row) => Number(row[field])).filter((n) => !Number.isNaN(n))

const sorted = (rows: Row[], field: string) => rows.flatMap((row) => row[field] ?? []).sort(order)

const functions: Record<string, (rows: Row[], field: string, percent: number) => Value> = {
  count: (rows, field) => (field === '*' ? rows : rows.filter((row) => row[field] !== undefined)).length,
  count_distinct: (rows, field) => new Set(rows.flatMap((row) => row[field] ?? [])).size,
  sum: (rows, field) => numbers(rows, field).reduce((sum, n) => sum + n, 0),
  avg: (rows, field) => {
    const all = numbers(rows, field)
    return all.length > 0 ? all.reduce((sum, n) => sum + n, 0) / all.length : undefined
  },
  min: (rows, field) => sorted(rows, field)[0],
  max: (rows, field) => sorted(rows, field).at(-1),
  pct: (rows, field, percent) => {
    const all = numbers(rows, field).sort((a, b) => a - b)
    return all[Math.min(all.length - 1, Math.floor((all.length * percent) / 100))]
  },
}

function aggregate(tokens: Tokens): Aggregate {
  const unknown = tokens.unexpected()
  const called = tokens.word()
  const work = functions[called.toLowerCase()]
  if (!work) throw unknown
  tokens.expect('(')
  const field = tokens.next?.text === ')' ? '*' : tokens.word()
  const percent = tokens.took(',') ? tokens.word() : undefined
  tokens.expect(')')
  const name = `${called}(${percent === undefined ? field : `${field}, ${percent}`})`
  return {name: alias(tokens, name), of: (rows) => work(rows, field, Number(percent))}
}

const units: Record<string, number> = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}

function key(tokens: Tokens): Key {
  const unknown = tokens.unexpected()
  const field = tokens.word()
  if (field !== 'bin') return {name: alias(tokens, field), of: (row) => row[field]}
  tokens.expect('(')
  const [, count, unit] = /^(\d+)([smhd])$/.exec(tokens.word()) ?? []
  if (!unit) throw unknown
  tokens.expect(')')
  const width = Number(count) * units[unit]!
  return {
    name: alias(tokens, `bin(${count}${unit})`),
    of: (row) => dateText(Math.floor(Number(row['@at']) / width) * width),
  }
}

export const alias = (tokens: Tokens, otherwise: string): string => (tokens.took('as') ? tokens.word() : otherwise)

/** As Insights writes times: `2026-11-22 14:02:11.482`, in UTC. */
export const dateText = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '')

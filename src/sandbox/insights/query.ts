import type {Stored} from '../log-reader.js'
import {conditionIn, order, type Row} from './condition.js'
import {alias, dateText, statsIn} from './stats.js'
import {malformed, Tokens} from './tokens.js'

/** An event, and the account and group it is of. */
export type Logged = Stored & {log: string}

type Stage = (rows: Row[]) => Row[]
type Query = {stages: Stage[]; shown?: string[]; limited: boolean}

/** What a query without `limit` returns at most (StartQuery). */
const defaultLimit = 10_000
const mostRows = 100_000

/** The part of Logs Insights' language that fb and its readers use: fields, display, filter, parse, stats, sort, dedup, limit. */
export function queryOf(text: string): (events: Logged[], limit?: number) => {rows: Row[]; matched: number} {
  const query: Query = {stages: [], limited: false}
  const tokens = new Tokens(text)
  let filters = 0
  do {
    const command = commands[tokens.next?.text.toLowerCase() ?? '']
    if (!command) throw tokens.unexpected()
    if (tokens.take().text.toLowerCase() === 'filter') filters = query.stages.length + 1
    query.stages.push(command(tokens, query, text))
  } while (tokens.took('|'))
  if (tokens.next) throw tokens.unexpected()
  return (events, limit = defaultLimit) => {
    let rows = events.map(rowOf)
    let matched = rows.length
    for (const [i, stage] of query.stages.entries()) {
      rows = stage(rows)
      if (i < filters) matched = rows.length
    }
    if (!query.limited) rows = rows.slice(0, limit)
    return {rows: rows.map((row) => shown(row, query.shown ?? ['@timestamp', '@message'])), matched}
  }
}

const commands: Record<string, (tokens: Tokens, query: Query, text: string) => Stage> = {
  fields: show,
  display: show,
  filter(tokens) {
    const holds = conditionIn(tokens)
    return (rows) => rows.filter(holds)
  },
  parse(tokens, query) {
    return parse(tokens, query)
  },
  stats(tokens, query) {
    const stage = statsIn(tokens)
    return (rows) => {
      const found = stage(rows)
      query.shown = Object.keys(found[0] ?? {})
      return found
    }
  },
  sort(tokens) {
    const keys = tokens.list(() => {
      const field = tokens.word()
      const descending = tokens.took('desc')
      if (!descending) tokens.took('asc')
      return {field, sign: descending ? -1 : 1}
    })
    return (rows) =>
      rows.toSorted((a, b) => keys.reduce((sum, {field, sign}) => sum || sign * order(a[field], b[field]), 0))
  },
  dedup(tokens) {
    const fields = tokens.list(() => tokens.word())
    return (rows) => [...new Map(rows.map((row) => [JSON.stringify(fields.map((field) => row[field])), row])).values()]
  },
  limit(tokens, query, text) {
    const at = tokens.next?.at ?? 0
    const count = Number(tokens.word())
    if (!(count >= 1 && count <= mostRows)) throw malformed(text, at, `limit must be between 1 and ${mostRows}`)
    query.limited = true
    return (rows) => rows.slice(0, count)
  },
}

function show(tokens: Tokens, query: Query): Stage {
  const fields = tokens.list(() => {
    const field = tokens.word()
    return {field, name: alias(tokens, field)}
  })
  query.shown = fields.map(({name}) => name)
  return (rows) =>
    rows.map((row) => ({...row, ...Object.fromEntries(fields.map(({field, name}) => [name, row[field]]))}))
}

/** `parse @message "user=* took *ms" as user, ms`, or a regular expression with named groups. */
function parse(tokens: Tokens, query: Query): Stage {
  const field = tokens.next?.kind === 'word' ? tokens.word() : '@message'
  const {kind, text} = tokens.take()
  const names = tokens.took('as') ? tokens.list(() => tokens.word()) : []
  const escaped = text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '(.*?)')
  const regex = new RegExp(kind === 'regex' ? text : `${escaped}$`, 's')
  if (query.shown) query.shown = [...query.shown, ...names]
  return (rows) =>
    rows.map((row) => {
      const match = regex.exec(String(row[field] ?? ''))
      return match
        ? {...row, ...match.groups, ...Object.fromEntries(names.map((name, i) => [name, match[i + 1]]))}
        : row
    })
}

function rowOf({at, text, stream, ingestedAt, id, log}: Logged): Row {
  return {
    ...(text.startsWith('{') && discovered(text)),
    '@at': at,
    '@timestamp': dateText(at),
    '@ingestionTime': dateText(ingestedAt),
    '@message': text,
    '@logStream': stream,
    '@log': log,
    '@ptr': Buffer.from(id).toString('base64'),
  }
}

/** Insights finds the fields of JSON lines by itself, `a.b` for nested ones. */
function discovered(text: string): Row {
  try {
    return flat(JSON.parse(text), '')
  } catch {
    return {}
  }
}

const flat = (document: object, prefix: string): Row =>
  Object.fromEntries(
    Object.entries(document).flatMap(([key, value]) =>
      value !== null && typeof value === 'object'
        ? Object.entries(flat(value, `${prefix}${key}.`))
        : [[prefix + key, value]],
    ),
  )

const shown = (row: Row, fields: string[]): Row =>
  Object.fromEntries([...fields, ...('@ptr' in row ? ['@ptr'] : [])].map((field) => [field, row[field]]))

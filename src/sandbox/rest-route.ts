import {NormalizedSchema} from '@smithy/core/schema'
import type {StaticOperationSchema} from '@smithy/types'
import type {WireRequest} from './exchange.js'

/** A request with its bucket and key found, wherever they stood, and every name in lower case. */
export type Addressed = {
  method: string
  labels: {Bucket?: string; Key?: string}
  query: Record<string, string>
  headers: Record<string, string>
}

const virtualHost = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com$/

export function addressed({method, path, headers: sent, query: apart = {}, hostname}: WireRequest): Addressed {
  const headers = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), String(value)]))
  const [pathname = '', search] = path.split('?')
  const query = Object.fromEntries(new URLSearchParams(search))
  for (const [name, value] of Object.entries(apart)) query[name] = String(value ?? '')
  const host = hostname ?? headers.host?.replace(/:\d+$/, '') ?? ''
  const [, own] = virtualHost.exec(host) ?? []
  const [first, ...rest] = pathname.slice(1).split('/')
  const place = own ? [own, pathname.slice(1)] : [first, rest.join('/')]
  const [Bucket, Key] = place.map((part) => decodeURIComponent(part ?? '') || undefined)
  return {method, labels: {Bucket, Key}, query, headers}
}

/** Signatures, and the name that some clients give the operation for the sake of logs, say nothing about what it is. */
const ignored = /^(x-id$|x-amz-)/i

/** The operation whose method, path and query are those of the request; of several, the one that demands most. */
export function operationOf(sent: Addressed, schemas: Record<string, StaticOperationSchema>) {
  const matching = Object.values(schemas).filter((schema) => matches(sent, schema))
  const [best] = matching.sort((a, b) => required(b).length - required(a).length)
  if (best) return {operation: best[2], known: true}
  const asked = Object.keys(sent.query).filter((name) => !ignored.test(name))
  const place = sent.labels.Key ? '/bucket/key' : sent.labels.Bucket ? '/bucket' : '/'
  return {operation: `${sent.method} ${place}${asked.length ? `?${asked.join('&')}` : ''}`, known: false}
}

function matches({method, labels, query, headers}: Addressed, schema: StaticOperationSchema): boolean {
  const [verb, path] = (schema[3] as unknown as {http: [string, string]}).http
  const [where = '', fixed] = path.split('?')
  if (method !== verb || !labels.Bucket || where.includes('{Key+}') !== (labels.Key !== undefined)) return false
  const wanted = [...new URLSearchParams(fixed)].filter(([name]) => !ignored.test(name))
  if (!wanted.every(([name, value]) => query[name] === value)) return false
  const members = [...NormalizedSchema.of(schema[4]).structIterator()].map(([, member]) => member.getMergedTraits())
  const allowed = [...wanted.map(([name]) => name), ...members.map(({httpQuery}) => httpQuery)]
  return (
    Object.keys(query).every((name) => ignored.test(name) || allowed.includes(name)) &&
    required(schema).every(
      ({httpHeader, httpQuery}) =>
        (!httpHeader || String(httpHeader).toLowerCase() in headers) && (!httpQuery || String(httpQuery) in query),
    )
  )
}

function required(schema: StaticOperationSchema) {
  const input = NormalizedSchema.of(schema[4])
  const [, , , , , , count = 0] = input.getSchema() as unknown as [0, 0, 0, 0, 0, 0, number?]
  return [...input.structIterator()].slice(0, count).map(([, member]) => member.getMergedTraits())
}

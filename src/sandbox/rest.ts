import {randomUUID} from 'node:crypto'
import {XmlShapeDeserializer, XmlShapeSerializer} from '@aws-sdk/core/protocols'
import {FromStringShapeDeserializer, ToStringShapeSerializer} from '@smithy/core/protocols'
import {NormalizedSchema} from '@smithy/core/schema'
import {HttpResponse} from '@smithy/core/transport'
import type {StaticOperationSchema} from '@smithy/types'
import {type Body, collect, unchunk} from './chunked.js'
import type {Exchange, WireRequest} from './exchange.js'
import {faultOf, wireError} from './handlers.js'
import {type Addressed, addressed, operationOf} from './rest-route.js'
import * as s3 from './services/s3.js'

const settings = {
  timestampFormat: {useTrait: true, default: 5 as const},
  httpBindings: true,
  xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
  serviceNamespace: 'com.amazonaws.s3',
}
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The restXml protocol, for S3: input and output are spread over path, query, headers and body. */
export function restExchange(request: WireRequest): Exchange {
  const sent = addressed(request)
  const {operation, known} = operationOf(sent, s3.schemas)
  const id = randomUUID()
  const headers = {'x-amz-request-id': id.replaceAll('-', '').slice(0, 16).toUpperCase(), 'x-amz-id-2': id}
  return {
    service: 's3',
    operation,
    load: () => {
      if (!known) throw wireError('NotImplemented', `sandbox: ${operation} is not emulated`, 501)
      return Promise.resolve(s3)
    },
    decode: async ([, , , , input]) => read(NormalizedSchema.of(input), sent, await bodyOf(sent, request.body)),
    encode: (schema, output) => write(schema, output as Record<string, unknown>, headers),
    refuse: (error) => refuse(error, request.method, headers),
  }
}

async function bodyOf({headers}: Addressed, body: unknown): Promise<Body> {
  const bytes = await collect(body)
  const chunked = /^STREAMING-/.test(headers['x-amz-content-sha256'] ?? '') || 'x-amz-decoded-content-length' in headers
  return chunked ? unchunk(bytes) : {bytes, trailers: {}}
}

function read(schema: NormalizedSchema, sent: Addressed, {bytes, trailers}: Body): Record<string, unknown> {
  const headers = {...sent.headers, ...trailers}
  const found: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const {httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpPayload} = member.getMergedTraits()
    if (httpLabel) found[name] = sent.labels[name as keyof Addressed['labels']]
    else if (httpPrefixHeaders) found[name] = prefixed(headers, httpPrefixHeaders as string)
    else if (httpPayload) found[name] = payload(member, bytes)
    else found[name] = scalar(member, httpQuery ? sent.query[httpQuery as string] : headers[lower(httpHeader)])
  }
  return found
}

const lower = (name: unknown) => String(name).toLowerCase()

function scalar(member: NormalizedSchema, text: string | undefined): unknown {
  if (text === undefined) return undefined
  const deserializer = new FromStringShapeDeserializer(settings)
  return deserializer.read(member, text)
}

function prefixed(headers: Record<string, string>, prefix: string): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

function payload(member: NormalizedSchema, bytes: Buffer): unknown {
  if (member.isBlobSchema() || member.isStreaming()) return bytes
  if (bytes.length === 0) return undefined
  if (member.isStringSchema()) return bytes.toString()
  const deserializer = new XmlShapeDeserializer(settings)
  try {
    return deserializer.read(member, bytes)
  } catch {
    const text = 'The XML you provided was not well-formed or did not validate against our published schema'
    throw wireError('MalformedXML', text)
  }
}

function write([, , , traits, , output]: StaticOperationSchema, value: Record<string, unknown>, headers: object) {
  const schema = NormalizedSchema.of(output)
  const [, , success = 200] = (traits as unknown as {http: [string, string, number]}).http
  const statusCode = value.ContentRange ? 206 : success
  const said: Record<string, string> = {...headers}
  if (schema.isUnitSchema()) return new HttpResponse({statusCode, headers: said, body: ''})
  const inBody: Record<string, unknown> = {}
  let body: string | Uint8Array | undefined
  let members = 0
  for (const [name, member] of schema.structIterator()) {
    const {httpHeader, httpPrefixHeaders, httpPayload} = member.getMergedTraits()
    if (!httpHeader && !httpPrefixHeaders && !httpPayload) members++
    const one = value[name]
    if (one === undefined || one === null) continue
    if (httpHeader) said[lower(httpHeader)] = asText(member, one)
    else if (httpPrefixHeaders)
      for (const [key, text] of Object.entries(one)) said[`${httpPrefixHeaders}${key}`] = String(text)
    else if (httpPayload) body = member.isStreaming() ? (one as Uint8Array) : asXml(member, one)
    else inBody[name] = one
  }
  body ??= members ? asXml(schema, inBody) : ''
  if (typeof body === 'string' && body.startsWith('<')) said['content-type'] = 'application/xml'
  return new HttpResponse({statusCode, headers: said, body})
}

function asText(member: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(settings)
  serializer.write(member, value)
  return serializer.flush()
}

function asXml(schema: NormalizedSchema, value: unknown): string {
  if (schema.isStringSchema()) return String(value)
  const serializer = new XmlShapeSerializer(settings)
  serializer.write(schema, value)
  return declaration + String(serializer.flush())
}

/** What S3 calls the faults that every service has. */
const codes: Record<string, [string, number]> = {
  ThrottlingException: ['SlowDown', 503],
  InternalFailure: ['InternalError', 500],
  ExpiredTokenException: ['ExpiredToken', 400],
  AccessDeniedException: ['AccessDenied', 403],
  ValidationException: ['InvalidRequest', 400],
}

function refuse(error: Error, method: string, headers: object): HttpResponse {
  const {name, message, statusCode: given, members} = faultOf(error)
  const [code, statusCode] = codes[name] ?? [name, given]
  const {headers: extra, ...details} = members
  const said = {...headers, ...(extra as object)} as Record<string, string>
  // The answer to a HEAD request and a 304 have no body: their status is all that is said.
  if (method === 'HEAD' || statusCode === 304) return new HttpResponse({statusCode, headers: said, body: ''})
  const fields = {
    Code: code,
    Message: message,
    ...details,
    RequestId: said['x-amz-request-id'],
    HostId: said['x-amz-id-2'],
  }
  const xml = Object.entries(fields).map(([key, value]) => `<${key}>${escaped(String(value))}</${key}>`)
  const body = `${declaration}<Error>${xml.join('')}</Error>`
  return new HttpResponse({statusCode, headers: {...said, 'content-type': 'application/xml'}, body})
}

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)

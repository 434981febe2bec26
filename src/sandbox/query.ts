import {randomUUID} from 'node:crypto'
import {XmlShapeSerializer} from '@aws-sdk/core/protocols'
import {FromStringShapeDeserializer} from '@smithy/core/protocols'
import {NormalizedSchema} from '@smithy/core/schema'
import {HttpResponse} from '@smithy/core/transport'
import type {SerdeFunctions} from '@smithy/types'
import {bytesOf, type Exchange, type Route, serde, type WireRequest} from './exchange.js'
import {faultOf} from './handlers.js'
import {queryCode} from './json.js'

const timestamps = {timestampFormat: {useTrait: true, default: 5 as const}}

/** The awsQuery protocol: a form comes in, XML goes out. */
export function queryExchange({body}: WireRequest, routes: Route[]): Exchange {
  const form = new URLSearchParams(Buffer.from(bytesOf(body)).toString())
  const route = routes.find((r) => r.version && r.version === form.get('Version'))
  const operation = form.get('Action') ?? ''
  const envelope = {operation, namespace: route?.namespace ?? '', requestId: randomUUID()}
  const headers = {'content-type': 'text/xml', 'x-amzn-requestid': envelope.requestId}
  return {
    service: route?.name ?? '',
    operation,
    load: () => route?.load(),
    decode: ([, , , , input]) => readForm(NormalizedSchema.of(input), form, serde) as Record<string, unknown>,
    encode([, , , , , output], value) {
      const body = writeXml(NormalizedSchema.of(output), value, serde, envelope)
      return new HttpResponse({statusCode: 200, headers, body})
    },
    refuse(error) {
      const {name, message, statusCode} = faultOf(error)
      const body = writeXmlError({code: queryCode(name), message, status: statusCode}, envelope)
      return new HttpResponse({statusCode, headers, body})
    },
  }
}

/** awsQuery form to object: the inverse of the SDK's QueryShapeSerializer, the one codec it does not bring. */
function readForm(schema: NormalizedSchema, form: URLSearchParams, serde: SerdeFunctions): object {
  const scalar = new FromStringShapeDeserializer(timestamps)
  scalar.setSerdeContext(serde)
  const read = (ns: NormalizedSchema, path: string): unknown => {
    if (ns.isStructSchema()) return readStruct(ns, path)
    if (ns.isListSchema()) return readList(ns, path)
    const text = form.get(path)
    return text === null ? undefined : scalar.read(ns, text)
  }
  const readStruct = (ns: NormalizedSchema, path: string) => {
    const found: Record<string, unknown> = {}
    for (const [name, member] of ns.structIterator()) {
      const value = read(member, join(path, wireName(member, name)))
      if (value !== undefined) found[name] = value
    }
    return path === '' || Object.keys(found).length ? found : undefined
  }
  const readList = (ns: NormalizedSchema, path: string) => {
    const item = ns.getValueSchema()
    const base = ns.getMergedTraits().xmlFlattened ? path : join(path, wireName(item, 'member'))
    const found: unknown[] = []
    for (let i = 1; ; i++) {
      const value = read(item, `${base}.${i}`)
      if (value === undefined) break
      found.push(value)
    }
    return found.length || form.has(path) ? found : undefined
  }
  return (schema.isUnitSchema() ? {} : readStruct(schema, '')) ?? {}
}

const join = (path: string, name: string) => (path ? `${path}.${name}` : name)

const wireName = (ns: NormalizedSchema, fallback: string) => (ns.getMergedTraits().xmlName as string) ?? fallback

type Envelope = {operation: string; namespace: string; requestId: string}

function writeXml(schema: NormalizedSchema, output: object, serde: SerdeFunctions, envelope: Envelope): string {
  const {operation, namespace, requestId} = envelope
  const result = schema.isUnitSchema() ? '' : tag(`${operation}Result`, contentOf(schema, output, serde))
  const metadata = tag('ResponseMetadata', tag('RequestId', requestId))
  return `<${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`
}

/** The serializer names its root after the shape; the protocol wants it named after the operation. */
function contentOf(schema: NormalizedSchema, output: object, serde: SerdeFunctions): string {
  const serializer = new XmlShapeSerializer({...timestamps, xmlNamespace: '', serviceNamespace: ''})
  serializer.setSerdeContext(serde)
  serializer.write(schema, output)
  const xml = String(serializer.flush())
  return xml.includes('</') ? xml.slice(xml.indexOf('>') + 1, xml.lastIndexOf('</')) : ''
}

const tag = (name: string, content: string) => `<${name}>${content}</${name}>`

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)

function writeXmlError(error: {code: string; message: string; status: number}, envelope: Envelope): string {
  const type = tag('Type', error.status >= 500 ? 'Receiver' : 'Sender')
  const body = tag('Error', type + tag('Code', error.code) + tag('Message', escaped(error.message)))
  return `<ErrorResponse xmlns="${envelope.namespace}">${body}${tag('RequestId', envelope.requestId)}</ErrorResponse>`
}

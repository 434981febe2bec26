import {randomUUID} from 'node:crypto'
import {JsonCodec2} from '@aws-sdk/core/protocols'
import {NormalizedSchema} from '@smithy/core/schema'
import {HttpResponse} from '@smithy/core/transport'
import type {SerdeFunctions} from '@smithy/types'
import type {Account} from './account.js'
import {type Service, wireError} from './handlers.js'
import {readForm, writeXml, writeXmlError} from './query.js'

export type WireRequest = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body?: unknown
}

type Route = {name: string; target: string; version?: string; namespace?: string; load(): Promise<Service>}

/** Target prefixes and query versions of the services, from their client packages' runtimeConfig.shared.js. */
const routes: Route[] = [
  {name: 'ecs', target: 'AmazonEC2ContainerServiceV20141113', load: () => import('./services/ecs.js')},
  {name: 'codedeploy', target: 'CodeDeploy_20141006', load: () => import('./services/codedeploy.js')},
  {name: 'ecr', target: 'AmazonEC2ContainerRegistry_V20150921', load: () => import('./services/ecr.js')},
  {name: 'cloudwatch', target: 'GraniteServiceVersion20100801', load: () => import('./services/cloudwatch.js')},
  {name: 'logs', target: 'Logs_20140328', load: () => import('./services/logs.js')},
  {name: 'application-autoscaling', target: 'AnyScaleFrontendService', load: () => import('./services/autoscaling.js')},
  {
    name: 'elasticloadbalancing',
    target: 'ElasticLoadBalancing_v10',
    version: '2015-12-01',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    load: () => import('./services/elbv2.js'),
  },
  {
    name: 'sts',
    target: 'AWSSecurityTokenServiceV20110615',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: () => import('./services/sts.js'),
  },
]

export type Call = {service: string; operation: string}

type Parsed = {route?: Route; operation: string; bytes: Uint8Array; form?: URLSearchParams; contentType: string}

const serde = {
  utf8Encoder: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
  utf8Decoder: (text: string) => Buffer.from(text, 'utf8'),
  base64Encoder: (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString('base64'),
  base64Decoder: (text: string) => Buffer.from(text, 'base64'),
} as unknown as SerdeFunctions

/** Serves any operation of the table: decodes by the client's own schema, calls its handler, encodes the answer. */
export async function answer(request: WireRequest, before: (call: Call) => Account): Promise<HttpResponse> {
  const parsed = parse(request)
  const requestId = randomUUID()
  const {route, operation} = parsed
  let account: Account | undefined
  try {
    account = before({service: route?.name ?? '', operation})
    const service = await route?.load()
    const schema = service?.schemas[`${operation}$`]
    const handler = service?.handlers[operation]
    if (!schema || !handler) throw unknownOperation(operation)
    const input = await decode(parsed, NormalizedSchema.of(schema[4]))
    const output = handler(input as never, account) ?? {}
    return encode(parsed, NormalizedSchema.of(schema[5]), output, requestId)
  } catch (error) {
    // Without an account it was the state file that failed: that is the user's to mend, not an answer of AWS.
    if (!account && !isAnswer(error)) throw error
    return encodeError(parsed, error as Error, requestId)
  }
}

const unknownOperation = (name: string) => wireError('UnknownOperationException', `sandbox: ${name} is not emulated`)

const isAnswer = (error: unknown) => error instanceof Error && 'status' in error

function parse({headers, body}: WireRequest): Parsed {
  const bytes = bytesOf(body)
  const target = String(headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '')
  const contentType = String(headers['content-type'] ?? headers['Content-Type'] ?? 'application/x-amz-json-1.1')
  if (target) {
    const [prefix, operation = ''] = target.split('.')
    return {route: routes.find((r) => r.target === prefix), operation, bytes, contentType}
  }
  const form = new URLSearchParams(Buffer.from(bytes).toString())
  const route = routes.find((r) => r.version && r.version === form.get('Version'))
  return {route, operation: form.get('Action') ?? '', bytes, form, contentType: 'text/xml'}
}

/** The SDK's JSON bodies are a Uint8Array with string methods: only a plain view of the same memory is safe to read. */
function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return Buffer.from(body)
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : new Uint8Array()
}

function jsonCodec() {
  const codec = new JsonCodec2({timestampFormat: {useTrait: true, default: 7}, jsonName: false})
  codec.setSerdeContext(serde as never)
  return codec
}

async function decode({form, bytes}: Parsed, schema: NormalizedSchema): Promise<Record<string, unknown>> {
  const read = () =>
    jsonCodec()
      .createDeserializer()
      .read(schema, (bytes.length ? bytes : Buffer.from('{}')) as never)
  const input = form ? readForm(schema, form, serde) : schema.isUnitSchema() ? {} : await read()
  const struct = schema.getSchema()
  // A struct's first members, as many as its seventh field says, are the required ones.
  const [, , , , members, , required = 0] = struct as unknown as [0, 0, 0, 0, string[], 0, number?]
  const missing = schema.isUnitSchema() ? [] : members.slice(0, required).filter((name) => input[name] === undefined)
  if (missing.length === 0) return input
  const text = missing.map((name) => `Value at '${name}' failed to satisfy constraint: Member must not be null`)
  throw wireError('ValidationException', `${missing.length} validation error detected: ${text.join('; ')}`)
}

function encode(parsed: Parsed, schema: NormalizedSchema, output: object, requestId: string): HttpResponse {
  const {route, form, operation, contentType} = parsed
  const headers = {'content-type': contentType, 'x-amzn-requestid': requestId}
  if (form) {
    const envelope = {operation, namespace: route?.namespace ?? '', requestId}
    return new HttpResponse({statusCode: 200, headers, body: writeXml(schema, output, serde, envelope)})
  }
  const serializer = jsonCodec().createSerializer()
  serializer.write(schema.isUnitSchema() ? 15 : schema, output)
  return new HttpResponse({statusCode: 200, headers, body: bytesOf(serializer.flush())})
}

/** Query services drop the suffix of the class name (`TargetGroupNotFoundException` -> `TargetGroupNotFound`). */
const queryCode = (name: string) =>
  name === 'ValidationException' ? 'ValidationError' : name.replace(/Exception$/, '')

function encodeError({route, form, operation, contentType}: Parsed, error: Error, requestId: string): HttpResponse {
  const {name, message} = error
  const fields: Record<string, unknown> = {...error}
  const {name: _, stack, $fault, $metadata, $response, $service, status, ...members} = fields
  const statusCode = typeof status === 'number' ? status : $fault ? ($fault === 'server' ? 500 : 400) : 500
  const headers: Record<string, string> = {'content-type': contentType, 'x-amzn-requestid': requestId}
  const code = queryCode(name)
  if (form && route) {
    const envelope = {operation, namespace: route.namespace ?? '', requestId}
    return new HttpResponse({statusCode, headers, body: writeXmlError({code, message, status: statusCode}, envelope)})
  }
  headers['x-amzn-errortype'] = name
  if (route?.name === 'cloudwatch')
    headers['x-amzn-query-error'] = `${code};${statusCode >= 500 ? 'Receiver' : 'Sender'}`
  return new HttpResponse({statusCode, headers, body: JSON.stringify({__type: name, message, ...members})})
}

import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {pipeline, Readable} from 'node:stream'

import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {type Call, callOf} from './call-of.js'

/** Faults that pass: the same call made again succeeds. */
export const TRANSIENT = [
  'throttled',
  'internal error',
  'unavailable',
  'HTML instead of an answer',
  'reset before AWS has it',
  'reset after AWS has carried it out',
  'answer cut off',
  'answer shorter than announced',
] as const

export type Kind = (typeof TRANSIENT)[number] | 'no answer' | 'slow' | 'session expired' | 'not allowed'

/** Applies to the first `times` (default 1) calls of the operation, or of each operation when none is named. */
export type Rule = {
  /** What happens to the call; a function answers it in its own way, or not at all. */
  kind: Kind | Happening
  /** `ecs:DescribeServices`; `codedeploy:` is every call of that service. */
  operation?: string
  /** Only this one of all calls, counted from 1. */
  nth?: number
  times?: number
  /** Only while this holds; `reached` are the calls that AWS has carried out. */
  when?: (at: {reached: string[]; now: Date}) => boolean
}

type Answer = Awaited<ReturnType<Sandbox['handle']>>

export type Exchange = Call & {response: ServerResponse; carryOut: () => Promise<Answer>}

type Happening = (exchange: Exchange) => unknown

/** What answers behind the network: the sandbox, or moto. */
export type Backend = Pick<Sandbox, 'handle'> & {clock?: {now(): Date}}

export type FaultProxy = Awaited<ReturnType<typeof faultProxy>>

/** A network and an AWS that fail as told, in front of one that does not. */
export async function faultProxy(backend: Backend, rules: Rule[] = []) {
  const used = new Map<string, number>()
  const reached: string[] = []
  const faulted: string[] = []
  let calls = 0

  const ruleFor = (action: string) =>
    rules.find((rule, i) => {
      if (!concerns(rule, action) || (rule.nth ?? calls) !== calls) return false
      if (rule.when?.({reached, now: backend.clock?.now() ?? new Date()}) === false) return false
      const key = `${i} ${rule.operation?.endsWith(':') ? rule.operation : action}`
      const count = (used.get(key) ?? 0) + 1
      used.set(key, count)
      return count <= (rule.times ?? 1)
    })

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const {method = 'POST', url = '/', headers} = request
    const call = callOf({method, url, headers}, body)
    const carryOut = () => {
      reached.push(call.action)
      return backend.handle({method, path: url, headers, body})
    }
    calls++
    const rule = ruleFor(call.action)
    if (rule) faulted.push(call.action)
    await happening(rule)({...call, response, carryOut})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached, faulted, close}
}

const happening = (rule: Rule | undefined): Happening => {
  if (!rule) return pass
  return typeof rule.kind === 'function' ? rule.kind : FAULTS[rule.kind]
}

const concerns = ({operation}: Rule, action: string) =>
  operation === undefined || operation === action || (operation.endsWith(':') && action.startsWith(operation))

const SLOW_MS = 2000

const FAULTS: Record<Kind, Happening> = {
  throttled: (exchange) =>
    exchange.action.startsWith('s3:')
      ? refuse(exchange, 503, 'SlowDown', 'Please reduce your request rate.')
      : refuse(exchange, 400, 'Throttling', 'Rate exceeded'),
  'internal error': (exchange) => refuse(exchange, 500, 'InternalFailure', 'The request processing has failed'),
  unavailable: (exchange) => refuse(exchange, 503, 'ServiceUnavailable', 'Try again later'),
  'HTML instead of an answer': ({response}) =>
    response.writeHead(502, {'content-type': 'text/html'}).end('<html><body><h1>502 Bad Gateway</h1></body></html>'),
  'reset before AWS has it': ({response}) => response.socket?.resetAndDestroy(),
  async 'reset after AWS has carried it out'({response, carryOut}) {
    await carryOut()
    response.socket?.resetAndDestroy()
  },
  async 'answer cut off'({response, carryOut}) {
    const {body, headers} = await carryOut()
    response.writeHead(200, {...headers, 'content-length': firstHalf(body).length}).end(firstHalf(body))
  },
  async 'answer shorter than announced'({response, carryOut}) {
    const {body, headers} = await carryOut()
    response.writeHead(200, {...headers, 'content-length': Buffer.from(body).length})
    response.write(firstHalf(body), () => response.socket?.end())
  },
  'no answer': () => {},
  slow: (exchange) => setTimeout(() => pass(exchange), SLOW_MS),
  'session expired': (exchange) =>
    refuse(exchange, exchange.xml ? 403 : 400, 'ExpiredToken', 'The security token included in the request is expired'),
  'not allowed': (exchange) =>
    refuse(
      exchange,
      exchange.xml ? 403 : 400,
      'AccessDenied',
      `User: arn:aws:sts::000000000000:assumed-role/ops/you is not authorized to perform: ${exchange.action}`,
    ),
}

export async function pass({response, carryOut}: Exchange): Promise<void> {
  const {statusCode, headers, body} = await carryOut()
  response.writeHead(statusCode, headers)
  if (body instanceof Readable) pipeline(body, response, () => {})
  else response.end(Buffer.from(body))
}

/** Query services name an error without the suffix that JSON services give it. */
function refuse({action, xml, response}: Exchange, status: number, code: string, message: string): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  // S3 has no envelope around an error.
  const xmlBody = action.startsWith('s3:') ? error : `<ErrorResponse>${error}</ErrorResponse>`
  const jsonBody = JSON.stringify({__type: `${code}Exception`, message})
  response
    .writeHead(status, {
      'content-type': xml ? 'text/xml' : 'application/x-amz-json-1.1',
      'x-amzn-requestid': 'a1b2c3d4',
    })
    .end(xml ? xmlBody : jsonBody)
}

const firstHalf = (body: Answer['body']) => Buffer.from(body).subarray(0, Buffer.from(body).length / 2)

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

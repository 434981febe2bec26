import {NormalizedSchema} from '@smithy/core/schema'
import type {HttpResponse} from '@smithy/core/transport'
import type {StaticOperationSchema} from '@smithy/types'
import type {Account} from './account.js'
import type {Exchange, Route, WireRequest} from './exchange.js'
import {wireError} from './handlers.js'
import {jsonExchange} from './json.js'
import {queryExchange} from './query.js'
import {SandboxError} from './sandbox-error.js'

export type {WireRequest} from './exchange.js'

/** Target prefixes and query versions of the services, from their client packages' runtimeConfig.shared.js. */
const routes: Route[] = [
  {name: 'ecs', target: 'AmazonEC2ContainerServiceV20141113', load: () => import('./services/ecs.js')},
  {name: 'codedeploy', target: 'CodeDeploy_20141006', load: () => import('./services/codedeploy.js')},
  {name: 'ecr', target: 'AmazonEC2ContainerRegistry_V20150921', load: () => import('./services/ecr.js')},
  {name: 'cloudwatch', target: 'GraniteServiceVersion20100801', load: () => import('./services/cloudwatch.js')},
  {name: 'logs', target: 'Logs_20140328', load: () => import('./services/logs.js')},
  {name: 'application-autoscaling', target: 'AnyScaleFrontendService', load: () => import('./services/autoscaling.js')},
  {
    name: 'cloudtrail',
    target: 'CloudTrail_20131101',
    load: () => import('./services/cloudtrail.js'),
  },
  {
    name: 'rds',
    target: 'AmazonRDSv19',
    version: '2014-10-31',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
    load: () => import('./services/rds.js'),
  },
  {name: 'ssm', target: 'AmazonSSM', load: () => import('./services/ssm.js')},
  {name: 'kms', target: 'TrentService', load: () => import('./services/kms.js')},
  {name: 'dynamodb', target: 'DynamoDB_20120810', load: () => import('./services/dynamodb.js')},
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

/** Serves any operation of the table: decodes by the client's own schema, calls its handler, encodes the answer. */
export async function answer(request: WireRequest, before: (call: Call) => Account): Promise<HttpResponse> {
  const exchange = await exchangeOf(request)
  const {service, operation} = exchange
  let account: Account | undefined
  try {
    account = before({service, operation})
    const loaded = await exchange.load()
    const schema = loaded?.schemas[`${operation}$`]
    const handler = loaded?.handlers[operation]
    if (!schema || !handler) throw unknownOperation(operation)
    const input = complete(schema, await exchange.decode(schema))
    return await exchange.encode(schema, handler(input as never, account) ?? {})
  } catch (error) {
    // A file of the sandbox that failed is the user's to mend, not an answer of AWS.
    if ((!account && !isAnswer(error)) || error instanceof SandboxError) throw error
    return exchange.refuse(error as Error)
  }
}

/** S3 alone has neither a target nor a form: there the path and the method say what is asked. */
async function exchangeOf(request: WireRequest): Promise<Exchange> {
  const {method, headers} = request
  const target = String(headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '')
  if (target) return jsonExchange(request, target, routes)
  const contentType = String(headers['content-type'] ?? headers['Content-Type'] ?? '')
  if (method === 'POST' && contentType.includes('form-urlencoded')) return queryExchange(request, routes)
  return (await import('./rest.js')).restExchange(request)
}

const unknownOperation = (name: string) => wireError('UnknownOperationException', `sandbox: ${name} is not emulated`)

const isAnswer = (error: unknown) => error instanceof Error && 'status' in error

function complete([, , , , of]: StaticOperationSchema, input: Record<string, unknown>): Record<string, unknown> {
  const schema = NormalizedSchema.of(of)
  // A struct's first members, as many as its seventh field says, are the required ones.
  const [, , , , members, , required = 0] = schema.getSchema() as unknown as [0, 0, 0, 0, string[], 0, number?]
  const missing = schema.isUnitSchema() ? [] : members.slice(0, required).filter((name) => input[name] === undefined)
  if (missing.length === 0) return input
  const text = missing.map((name) => `Value at '${name}' failed to satisfy constraint: Member must not be null`)
  throw wireError('ValidationException', `${missing.length} validation error detected: ${text.join('; ')}`)
}

import {nearest} from '../config/nearest.js'
import {hookEvents} from './plan.js'
import {SandboxError} from './sandbox-error.js'

export type FaultRecord = {name: string; argument?: string; from: number; until?: number; left?: number}

export type Fault = {
  name: string
  description: string
  /** What may follow the colon, and what holds without it. */
  argument?: string
  otherwise?: string
  /** Tasks of deployments created under the fault behave like this rehearsal. */
  rehearsal?: string
  /** Answers on the wire instead of the service. */
  wire?: {code: string; status: number; message: string}
  /** The argument counts requests: the fault wears off. */
  counts?: boolean
}

const denied =
  'User: {caller} is not authorized to perform: {action} because no identity-based policy allows the action'

export const faults: Fault[] = [
  {name: 'crash-loop', description: 'tasks of the next deployments exit at start', rehearsal: 'crash'},
  {name: 'bad-image', description: 'tasks of the next deployments cannot pull their image', rehearsal: 'missing'},
  {name: 'health-503', description: 'the next deployments answer 503 to health checks', rehearsal: 'unhealthy'},
  {name: 'health-timeout', description: 'the next deployments do not answer health checks', rehearsal: 'timeout'},
  {name: 'bad-param', description: 'a secret of the task definition cannot be read', rehearsal: 'secret'},
  {
    name: '5xx',
    description: "this percentage of the new version's answers are errors",
    argument: 'percent',
    otherwise: '40',
  },
  {name: 'alarm-stuck', description: 'an alarm is in ALARM', argument: 'alarm name', otherwise: ''},
  {name: 'hook-fail', description: 'a lifecycle hook reports failure', argument: 'event', otherwise: 'AfterInstall'},
  {name: 'hook-silent', description: 'a lifecycle hook never reports', argument: 'event', otherwise: 'AfterInstall'},
  {name: 'stuck-deploy', description: "a colleague's deployment is running already"},
  {name: 'slow-provision', description: 'tasks take this much longer to start', argument: 'seconds', otherwise: '300'},
  {name: 'stop-refused', description: 'a stop request stays pending for ten minutes'},
  {
    name: 'stale-parameters',
    description: 'reads of parameters lag behind their writes by this much',
    argument: 'seconds',
    otherwise: '3',
  },
  {
    name: 'kms-key',
    description: 'the KMS key of the parameters is disabled, or denied',
    argument: 'why',
    otherwise: 'disabled',
  },
  {name: 'drained-blue', description: 'the old version is terminated as soon as traffic has moved'},
  {name: 'not-code-deploy', description: 'the service is deployed by ECS itself'},
  {name: 'no-group', description: 'the deployment group does not exist'},
  {
    name: 'throttle',
    description: 'this many requests are throttled',
    argument: 'requests',
    otherwise: '10',
    counts: true,
    wire: {code: 'ThrottlingException', status: 400, message: 'Rate exceeded'},
  },
  {
    name: 'http-5xx',
    description: 'this many requests end in an internal error',
    argument: 'requests',
    otherwise: '3',
    counts: true,
    wire: {code: 'InternalFailure', status: 500, message: 'The request processing has failed'},
  },
  {
    name: 'expired-token',
    description: 'the credentials have expired',
    wire: {
      code: 'ExpiredTokenException',
      status: 400,
      message: 'The security token included in the request is expired',
    },
  },
  {
    name: 'access-denied',
    description: 'one operation is not allowed',
    argument: 'operation',
    otherwise: 'CreateDeployment',
    wire: {code: 'AccessDeniedException', status: 400, message: denied},
  },
  {
    name: 'conn-reset',
    description: 'this many connections are reset',
    argument: 'requests',
    otherwise: '3',
    counts: true,
  },
]

export function faultRecord(spec: string, now: number): FaultRecord {
  const [name = '', ...rest] = spec.split(':')
  const fault = faults.find((f) => f.name === name)
  if (!fault) throw new SandboxError(`There is no fault '${name}'.${didYouMean(name)}`)
  if (rest.length && fault.argument === undefined) throw new SandboxError(`The fault '${name}' takes no argument.`)
  const argument = rest.join(':') || fault.otherwise
  const numeric = ['percent', 'seconds', 'requests'].includes(fault.argument ?? '')
  if (numeric && !/^\d+$/.test(argument ?? ''))
    throw new SandboxError(`The fault '${name}' takes a number (${fault.argument}).`)
  if (fault.argument === 'event' && !hookEvents.some((event) => event === argument))
    throw new SandboxError(
      `The fault '${name}' takes a lifecycle event that can have a hook: ${hookEvents.join(', ')}.`,
    )
  return {name, ...(argument && {argument}), from: now, ...(fault.counts && {left: Number(argument)})}
}

const isOn = (fault: FaultRecord, now: number) =>
  fault.from <= now && now < (fault.until ?? Infinity) && fault.left !== 0

export const activeFaults = (records: FaultRecord[], now: number) => records.filter((fault) => isOn(fault, now))

export const activeFault = (records: FaultRecord[], name: string, now: number) =>
  records.findLast((fault) => fault.name === name && isOn(fault, now))

function didYouMean(name: string): string {
  const near = nearest(
    name,
    faults.map((fault) => fault.name),
  )
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
}

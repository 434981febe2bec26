import {nearest} from '../config/nearest.js'
import {hookEvents, type LifecycleEvent} from './plan.js'
import {SandboxError} from './sandbox-error.js'
import {taskEndings} from './task-endings.js'

export type FaultRecord = {name: string; argument?: string; from: number; until?: number; left?: number}

export type Fault = {
  name: string
  description: string
  /** What may follow the colon, and what holds without it. */
  argument?: string
  otherwise?: string
  /** Tasks of deployments created under the fault behave like this rehearsal. */
  rehearsal?: string
  /** CodeDeploy fails deployments created under the fault in this lifecycle event, and says so. */
  breaks?: {event: LifecycleEvent; code: string; message: string}
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
  ...Object.entries(taskEndings).map(([name, {about}]) => ({name, description: about, rehearsal: name})),
  {
    name: 'listener-changed',
    description: 'somebody else has changed where the listener sends the traffic',
    breaks: {
      event: 'Install',
      code: 'ELASTIC_LOAD_BALANCING_INVALID',
      message:
        'The ELB could not be updated due to the following error: Primary taskset target group must be behind listener',
    },
  },
  {
    name: 'scaled',
    description: 'the service is scaled while its traffic moves',
    breaks: {
      event: 'AllowTraffic',
      code: 'ECS_UPDATE_ERROR',
      message: 'The service was scaled during the deployment and did not become steady within 5 minutes.',
    },
  },
  {
    name: 'no-pass-role',
    description: 'CodeDeploy’s role may not pass the roles of the tasks',
    breaks: {
      event: 'Install',
      code: 'IAM_ROLE_PERMISSIONS',
      message: 'ECS was unable to assume or pass the role of the task: iam:PassRole is not allowed.',
    },
  },
  {
    name: 'missing-param',
    description: 'a secret of the task definition does not exist',
    argument: 'key',
    otherwise: 'SECRET_KEY',
  },
  {
    name: 'run-fails',
    description: 'the command of a task that runs by itself exits with this code',
    argument: 'code',
    otherwise: '1',
  },
  {name: 'wrong-architecture', description: 'images are built for arm64'},
  {name: 'no-auto-rollback', description: 'the deployment group does not roll back by itself'},
  {name: 'unlike-groups', description: 'the two target groups have different health checks'},
  {name: 'listener-moved', description: 'somebody has moved the listener to the other target group'},
  {name: 'just-scaled', description: 'autoscaling has changed the number of tasks a moment ago'},
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
    name: 'ready-gate',
    description: 'the next deployments wait this long for approval before traffic moves',
    argument: 'minutes',
    otherwise: '60',
  },
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
  {
    name: 'late-logs',
    description: 'one batch of log lines in four arrives this much later',
    argument: 'seconds',
    otherwise: '60',
  },
  {
    name: 'future-logs',
    description: 'a log line now and then is dated this far ahead',
    argument: 'seconds',
    otherwise: '600',
  },
  {name: 'empty-pages', description: 'every page of log events comes after an empty one'},
  {
    name: 'log-burst',
    description: 'each task writes this many more lines a second',
    argument: 'lines',
    otherwise: '400',
  },
  {name: 'livetail-limit', description: 'no further Live Tail session is started'},
  {name: 'livetail-cut', description: 'Live Tail sessions end in the middle'},
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
    name: 'pass-role-denied',
    description: 'the caller may not give tasks their execution role',
    argument: 'operation',
    otherwise: 'RegisterTaskDefinition',
    wire: {
      code: 'AccessDeniedException',
      status: 400,
      message:
        'User: {caller} is not authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action',
    },
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
  const numeric = ['code', 'lines', 'minutes', 'percent', 'requests', 'seconds'].includes(fault.argument ?? '')
  if (numeric && !/^\d+$/.test(argument ?? ''))
    throw new SandboxError(`The fault '${name}' takes a number (${fault.argument}).`)
  if (fault.argument === 'event' && !hookEvents.some((event) => event === argument))
    throw new SandboxError(
      `The fault '${name}' takes a lifecycle event that can have a hook: ${hookEvents.join(', ')}.`,
    )
  return {name, ...(argument && {argument}), from: now, ...(fault.counts && {left: Number(argument)})}
}

/** Whether it answers this operation; most answer any. */
export const concerns = ({name, argument}: FaultRecord, operation: string): boolean =>
  argument === operation || faults.find((fault) => fault.name === name)?.argument !== 'operation'

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

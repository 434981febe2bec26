import {type Repeated, repeated} from './repeated.js'
import type {Alarm, Deployment, ServiceEvent, Target, Task} from './service.js'
import {isTrouble} from './service-events.js'
import {stoppedReasons, withoutIds} from './stopped.js'
import type {Container} from './task-definition.js'

/** Something AWS said, by the API that said it. */
export type Evidence = {source: string; message: string; count: number; since?: Date}

/** Why a deployment failed, as one cause with what supports it. */
export type Failure = {code: string; summary: string; evidence: Evidence[]; logs: string[]; fix: string}

/** All that can be known about a failed deployment. */
export type Facts = {
  deployment: Deployment
  container: Container
  /** Stopped tasks of the new release. */
  stopped: Task[]
  /** Its unhealthy targets, as last seen. */
  unhealthy: Target[]
  alarms: Alarm[]
  events: ServiceEvent[]
  /** Last log lines of one of the stopped tasks. */
  logs: string[]
}

type Cause = {code: string; summary: string; fix: string}

/** The most telling cause first: what stopped the tasks, then what kept them unhealthy, then what CodeDeploy says. */
export function diagnose(facts: Facts): Failure {
  const cause = fromAlarm(facts) ?? fromTasks(facts) ?? fromTargets(facts) ?? fromCodeDeploy(facts)
  return {...cause, evidence: evidenceOf(facts, cause), logs: telling(facts.logs)}
}

function fromAlarm({deployment, alarms}: Facts): Cause | undefined {
  if (deployment.error?.code !== 'ALARM_ACTIVE') return undefined
  const named = [...deployment.error.message.matchAll(/<([^>]+)>/g)].map(([, name]) => name!)
  const name = named.join(', ') || 'an alarm'
  const reason = alarms.find((alarm) => alarm.name === named[0])?.reason
  return {
    code: 'alarm',
    summary: `alarm ${name} fired while the new version took traffic`,
    fix: `look at what ${name} measures in the new version${reason ? `: ${reason}` : ''}`,
  }
}

const PULL = /CannotPullContainer|pull image|manifest unknown/i
const SECRETS = /ResourceInitializationError.*(secret|ssm|parameter|registry auth)/is
const LOGGER = /failed to validate logger args/i
const MEMORY = /OutOfMemory/i
const PLATFORM = /exec format error|does not match platform/i

/** Exit codes with a meaning of their own. 3 and 4: uvicorn STARTUP_FAILURE, gunicorn APP_LOAD_ERROR (their sources). */
const EXITS: Record<number, Omit<Cause, 'code'>> = {
  3: {summary: 'the application fails to start', fix: 'mend the start-up error shown in the log'},
  4: {summary: 'gunicorn cannot import the application', fix: 'check the import path in the start command'},
  126: {summary: 'the start command cannot be executed', fix: 'check the command and its permissions in the image'},
  127: {summary: 'the start command does not exist in the image', fix: 'check command and entryPoint'},
  137: {summary: 'the container was killed', fix: 'let the application end within stopTimeout after SIGTERM'},
  139: {summary: 'the application crashed (segmentation fault)', fix: 'look for a native library that does not fit'},
}

function fromTasks({stopped, container, logs}: Facts): Cause | undefined {
  const task = stopped[0]
  if (!task) return undefined
  const own = task.containers.find(({name}) => name === container.name) ?? task.containers[0]
  const said = [task.stoppedReason, own?.reason].filter(Boolean).join(' ')
  if (PULL.test(said))
    return {
      code: 'image_pull',
      summary: `the image cannot be pulled: ${container.image}`,
      fix: 'push the image again, or deploy another tag',
    }
  if (SECRETS.test(said))
    return {
      code: 'secrets',
      summary: 'a secret of the task definition cannot be read',
      fix: 'create the parameter, or allow the execution role to read it',
    }
  if (LOGGER.test(said))
    return {
      code: 'log_group',
      summary: 'the log group cannot be written',
      fix: 'create the log group, or allow the execution role to write to it',
    }
  if (PLATFORM.test(`${said} ${logs.join(' ')}`))
    return {
      code: 'platform',
      summary: 'the image was built for another processor',
      fix: 'build it for the platform in runtimePlatform',
    }
  if (MEMORY.test(said))
    return {
      code: 'out_of_memory',
      summary: 'the container ran out of memory',
      fix: 'give it more with --memory, or fewer workers',
    }
  if (/health checks/i.test(said)) return undefined
  if (own?.exitCode) return fromExit(own.exitCode, logs)
  return task.stopCode === 'TaskFailedToStart'
    ? {code: 'task_start', summary: 'tasks do not start', fix: 'see the reason ECS gives'}
    : undefined
}

function fromExit(exitCode: number, logs: string[]): Cause {
  const known = EXITS[exitCode] ?? {summary: 'the application exits', fix: 'see the last log lines'}
  const error = lastException(logs)
  return {
    code: `exit_${exitCode}`,
    summary: `${known.summary} (exit ${exitCode})${error ? `: ${error}` : ''}`,
    fix: known.fix,
  }
}

const TARGET_FIXES: Record<string, string> = {
  'Target.ResponseCodeMismatch':
    'make the health check path answer 200, or set the path and matcher of the target groups',
  'Target.Timeout': 'listen on 0.0.0.0 and the right port; let the security group admit the load balancer',
  'Target.FailedHealthChecks': 'check the container port and that the application listens on it',
}

function fromTargets({unhealthy, stopped}: Facts): Cause | undefined {
  const target = unhealthy[0]
  const said =
    target?.description ?? stopped.find(({stoppedReason}) => /health checks/i.test(stoppedReason ?? ''))?.stoppedReason
  if (!said) return undefined
  return {
    code: 'unhealthy',
    summary: `green never became healthy: ${withoutIds(said)}`,
    fix: TARGET_FIXES[target?.reason ?? ''] ?? 'see why the health check fails',
  }
}

function fromCodeDeploy({deployment: {error, status}}: Facts): Cause {
  if (error?.code === 'MANUAL_STOP' || (status === 'Stopped' && !error)) {
    return {code: 'stopped', summary: 'somebody stopped the deployment', fix: 'ask who stopped it, then deploy again'}
  }
  const hook = error?.code === 'HOOK_EXECUTION_FAILURE'
  return {
    code: hook ? 'hook' : (error?.code ?? 'unknown').toLowerCase(),
    summary: error?.message ?? `CodeDeploy ended it as ${status}`,
    fix: hook ? 'see the log of the hook’s Lambda function' : 'see the deployment in the CodeDeploy console',
  }
}

function evidenceOf(
  {deployment: {error, completedAt}, stopped, unhealthy, alarms, events}: Facts,
  cause: Cause,
): Evidence[] {
  const from = (source: string, seen: Repeated[]) =>
    seen.map(({message, count, since}) => ({source, message, count, since}))
  const said = error ? [{message: `${error.code}: ${error.message}`, at: completedAt}] : []
  const firing = alarms
    .filter(({state}) => state === 'ALARM')
    .map(({name, reason, since}) => ({message: `${name}: ${reason ?? 'ALARM'}`, at: since}))
  const sick = unhealthy.map(({description, reason, state}) => ({
    message: [state, reason, description].filter(Boolean).join(' · '),
  }))
  const trouble = events.filter(isTrouble).map(({message, at}) => ({message: withoutIds(message), at}))
  const ofTasks = [
    ...from('ecs:DescribeTasks', stoppedReasons(stopped)),
    ...from('elb:DescribeTargetHealth', repeated(sick)),
    ...from('ecs:DescribeServices', repeated(trouble)).slice(0, 2),
  ]
  return [
    ...from('codedeploy:GetDeployment', repeated(said)),
    ...from('cloudwatch:DescribeAlarms', repeated(firing)),
    ...(cause.code === 'alarm' ? [] : ofTasks),
  ].slice(0, 6)
}

/** The line that names a Python exception: the last one of a traceback. */
const EXCEPTION = /^(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning)\b.*/

const lastException = (logs: string[]): string | undefined =>
  logs.flatMap((line) => line.split('\n')).findLast((line) => EXCEPTION.test(line))

/** The last traceback with what follows it, or the last ten lines. */
function telling(logs: string[]): string[] {
  const all = logs.flatMap((line) => line.split('\n'))
  const start = all.findLastIndex((line) => line.includes('Traceback (most recent call last)'))
  return start >= 0 ? all.slice(start, start + 30) : all.slice(-10)
}

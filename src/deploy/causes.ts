import type {Facts} from './diagnose.js'
import {withoutIds} from './stopped.js'

export type Cause = {code: string; summary: string; fix: string}

/** The most telling cause first: what stopped the tasks, then what kept them unhealthy, then what CodeDeploy says. */
export const causeOf = (facts: Facts): Cause =>
  fromAlarm(facts) ?? fromHook(facts) ?? fromTasks(facts) ?? fromTargets(facts) ?? fromCodeDeploy(facts)

function fromAlarm({deployment, alarms}: Facts): Cause | undefined {
  if (deployment.error?.code !== 'ALARM_ACTIVE') return undefined
  const named = [...deployment.error.message.matchAll(/<([^>]+)>/g)].map(([, name]) => name!)
  const name = named.join(', ') || 'an alarm'
  const {reason, since} = alarms.find((alarm) => alarm.name === named[0]) ?? {}
  const before = since !== undefined && since < deployment.createdAt
  return {
    code: 'alarm',
    summary: before ? `alarm ${name} was firing before it began` : `alarm ${name} fired and stopped the deployment`,
    fix: `look at what ${name} measures${before ? '' : ' in the new version'}${reason ? `: ${reason}` : ''}`,
  }
}

/** The lifecycle events that CodeDeploy carries out itself; at all others the application's own Lambda function decides. */
const OWN = new Set(['Install', 'AllowTestTraffic', 'AllowTraffic'])

function fromHook({deployment: {error}, lifecycle}: Facts): Cause | undefined {
  const failed = lifecycle.find(({name, status}) => status === 'Failed' && !OWN.has(name))
  if (!failed || !error || !['HOOK_EXECUTION_FAILURE', 'TIMEOUT'].includes(error.code)) return undefined
  const outcome = error.code === 'TIMEOUT' ? 'did not answer' : 'said no'
  const why = failed.message ? `: ${failed.message}` : ''
  return {
    code: 'hook',
    summary: `the hook at ${failed.name} ${outcome}${why}`,
    fix: 'see the log of the hook’s Lambda function',
  }
}

/** What ECS or the log says of a task that stopped, and what it means (texts: ECS stopped-task error messages). */
const SAID: [RegExp, Cause][] = [
  [
    /CannotPullContainer|pull image|manifest unknown/i,
    {code: 'image_pull', summary: 'the image cannot be pulled', fix: 'push the image again, or deploy another tag'},
  ],
  [
    /ResourceInitializationError.*(secret|ssm|parameter|registry auth)/is,
    {
      code: 'secrets',
      summary: 'a secret of the task definition cannot be read',
      fix: 'create the parameter, or allow the execution role to read it',
    },
  ],
  [
    /failed to validate logger args/i,
    {
      code: 'log_group',
      summary: 'the log group cannot be written',
      fix: 'create the log group, or allow the execution role to write to it',
    },
  ],
  [
    /exec format error|does not match platform/i,
    {
      code: 'platform',
      summary: 'the image was built for another processor',
      fix: 'build it for the platform in runtimePlatform',
    },
  ],
  [
    /OutOfMemory/i,
    {
      code: 'out_of_memory',
      summary: 'the container ran out of memory',
      fix: 'give it more with --memory, or fewer workers',
    },
  ],
]

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
  const said = [task.stoppedReason, own?.reason, ...logs].filter(Boolean).join('\n')
  const known = SAID.find(([pattern]) => pattern.test(said))?.[1]
  if (known) return known.code === 'image_pull' ? {...known, summary: `${known.summary}: ${container.image}`} : known
  if (/health checks/i.test(task.stoppedReason ?? '')) return undefined
  if (own?.exitCode) return fromExit(own.exitCode, logs)
  return {code: 'task_start', summary: 'tasks of the new version stop', fix: 'see the reason ECS gives'}
}

function fromExit(exitCode: number, logs: string[]): Cause {
  const {summary, fix} = EXITS[exitCode] ?? {summary: 'the application exits', fix: 'see the last log lines'}
  const error = lastException(logs)
  return {code: `exit_${exitCode}`, summary: `${summary} (exit ${exitCode})${error ? `: ${error}` : ''}`, fix}
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
  // While tasks start it would be Failed: only the wait for approval ends so (DeploymentReadyOption, STOP_DEPLOYMENT).
  if (error?.code === 'TIMEOUT' && status === 'Stopped') {
    return {
      code: 'not_approved',
      summary: 'nobody approved it in time',
      fix: 'deploy again, and let it go on with fb approve',
    }
  }
  if (error?.code === 'MANUAL_STOP' || (status === 'Stopped' && !error)) {
    return {code: 'stopped', summary: 'somebody stopped the deployment', fix: 'ask who stopped it, then deploy again'}
  }
  return {
    code: (error?.code ?? 'unknown').toLowerCase(),
    summary: error?.message ?? `CodeDeploy ended it as ${status}`,
    fix: 'see the deployment in the CodeDeploy console',
  }
}

/** The line that names a Python exception: the last one of a traceback. */
const EXCEPTION = /^(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning)\b.*/

const lastException = (logs: string[]): string | undefined =>
  logs.flatMap((line) => line.split('\n')).findLast((line) => EXCEPTION.test(line))

import type {Cause} from './causes.js'
import type {Signs} from './diagnose.js'
import {lastException} from './log-lines.js'
import type {ServiceEvent, Task} from './service.js'
import {saidOf} from './stop-reasons.js'
import {withoutIds} from './stopped.js'

/** Why green's tasks do not live, as far as they, their targets and ECS say so. */
export const causeOfGreen = (signs: Signs): Cause | undefined =>
  fromTasks(signs) ?? fromTargets(signs) ?? fromEvents(signs)

type Exit = Omit<Cause, 'code'>

/** Exit codes with a meaning of their own. 3 and 4: uvicorn STARTUP_FAILURE, gunicorn APP_LOAD_ERROR (their sources). */
const EXITS: Record<number, Exit> = {
  0: {summary: 'the application ends by itself', fix: 'let the start command stay in the foreground'},
  3: {summary: 'the application fails to start', fix: 'mend the start-up error shown in the log'},
  4: {summary: 'gunicorn cannot import the application', fix: 'check the import path in the start command'},
  126: {summary: 'the start command cannot be executed', fix: 'check the command and its permissions in the image'},
  127: {summary: 'the start command does not exist in the image', fix: 'check command and entryPoint'},
  134: {summary: 'the application aborted', fix: 'look for a native library that fails an assertion'},
  137: {summary: 'the container was killed', fix: 'let the application end within stopTimeout after SIGTERM'},
  139: {summary: 'the application crashed (segmentation fault)', fix: 'look for a native library that does not fit'},
}
const OTHER: Exit = {summary: 'the application exits', fix: 'mend what the last log lines show'}

function fromTasks(signs: Signs): Cause | undefined {
  const [task] = signs.stopped
  return task && causeOfTask(task, signs, signs.logs)
}

/** What one task gives as its cause; none when only its health was judged, which its target says more about. */
export function causeOfTask(task: Task, signs: Omit<Signs, 'logs'>, logs: string[]): Cause | undefined {
  const {container} = signs
  const own = task.containers.find(({name}) => name === container.name) ?? task.containers[0]
  const text = [task.stoppedReason, own?.reason, ...logs].filter(Boolean).join('\n')
  const known = saidOf(text, signs)
  if (known) return known
  if (isElbVerdict(task)) return undefined
  if (own?.exitCode !== undefined) return fromExit(own.exitCode, logs)
  return {code: 'task_start', summary: 'tasks of the new version stop', fix: 'see the reason ECS gives'}
}

function fromExit(exitCode: number, logs: string[]): Cause {
  const {summary, fix} = EXITS[exitCode] ?? OTHER
  const error = lastException(logs)
  return {code: `exit_${exitCode}`, summary: `${summary} (exit ${exitCode})${error ? `: ${error}` : ''}`, fix}
}

/** The judgement of health checks, by which ECS ends a task. */
export const isHealthVerdict = ({stoppedReason = ''}: Task): boolean =>
  /failed (ELB|container) health checks/i.test(stoppedReason)

const isElbVerdict = ({stoppedReason = ''}: Task): boolean => /ELB health checks/i.test(stoppedReason)

const TARGET_FIXES: Record<string, string> = {
  'Target.ResponseCodeMismatch': 'see in the log why it does not, or set the path and matcher of the target groups',
  'Target.Timeout': 'listen on 0.0.0.0 and the right port; let the security group admit the load balancer',
  'Target.FailedHealthChecks': 'check the container port and that the application listens on it',
  'Target.NotInUse':
    'attach the target group to a rule of the listener, and give the load balancer a subnet in the task’s zone',
}

/** What the health check was answered, and what that mostly means. */
const ANSWERS: [RegExp, string][] = [
  [/\[404\]/, 'the health check path does not exist in this version: mend it, or set the path of the target groups'],
  [/\[40[13]\]/, 'the health check path asks for a login: leave it open'],
  [/\[30\d\]/, 'the health check path redirects: name the final one, or let the matcher accept it'],
]

function fromTargets({unhealthy, stopped, container, logs, healthCheck, events}: Signs): Cause | undefined {
  const target = unhealthy[0]
  const verdict = target?.description ?? events.flatMap(toldOfTarget)[0] ?? stopped.find(isElbVerdict)?.stoppedReason
  if (!verdict) return undefined
  const answer = ANSWERS.find(([pattern]) => pattern.test(verdict))?.[1]
  const deaf = outOfReach(logs, container.portMappings?.[0]?.containerPort)
  const {path, matcher} = healthCheck ?? {}
  const asked = `${path ? `GET ${path}` : 'the health check path'} must answer ${matcher ?? 200}: `
  return {
    code: 'unhealthy',
    summary: `green never became healthy: ${deaf ?? withoutIds(verdict)}`,
    fix: deaf
      ? TARGET_FIXES['Target.Timeout']!
      : asked + (answer ?? TARGET_FIXES[target?.reason ?? reasonOf(verdict)] ?? 'see why the health check fails'),
  }
}

/** The reason of a target that is gone, from what was said of it. */
function reasonOf(verdict: string): string {
  if (/codes: \[/.test(verdict)) return 'Target.ResponseCodeMismatch'
  return /timed out/i.test(verdict) ? 'Target.Timeout' : 'Target.FailedHealthChecks'
}

/** Targets are gone with their tasks; the service still tells of them. */
const toldOfTarget = ({message}: ServiceEvent): string[] =>
  /is unhealthy in .*due to \(reason (.*)\)\.?$/.exec(message)?.slice(1) ?? []

/** Where the server says it listens, when no load balancer can reach it there (uvicorn, gunicorn, hypercorn). */
function outOfReach(logs: string[], port?: number): string | undefined {
  const [, host, own] = /(?:running on|listening at:?) https?:\/\/([\w.[\]:]+?):(\d+)/i.exec(logs.join('\n')) ?? []
  if (!host) return undefined
  if (/^(127\.|localhost|\[::1\])/.test(host)) return `it listens on ${host} only, inside its own container`
  return port && Number(own) !== port ? `it listens on port ${own}, not on ${port}` : undefined
}

/** No task is known any more, or none was ever started: only the events of the service say why, and the log. */
function fromEvents(signs: Signs): Cause | undefined {
  const {events, stopped, logs} = signs
  if (stopped.length > 0) return undefined
  const told = (pattern: RegExp) => events.find(({message}) => pattern.test(message))?.message
  const placing = told(/unable to place/i)
  const known = placing && saidOf(placing, signs)
  if (known && known.code !== NO_ROOM.code) return known
  if (placing) return {...NO_ROOM, summary: `ECS cannot start tasks${reasonIn(placing)}`}
  if (told(/steady state|STEADY_STATE|registered \d+ targets/i)) return undefined
  const error = lastException(logs)
  if (!error && !told(/unable to consistently start/i)) return undefined
  return {...DYING, summary: error ? `the application fails to start: ${error}` : DYING.summary}
}

const NO_ROOM = {
  code: 'capacity',
  fix: 'see the quota of Fargate vCPUs, the free addresses of the subnets, and the capacity providers',
}
const DYING = {
  code: 'task_start',
  summary: 'ECS cannot start tasks that last',
  fix: 'mend what the log shows',
}

function reasonIn(event: string): string {
  const reason = /Reason: (.*?)\.?$/s.exec(event)?.[1] ?? /because (.*?)\.?$/s.exec(event)?.[1]
  return reason ? `: ${withoutIds(reason)}` : ''
}

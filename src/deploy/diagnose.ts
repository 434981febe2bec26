import {type Cause, causeOf} from './causes.js'
import type {Change} from './changes.js'
import {telling, untilToldToEnd} from './log-lines.js'
import {type Repeated, repeated} from './repeated.js'
import type {Alarm, Deployment, LifecycleEvent, ServiceEvent, Target, Task} from './service.js'
import {isTrouble} from './service-events.js'
import {stoppedReasons, withoutIds} from './stopped.js'
import type {Container} from './task-definition.js'

/** Something AWS said, by the API that said it. */
export type Evidence = {source: string; message: string; count: number; since?: Date}

/** Why a deployment failed, as one cause with what supports it. */
export type Failure = {
  code: string
  summary: string
  evidence: Evidence[]
  logs: string[]
  /** What the new release has changed, what the evidence speaks of first. */
  changes: Change[]
  fix: string
}

/** What can be seen of green while it does not live. */
export type Signs = {
  container: Container
  /** MiB of a task. */
  memory?: string
  /** Stopped tasks of the new release, the newest first. */
  stopped: Task[]
  /** Its unhealthy targets, as last seen. */
  unhealthy: Target[]
  events: ServiceEvent[]
  /** What the load balancer asks for. */
  healthCheck?: {path?: string; matcher?: string}
  /** Last log lines of one of the stopped tasks. */
  logs: string[]
}

/** All that can be known about a failed deployment. */
export type Facts = Signs & {
  deployment: Deployment
  alarms: Alarm[]
  lifecycle: LifecycleEvent[]
  /** What the new release has changed. */
  changes?: Change[]
}

/** Causes that the application's own log says nothing about. */
const ELSEWHERE =
  /^(hook|stopped|not_approved|image_|secrets|log_group|capacity|platform|iam_|elastic_|ecs_|autoscaling|resource_)/
/** Those that are about other things than the task definition. */
const UNCHANGED = /^(hook|stopped|not_approved|capacity|iam_|elastic_|autoscaling|ecs_update)/

export function diagnose(facts: Facts): Failure {
  const {code, summary, fix} = causeOf(facts)
  const evidence = evidenceOf(facts, code)
  const ended = facts.stopped[0]?.stopCode === 'ServiceSchedulerInitiated'
  const logs = ELSEWHERE.test(code) ? [] : telling(ended ? untilToldToEnd(facts.logs) : facts.logs)
  const text = [summary, ...evidence.map(({message}) => message), ...logs].join('\n')
  const changes = UNCHANGED.test(code) ? [] : spokenOfFirst(facts.changes ?? [], text)
  return {code, summary, evidence, logs, changes, fix}
}

/** A change is most likely to blame when the evidence names what was changed. */
function spokenOfFirst(changes: Change[], text: string): Change[] {
  const named = ({what}: Change) => text.includes(what.slice(what.lastIndexOf(' ') + 1))
  return [...changes.filter(named), ...changes.filter((change) => !named(change))]
}

function evidenceOf(facts: Facts, code: Cause['code']): Evidence[] {
  const {deployment, stopped, unhealthy, alarms, events} = facts
  const {error, completedAt} = deployment
  const from = (source: string, seen: Repeated[]) =>
    seen.map(({message, count, since}) => ({source, message, count, since}))
  // That it was stopped says nothing of why.
  const mute = error?.code === 'MANUAL_STOP' && code !== 'stopped'
  const said = error && !mute ? [{message: `${error.code}: ${error.message}`, at: completedAt}] : []
  const firing = alarms
    .filter(({state}) => state === 'ALARM')
    .map(({name, reason, since}) => ({message: `${name}: ${reason ?? 'ALARM'}`, at: since}))
  const sick = unhealthy.map(({description, reason, state}) => ({
    message: [state, reason, description].filter(Boolean).join(' · '),
  }))
  // The service repeats what its tasks say.
  const repeats = ({message}: ServiceEvent) => stopped.some(({stoppedReason: said}) => said && message.includes(said))
  const trouble = events
    .filter((event) => isTrouble(event) && !repeats(event))
    .map(({message, at}) => ({message: withoutIds(message), at}))
  const ofTasks = [
    ...from('ecs:DescribeTasks', stoppedReasons(stopped)),
    ...from('elasticloadbalancing:DescribeTargetHealth', repeated(sick)),
    ...from('ecs:DescribeServices', repeated(trouble)).slice(0, 2),
  ]
  const ofDeployment = from('codedeploy:GetDeployment', repeated(said))
  const ofAlarms = from('cloudwatch:DescribeAlarms', repeated(firing))
  if (code === 'alarm') return [...ofDeployment, ...ofAlarms].slice(0, MOST)
  // Of tasks CodeDeploy only says that it has waited for them in vain.
  const all = error?.code === 'TIMEOUT' ? [...ofTasks, ...ofDeployment] : [...ofDeployment, ...ofTasks]
  return [...all, ...ofAlarms].slice(0, MOST)
}

const MOST = 6

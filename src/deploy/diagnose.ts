import {type Cause, causeOf} from './causes.js'
import {type Repeated, repeated} from './repeated.js'
import type {Alarm, Deployment, LifecycleEvent, ServiceEvent, Target, Task} from './service.js'
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
  lifecycle: LifecycleEvent[]
  /** Last log lines of one of the stopped tasks. */
  logs: string[]
}

/** Causes that the application's own log says nothing about. */
const ELSEWHERE = new Set(['hook', 'stopped', 'image_pull', 'secrets', 'log_group'])

export function diagnose(facts: Facts): Failure {
  const cause = causeOf(facts)
  return {...cause, evidence: evidenceOf(facts, cause), logs: ELSEWHERE.has(cause.code) ? [] : telling(facts.logs)}
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
    ...from('elasticloadbalancing:DescribeTargetHealth', repeated(sick)),
    ...from('ecs:DescribeServices', repeated(trouble)).slice(0, 2),
  ]
  return [
    ...from('codedeploy:GetDeployment', repeated(said)),
    ...from('cloudwatch:DescribeAlarms', repeated(firing)),
    ...(cause.code === 'alarm' ? [] : ofTasks),
  ].slice(0, 6)
}

/** The last traceback with what follows it, or the last ten lines. */
export function telling(logs: string[]): string[] {
  const all = logs.flatMap((line) => line.split('\n'))
  const start = all.findLastIndex((line) => line.includes('Traceback (most recent call last)'))
  return start >= 0 ? all.slice(start, start + 30) : all.slice(-10)
}

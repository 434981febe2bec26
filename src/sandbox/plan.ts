import type {DeploymentRecord} from './state.js'
import {shiftSteps, strategies} from './strategies.js'

export const second = 1000
export const minute = 60 * second

export type PlannedEvent = {name: LifecycleEvent; start: number; end: number; fails?: boolean}
export type Ending = {at: number; status: 'Failed' | 'Stopped'; code: string; message: string}

export type Plan = {
  startsAt: number
  events: PlannedEvent[]
  installAt: number
  testTrafficAt: number
  steps: {at: number; weight: number}[]
  readyFrom: number
  readyUntil: number
  /** All traffic is on green; the old task set is kept until `endsAt`. */
  shiftedAt: number
  waitsFrom: number
  endsAt: number
  ending?: Ending
}

export const lifecycleEvents = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const
export type LifecycleEvent = (typeof lifecycleEvents)[number]

/** The others are CodeDeploy's own work and take no hook (AppSpec reference, hooks for Amazon ECS). */
export const hookEvents = lifecycleEvents.filter((name) => !/^(Install|Allow.*)$/.test(name))

export const lifecycleOf = (record: DeploymentRecord) =>
  lifecycleEvents.filter((name) => record.testListener || !name.includes('TestTraffic'))

/** Durations and gaps: the recorded run of 2026-08-08 and the sample in the ECS guide (hooks 0.2-0.7 s, gaps 0.25-0.8 s). */
const quick = {BeforeInstall: 230, AllowTestTraffic: 12 * second} as Partial<Record<LifecycleEvent, number>>
const startDelay = 2200
const gap = 300

const messages = {
  unhealthy:
    'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
  hook: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
  silent:
    'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.',
  ready: (minutes: number) =>
    `The deployment timed out while waiting for a notification to continue. This time out period is ${minutes} minutes.`,
}

/** The timeline of one deployment if nobody stops it. `broken`: its tasks never turn healthy. */
export function planOf(record: DeploymentRecord, broken: boolean): Plan {
  const startsAt = record.at + startDelay
  const plan: Plan = {
    startsAt,
    events: [],
    installAt: Infinity,
    testTrafficAt: Infinity,
    steps: [],
    readyFrom: Infinity,
    readyUntil: Infinity,
    shiftedAt: Infinity,
    waitsFrom: Infinity,
    endsAt: startsAt,
  }
  for (const name of lifecycleOf(record)) {
    if (name === 'BeforeAllowTraffic') waitUntilReady(plan, record)
    if (!plan.ending) append(plan, record, name, broken)
    if (plan.ending) return {...plan, endsAt: plan.ending.at}
  }
  plan.waitsFrom = plan.endsAt
  plan.endsAt = Math.min(
    plan.waitsFrom + record.terminationMinutes * minute,
    Math.max(plan.waitsFrom, record.terminationContinuedAt ?? Infinity),
  )
  return plan
}

function append(plan: Plan, record: DeploymentRecord, name: LifecycleEvent, broken: boolean) {
  const start = plan.endsAt + gap
  const event: PlannedEvent = {name, start, end: start + (quick[name] ?? 500)}
  if (name === 'Install') install(plan, event, record, broken)
  if (name === 'AllowTestTraffic') plan.testTrafficAt = start + second
  if (name === 'AllowTraffic') shift(plan, event, record)
  if (record.hook?.event === name) awaitHook(plan, event, record.hook)
  if (record.breaks?.event === name) breakOff(plan, event, record.breaks)
  plan.events.push(event)
  plan.endsAt = event.end
}

function install(plan: Plan, event: PlannedEvent, record: DeploymentRecord, broken: boolean) {
  plan.installAt = event.start
  event.end = event.start + (broken ? 60 * minute : record.installSeconds * second)
  if (broken || record.installSeconds > 3600) {
    event.end = event.start + 60 * minute
    fail(plan, event, 'TIMEOUT', messages.unhealthy)
  }
}

function shift(plan: Plan, event: PlannedEvent, record: DeploymentRecord) {
  const steps = shiftSteps(strategies[record.config] ?? {type: 'AllAtOnce'})
  plan.steps = steps.map((step) => ({at: event.start + 400 + step.minute * minute, weight: step.weight}))
  plan.shiftedAt = plan.steps.at(-1)!.at
  event.end = plan.shiftedAt + 300
}

/** One that reports of its own accord fails after a few seconds; a silent one may still be reported by somebody else. */
function awaitHook(plan: Plan, event: PlannedEvent, {silent, report}: NonNullable<DeploymentRecord['hook']>) {
  event.end = report?.at ?? event.start + (silent ? 60 * minute : 3 * second)
  if (report?.status === 'Succeeded') return
  if (silent && !report) fail(plan, event, 'TIMEOUT', messages.silent)
  else fail(plan, event, 'HOOK_EXECUTION_FAILURE', messages.hook)
}

/** CodeDeploy notices within half a minute. */
function breakOff(plan: Plan, event: PlannedEvent, {code, message}: NonNullable<DeploymentRecord['breaks']>) {
  event.end = Math.min(event.end, event.start + 30 * second)
  fail(plan, event, code, message)
}

function fail(plan: Plan, event: PlannedEvent, code: string, message: string) {
  event.fails = true
  plan.ending = {at: event.end, status: 'Failed', code, message}
}

/** Deployment ready option STOP_DEPLOYMENT: traffic waits for ContinueDeployment (CodeDeploy API, DeploymentReadyOption). */
function waitUntilReady(plan: Plan, record: DeploymentRecord) {
  if (record.readyMinutes === 0) return
  plan.readyFrom = plan.endsAt
  const expires = plan.readyFrom + record.readyMinutes * minute
  plan.readyUntil = Math.min(expires, Math.max(plan.readyFrom, record.readyContinuedAt ?? Infinity))
  plan.endsAt = plan.readyUntil
  if (plan.readyUntil < expires) return
  plan.ending = {at: expires, status: 'Stopped', code: 'TIMEOUT', message: messages.ready(record.readyMinutes)}
}

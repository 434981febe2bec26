import type {Clock} from '../clock.js'
import {duration, timeOfDay} from '../durations.js'
import type {Event} from '../events.js'
import {hasFailedUnseen, hasMovedUnseen, UNSEEN} from './blind.js'
import type {Failure} from './diagnose.js'
import {sayEnd} from './ends.js'
import {approvalEndsAt} from './gate.js'
import {type Guard, unhealthy as unhealthyAmong} from './guard.js'
import type {Mark} from './mark.js'
import {type Next, oneLine, panel} from './panel.js'
import {blueTerminatesAt, isDone, type Phase, phasesOf, spanOf, TITLES} from './phases.js'
import {type Reading, sidesOf} from './reading.js'
import {type Group, isOver, type Target, type Task} from './service.js'
import {teller} from './service-events.js'
import {type Strategy, shiftSteps} from './strategy.js'

export type WaitFor = 'started' | 'traffic' | 'complete'

/** Reads one deployment again and again, each API at its own pace, until it is ended. */
export type Observe = (deploymentId: string) => AsyncGenerator<Reading, void, void>

export type WatchInput = {
  deploymentId: string
  group: Group
  strategy: Strategy
  until: WaitFor
  deadline: Date
  /** Tells what goes wrong, and may end it. */
  guard?: Guard
  mark?: Mark
  /** The step to begin with; those before it were told. */
  from?: Step
  /** End when it waits for approval, which somebody gives outside. */
  stopAtGate?: boolean
  /** Ids of the service events that were told, by this watch or an earlier one. */
  told?: Set<string>
}

/** How watching ended, and what was seen on the way that is gone afterwards. */
export type Watched = {
  end: 'traffic' | 'complete' | 'failed' | 'timeout' | 'gate' | 'interrupted'
  reading: Reading
  /** The step that was running. */
  step?: Step
  trafficShiftedAt?: Date
  /** Unhealthy targets of green, as last seen. */
  unhealthy: Target[]
  /** Its own stopped tasks and the log of one, as last seen. */
  stopped?: Task[]
  logs?: string[]
  /** When fb itself asked for its end. */
  stoppedAt?: Date
  /** Why it was stopped, when that was asked for here. */
  asked?: Failure
}

export const STEPS = (testListener: boolean, until: WaitFor): Record<string, string> => ({
  ...Object.fromEntries(phasesOf(testListener).map((phase) => [phase, TITLES[phase]])),
  ...(until === 'complete' && {bake: 'Keep blue for the way back, then terminate it'}),
})

/** Follows a deployment until its traffic has moved (or it is complete), it fails, or time is up. Only its guard may end it. */
export async function* watch(observe: Observe, input: WatchInput, clock: Clock): AsyncGenerator<Event, Watched, void> {
  const {deploymentId, group, until, guard} = input
  const steps = stepsFrom(input.from, Boolean(group.testListener), until)
  const tell = teller(input.told)
  let unhealthy: Target[] = []
  let current = steps.shift()!
  let since = clock.now()
  let last: Reading = {at: since, stale: []}
  yield {type: 'start', step: current}
  for await (const reading of observe(deploymentId)) {
    last = reading
    yield* tell(reading)
    unhealthy = unhealthyOf(reading, deploymentId) ?? unhealthy
    const watched = (end: Watched['end']) => ({
      end,
      reading,
      trafficShiftedAt: shiftedAt(reading),
      unhealthy,
      ...guard?.seen,
      stoppedAt: guard?.stoppedAt,
    })
    const unseen = hasMovedUnseen(reading, deploymentId)
    if (unseen) yield {type: 'note', text: UNSEEN}
    while (unseen || finished(current, reading, deploymentId)) {
      yield {type: 'done', step: current, detail: took(current, reading)}
      const next = steps.shift()
      if (!next) return watched(until === 'complete' ? 'complete' : 'traffic')
      current = next
      since = clock.now()
      yield {type: 'start', step: current}
    }
    const broken = brokenOff(reading, input)
    if (broken) {
      yield {type: 'fail', step: current, detail: broken.detail}
      return watched(broken.end)
    }
    if (input.stopAtGate && reading.deployment?.status === 'Ready') return {...watched('gate'), step: current}
    if (guard) yield* guard.look(reading, current === 'install')
    const next = whatIsNext(current, reading, input)
    const line = oneLine(
      reading,
      deploymentId,
      current,
      reading.deployment?.status === 'Ready' ? next?.what : undefined,
    )
    yield {
      type: 'progress',
      step: current,
      line,
      panel: panel(reading, deploymentId, next, clock, {
        since: beganAt(current, reading) ?? since,
        alarm: guard?.alarm,
      }),
    }
  }
  return {end: 'interrupted', reading: last, unhealthy, step: current}
}

export type Step = Phase | 'bake'

const stepsFrom = (from: Step | undefined, testListener: boolean, until: WaitFor): Step[] => {
  const all = Object.keys(STEPS(testListener, until)) as Step[]
  return from ? all.slice(all.indexOf(from)) : all
}

/** The steps that are left, with their titles. */
export const remaining = (from: Step, {group, until}: Pick<WatchInput, 'group' | 'until'>): Record<string, string> => {
  const titles = STEPS(Boolean(group.testListener), until)
  return Object.fromEntries(stepsFrom(from, Boolean(group.testListener), until).map((step) => [step, titles[step]!]))
}

/** A deployment that is over before its last step has failed. */
function brokenOff(
  reading: Reading,
  {deploymentId, deadline, guard}: WatchInput,
): {end: 'failed' | 'timeout'; detail: string} | undefined {
  const {deployment, at} = reading
  if (deployment && isOver(deployment))
    return {end: 'failed', detail: guard?.stoppedAt ? 'stopped by fb' : sayEnd(deployment)}
  if (hasFailedUnseen(reading, deploymentId)) return {end: 'failed', detail: 'green is being taken away'}
  return at > deadline ? {end: 'timeout', detail: 'gave up waiting'} : undefined
}

function finished(phase: Step, reading: Reading, deploymentId: string): boolean {
  const {deployment, lifecycle} = reading
  if (deployment?.status === 'Succeeded') return true
  if (phase === 'bake' || !isDone(phase, lifecycle)) return false
  return phase !== 'shift' || arrived(reading, deploymentId)
}

/** Within this time the listener has been read again, so that it contradicts CodeDeploy only if it really does. */
const SURELY_READ = 60_000

/** The listener is read at a pace of its own: what was seen before the last shift must not be told as the end. Unread, it has no say. */
function arrived(reading: Reading, deploymentId: string): boolean {
  const unread = !reading.weights || reading.stale.some(({read}) => read === 'weights')
  const since = reading.at.getTime() - (shiftedAt(reading) ?? reading.at).getTime()
  return unread || since > SURELY_READ || (sidesOf(reading, deploymentId).green?.weight ?? 100) === 100
}

function took(phase: Step, {lifecycle, deployment}: Reading): string {
  const {startedAt, endedAt} =
    phase === 'bake'
      ? {startedAt: spanOf('verify', lifecycle).endedAt, endedAt: deployment?.completedAt}
      : spanOf(phase, lifecycle)
  return startedAt && endedAt ? duration(endedAt.getTime() - startedAt.getTime()) : ''
}

/** CodeDeploy knows when a step began that was running before fb looked. */
const beganAt = (phase: Step, {lifecycle}: Reading): Date | undefined =>
  phase === 'bake' ? spanOf('verify', lifecycle).endedAt : spanOf(phase, lifecycle).startedAt

/** The moment all production traffic was on green. */
const shiftedAt = ({lifecycle}: Reading): Date | undefined =>
  isDone('shift', lifecycle) ? spanOf('shift', lifecycle).endedAt : undefined

function unhealthyOf(reading: Reading, deploymentId: string): Target[] | undefined {
  const bad = unhealthyAmong(sidesOf(reading, deploymentId).green?.targets ?? [])
  return bad.length > 0 ? bad : undefined
}

function whatIsNext(
  phase: Step,
  reading: Reading,
  {group, strategy, deploymentId, guard}: WatchInput,
): Next | undefined {
  if (guard?.stoppedAt) return {what: 'CodeDeploy stops it, and the old version keeps all traffic'}
  if (reading.deployment?.status === 'Ready') {
    const until = approvalEndsAt(reading, group)
    return {what: `waits for approval${until ? ` until ${timeOfDay(until)}` : ''}: fb approve`}
  }
  if (phase === 'bake')
    return {what: 'blue is terminated', at: blueTerminatesAt(reading.lifecycle, group.terminationMinutes)}
  if (phase !== 'shift') return undefined
  const started = reading.lifecycle?.find(({name}) => name === 'AllowTraffic')?.startedAt
  const weight = sidesOf(reading, deploymentId).green?.weight ?? 0
  const step = shiftSteps(strategy).find(({percent}) => percent > weight)
  return started && step && {what: `${step.percent} % on green`, at: new Date(started.getTime() + step.minute * 60_000)}
}

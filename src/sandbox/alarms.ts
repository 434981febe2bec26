import {activeFault} from './faults.js'
import {rehearsals} from './images.js'
import {inventoryOf} from './inventory.js'
import {minute, second} from './plan.js'
import type {State} from './state.js'
import {greenWeight, type Rollout, type TaskSet} from './world.js'

/** The 5xx alarm: more than 5 % errors in two datapoints of 60 s, each known ten seconds after its minute. */
export const threshold = 5
const lag = 10 * second
/** CodeDeploy noticed an alarm within 20 s in the recorded runs. */
const noticedAfter = 10 * second
/** A state set by hand held for six minutes in a recorded run before the alarm evaluated its metric again. */
const setByHandFor = 6 * minute

export function errorPercent(state: State, rollout: Rollout, set: TaskSet, at: number): number {
  const own = rehearsals[set.rehearsal]?.errorPercent ?? 0
  const fault = set.id === rollout.green?.id ? activeFault(state.faults, '5xx', at) : undefined
  return fault && fault.from < rollout.endsAt ? Math.max(own, Number(fault.argument)) : own
}

/** Percentage of the requests of one moment that end in a 5xx: each task set's errors by its share of the traffic. */
export function errorRatio(state: State, rollouts: Rollout[], at: number): number {
  const rollout = rollouts.findLast((r) => r.record.at <= at)
  if (!rollout) return 0
  const weight = greenWeight(rollout, at)
  const green = rollout.green ? (weight / 100) * errorPercent(state, rollout, rollout.green, at) : 0
  return green + ((100 - weight) / 100) * errorPercent(state, rollout, rollout.blue, at)
}

function minuteRatio(state: State, rollouts: Rollout[], from: number): number {
  const samples = [5, 15, 25, 35, 45, 55].map((s) => errorRatio(state, rollouts, from + s * second))
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length
}

export type AlarmState = {state: string; reason: string}
type Evaluate = (name: string, at: number) => AlarmState

const fine =
  'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching].'

function evaluator(state: State, rollouts: Rollout[]): Evaluate {
  const errors = inventoryOf(state.where).alarms.errors
  return (name, at) => {
    const stuck = activeFault(state.faults, 'alarm-stuck', at)
    if (stuck && name === (stuck.argument ?? errors)) return {state: 'ALARM', reason: 'Held in ALARM by a fault.'}
    const set = state.alarms.findLast((fact) => fact.name === name && fact.at <= at)
    if (set && at < set.at + setByHandFor) return set
    return name === errors ? measured(state, rollouts, at) : {state: 'OK', reason: fine}
  }
}

function measured(state: State, rollouts: Rollout[], at: number): AlarmState {
  const end = Math.floor((at - lag) / minute) * minute
  const points = [end - minute, end - 2 * minute].map((from) => minuteRatio(state, rollouts, from))
  if (points.every((point) => point <= threshold)) return {state: 'OK', reason: fine}
  const above = points.filter((point) => point > threshold).length
  const listed = points.map((point) => point.toFixed(2)).join(', ')
  const reason = `Threshold Crossed: ${above} out of the last 2 datapoints [${listed}] were greater than the threshold (5.0)`
  return {state: above === 2 ? 'ALARM' : 'OK', reason}
}

/** The only moments at which an alarm can change: facts, faults, and minutes in which some task set makes errors. */
function moments(state: State, rollouts: Rollout[], from: number, to: number): number[] {
  const facts = state.alarms.flatMap((fact) => [fact.at, fact.at + setByHandFor])
  const stuck = state.faults.filter((f) => f.name === 'alarm-stuck').flatMap((f) => [f.from, f.until ?? Infinity])
  const found = [...facts, ...stuck].filter((at) => from < at && at < to)
  const erring = rollouts.filter((rollout) => makesErrors(state, rollout))
  return [...found, ...erring.flatMap((rollout) => evaluations(rollout, from, to))].sort((a, b) => a - b)
}

/** Each minute of a rollout, and as long after it as its last datapoints count; from then on nothing changes any more. */
function evaluations({record, endsAt}: Rollout, from: number, to: number): number[] {
  const first = Math.ceil(Math.max(from, record.at) / minute) * minute + lag
  const count = Math.ceil((Math.min(to, endsAt + 3 * minute) - first) / minute)
  return Array.from({length: Math.max(0, count)}, (_, i) => first + i * minute)
}

function makesErrors(state: State, {green, blue, record, endsAt}: Rollout): boolean {
  const failing = [green, blue].some((set) => set && rehearsals[set.rehearsal]?.errorPercent)
  return failing || state.faults.some((f) => f.name === '5xx' && f.from < endsAt && (f.until ?? Infinity) > record.at)
}

/** When the last of these rollouts is stopped by an alarm, if nothing else stops it before. */
export function firstAlarm(state: State, rollouts: Rollout[], names: string[], from: number, to: number) {
  const evaluate = evaluator(state, rollouts)
  const recent = rollouts.slice(-2)
  for (const at of [from, ...moments(state, recent, from, to)]) {
    const raised = names.filter((name) => evaluate(name, at).state === 'ALARM')
    if (raised.length && at + noticedAfter <= to) return {at: at + noticedAfter, names: raised}
  }
  return undefined
}

/** Every change of an alarm since the last but one deployment, oldest first; the first entry is where it stood then. */
export function alarmHistory(state: State, rollouts: Rollout[], name: string, now: number) {
  const evaluate = evaluator(state, rollouts)
  const recent = rollouts.slice(-2)
  const from = recent[0]?.record.at ?? state.seededAt
  const history: (AlarmState & {at: number})[] = [{at: from, ...evaluate(name, from)}]
  for (const at of [...moments(state, recent, from, now), now]) {
    const next = evaluate(name, at)
    if (next.state !== history.at(-1)!.state) history.push({at, ...next})
  }
  return history
}

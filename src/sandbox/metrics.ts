import {errorRatio} from './alarms.js'
import {activeFault} from './faults.js'
import {digestOf} from './inventory.js'
import {minute, second} from './plan.js'
import {setsAt, type World} from './world.js'

type Wanted = {metric: string; targetGroup?: string; from: number; period: number; stat: string}

/** A number between 0 and 1 that is always the same for the same text. */
const noise = (text: string) => Number.parseInt(digestOf(text).slice(0, 8), 16) / 0xffffffff

/** One datapoint of a metric, or nothing where CloudWatch would have none. */
export function datapoint(world: World, {metric, targetGroup, from, period, stat}: Wanted): number | undefined {
  const count = Math.max(1, Math.round(period / minute))
  const minutes = Array.from({length: count}, (_, i) => minuteOf(world, metric, from + i * minute, targetGroup))
  const values = minutes.filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  if (stat === 'SampleCount') return values.length
  const sum = values.reduce((total, value) => total + value, 0)
  if (stat === 'Sum') return sum
  if (stat === 'Maximum') return Math.max(...values)
  return stat === 'Minimum' ? Math.min(...values) : sum / values.length
}

function minuteOf(world: World, metric: string, from: number, targetGroup?: string): number | undefined {
  const share = targetGroup ? shareOf(world, targetGroup, from + minute / 2) : 1
  if (share === 0) return undefined
  const wobble = noise(`${metric} ${from}`)
  const requests = Math.round(share * (90 + 60 * noise(`requests ${from}`)))
  switch (metric) {
    case 'RequestCount':
      return requests
    case 'HTTPCode_Target_5XX_Count': {
      const samples = [10, 30, 50].map((s) => errorRatio(world.state, world.rollouts, from + s * second))
      // The load balancer reports an error count only for minutes that had errors.
      return Math.round((requests * samples.reduce((sum, sample) => sum + sample, 0)) / 300) || undefined
    }
    case 'HTTPCode_Target_2XX_Count':
      return requests
    case 'TargetResponseTime':
      return 0.04 + 0.03 * wobble
    case 'CPUUtilization':
      return 18 + 8 * wobble
    case 'MemoryUtilization':
      return 41 + 2 * wobble
    case 'IncomingBytes':
      return Math.round(18_000 + 6_000 * wobble + burstBytes(world, from))
    case 'HealthyHostCount':
      return 2
    default:
      return undefined
  }
}

/** The fault `log-burst`, of two tasks. */
const burstBytes = ({state}: World, at: number): number =>
  2 * 60 * 62 * Number(activeFault(state.faults, 'log-burst', at)?.argument ?? 0)

function shareOf(world: World, targetGroup: string, at: number): number {
  const index = world.inventory.targetGroups.findIndex(({arn}) => arn.endsWith(targetGroup))
  const sets = setsAt(world, at).filter(({group}) => group === index)
  return sets.reduce((sum, {weight}) => sum + weight, 0) / 100
}

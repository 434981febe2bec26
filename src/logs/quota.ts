import type {Clock} from '../clock.js'
import {isRegion} from '../config/regions.js'

const LOW = ['eu-central-1', 'ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'il-central-1']
/** What fb takes of a quota that colleagues, dashboards and functions of the same account live on as well. */
const SHARE = 0.4

/** FilterLogEvents calls that an account may make in a second (CloudWatch Logs quotas). The lowest there is where fb knows no quota. */
export function quotaOf(region: string): {perSecond: number; known: boolean} {
  if (!isRegion(region)) return {perSecond: 5, known: false}
  return {perSecond: region === 'us-east-1' ? 25 : LOW.includes(region) ? 5 : 10, known: true}
}

/** Lets calls through one after the other; `turn` waits until the next one may go out. */
export type Pace = {turn(signal?: AbortSignal): Promise<void>}

/** At most fb's share of a quota, for all that one process reads. */
export function paceOf({perSecond}: {perSecond: number}, clock: Clock, share = SHARE): Pace {
  const gap = 1000 / (perSecond * share)
  let next = 0
  return {
    async turn(signal) {
      const now = clock.now().getTime()
      const wait = next - now
      next = Math.max(now, next) + gap
      if (wait > 0) await clock.sleep(wait, signal)
    },
  }
}

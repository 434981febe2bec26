import {timeOfDay} from '../durations.js'
import type {Event} from '../events.js'
import type {Observe} from './watch.js'

/** What an alarm needs to see that the bad version is gone: three periods of five minutes. */
const LASTS = 15 * 60_000

/**
 * Alarms go on firing for a while after what they fire about has been rolled back, and CodeDeploy stops every deployment that
 * begins before they are OK again. One that stays is left to the checks.
 */
export async function* untilCalm(
  observe: Observe,
  deploymentId: string,
  deadline: Date,
): AsyncGenerator<Event, void, void> {
  const step = 'calm'
  let began: Date | undefined
  for await (const {alarms, at, stale} of observe(deploymentId)) {
    const unreadable = stale.some(({read, denied}) => read === 'alarms' && denied)
    if (!alarms && !unreadable && at < deadline) continue
    const firing = (alarms ?? []).filter(({state}) => state === 'ALARM').map(({name}) => name)
    if (firing.length > 0 && !began) {
      began = at
      yield {type: 'plan', steps: {[step]: 'Wait until no alarm fires'}}
      yield {type: 'start', step}
    }
    if (!began) return
    if (firing.length === 0) return yield {type: 'done', step, detail: ''}
    if (at.getTime() - began.getTime() > LASTS || at > deadline)
      return yield {type: 'fail', step, detail: `${firing.join(', ')} still fires`}
    const last = new Date(Math.min(began.getTime() + LASTS, deadline.getTime()))
    yield {type: 'progress', step, line: `${firing.join(', ')} still fires; until ${timeOfDay(last)} at most`}
  }
}

import type {Clock} from '../clock.js'
import {Busy} from '../errors.js'
import type {Event} from '../events.js'
import type {Failure} from './diagnose.js'
import {oneLine, panel} from './panel.js'
import {ON_REQUEST} from './rollback-marks.js'
import {isOver} from './service.js'
import {rollsBack} from './standing.js'
import type {Observe, Watched, WatchInput} from './watch.js'

export type StopAws = {stop(deploymentId: string, how: {rollback: boolean}): Promise<boolean>; observe: Observe}

/** Stops a deployment so that its traffic goes back, and follows it to its end. What comes after, the way back, is another list. */
export async function* stopped(
  aws: StopAws,
  {deploymentId, deadline, mark}: Pick<WatchInput, 'deploymentId' | 'deadline' | 'mark'>,
  cause: Failure,
  clock: Clock,
): AsyncGenerator<Event, Watched, void> {
  const step = 'stop'
  yield {type: 'plan', steps: {[step]: 'Stop the deployment'}}
  yield {type: 'start', step}
  await aws.stop(deploymentId, {rollback: true})
  yield rollsBack(deploymentId)
  if (mark) yield* mark(cause.code === 'asked' ? ON_REQUEST : cause.summary.replace(/^the /, ''))
  for await (const reading of aws.observe(deploymentId)) {
    const {deployment, at} = reading
    if (deployment?.status === 'Succeeded') throw tooLate(deploymentId)
    if (deployment && isOver(deployment)) {
      yield {type: 'done', step, detail: deploymentId}
      return {end: 'failed', reading, unhealthy: [], asked: cause}
    }
    if (at > deadline) {
      yield {type: 'fail', step, detail: 'gave up waiting'}
      return {end: 'timeout', reading, unhealthy: []}
    }
    const picture = panel(reading, deploymentId, undefined, clock)
    yield {type: 'progress', step, line: oneLine(reading, deploymentId, step), panel: picture}
  }
  throw new TypeError('observing ended by itself')
}

const tooLate = (id: string) =>
  new Busy(`It is too late to stop ${id}: it has just ended well.`, {
    code: 'too_late',
    state: 'The new version has all traffic, and the old one is gone.',
    next: ['fb rollback', 'fb status'],
  })

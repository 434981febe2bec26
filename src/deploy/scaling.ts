import {explain, type FbError, mayHaveHappened} from '../errors.js'
import type {Event, Workflow} from '../events.js'
import type {Outcome} from './outcome.js'
import {goesOn, type Standing} from './standing.js'

/** Scale-in that is suspended, by fb for a deployment, or by somebody else when none is named. */
export type Hold = {deploymentId?: string}

/** How far autoscaling may go. */
export type Bounds = {min: number; max: number; hold?: Hold}

export type ScalingAws = {
  bounds(): Promise<Bounds | undefined>
  holdScaleIn(deploymentId: string): Promise<void>
  releaseScaleIn(): Promise<void>
}

/** What ends a hold that an fb has left behind. */
export const RELEASE = 'fb scaling release'

/**
 * The work with scale-in held, and released however the work ends: when tasks are taken away in the middle of a shift,
 * CodeDeploy fails the deployment unless it is steady again within five minutes. A hold that an earlier fb has left behind is
 * taken over; one that somebody else has made is left alone.
 */
export async function* holdingScaleIn<Ended extends Outcome>(
  aws: ScalingAws,
  deploymentId: string,
  work: Workflow<Ended>,
  standing = goesOn(deploymentId),
): Workflow<Ended> {
  if (!(yield* hold(aws, deploymentId))) return yield* work
  let held = true
  const told = () => (held ? withHold(standing) : standing)
  const release = once(async () => {
    const failure = await aws.releaseScaleIn().then(() => undefined, explain)
    held = failure !== undefined
    return failure
  })
  try {
    yield told()
    for (;;) {
      const {done, value} = await work.next()
      if (done) return unreleased(value, await release())
      if (value.type === 'stands') standing = value
      yield value.type === 'stands' ? told() : value
      if (value.type !== 'done' || value.step !== 'verify') continue
      // What comes after the shift, such as waiting until blue is gone, needs no hold.
      await release()
      yield told()
    }
  } catch (error) {
    await release()
    yield told()
    throw error
  } finally {
    await work.return(undefined as never)
    await release()
  }
}

async function* hold(aws: ScalingAws, deploymentId: string): AsyncGenerator<Event, boolean, void> {
  try {
    const bounds = await aws.bounds()
    const foreign = bounds?.hold !== undefined && bounds.hold.deploymentId === undefined
    if (!bounds || foreign) return false
    await aws.holdScaleIn(deploymentId)
    return true
  } catch (error) {
    // It protects the deployment from something rare: that it cannot be had is no reason to end the deployment.
    yield {type: 'note', text: `scale-in is not held during the shift: ${explain(error).message}`}
    return mayHaveHappened(error)
  }
}

/** The work of somebody who only watches: what an fb that was killed holds for this deployment is released when its traffic has settled. */
export async function* releasingScaleIn<Ended extends Outcome>(
  aws: ScalingAws,
  deploymentId: string,
  work: Workflow<Ended>,
): Workflow<Ended> {
  return await releaseLeft(aws, deploymentId, yield* work)
}

/** The same for one that has ended already. */
export async function releaseLeft<Ended extends Outcome>(
  aws: ScalingAws,
  deploymentId: string,
  outcome: Ended,
): Promise<Ended> {
  if (outcome.result === 'timeout' || outcome.result === 'started') return outcome
  const bounds = await aws.bounds().catch(() => undefined)
  if (bounds?.hold?.deploymentId !== deploymentId) return outcome
  return aws.releaseScaleIn().then(
    () => outcome,
    (error: unknown) => unreleased(outcome, explain(error)),
  )
}

const unreleased = <Ended extends Outcome>(outcome: Ended, failure: FbError | undefined): Ended =>
  failure
    ? {...outcome, scaleInHeld: failure.message, next: [...outcome.next, `${RELEASE} --env ${outcome.env}`]}
    : outcome

const withHold = ({state, next}: Standing): Standing => ({
  type: 'stands',
  state: `${state} Scale-in is still held.`,
  next: [...next, RELEASE],
})

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}

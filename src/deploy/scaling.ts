import {explain, type FbError, mayHaveHappened} from '../errors.js'
import {type Event, stands, type Workflow} from '../events.js'
import type {Outcome} from './outcome.js'

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
export async function* holdingScaleIn(
  aws: ScalingAws,
  deploymentId: string,
  work: Workflow<Outcome>,
): Workflow<Outcome> {
  if (!(yield* hold(aws, deploymentId))) return yield* work
  const release = once(() => aws.releaseScaleIn().then(() => undefined, explain))
  yield goesOn(deploymentId, true)
  try {
    const outcome = yield* shifting(work, release)
    const failure = await release()
    return failure ? stillHeld(outcome, failure) : outcome
  } catch (error) {
    yield goesOn(deploymentId, (await release()) !== undefined)
    throw error
  } finally {
    await release()
  }
}

/** What comes after the shift, such as waiting until blue is gone, needs no hold. */
async function* shifting<T>(work: Workflow<T>, shifted: () => Promise<unknown>): Workflow<T> {
  try {
    for (;;) {
      const {done, value} = await work.next()
      if (done) return value
      if (value.type === 'done' && value.step === 'verify') await shifted()
      yield value
    }
  } finally {
    await work.return(undefined as never)
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
export async function* releasingScaleIn(
  aws: ScalingAws,
  deploymentId: string,
  work: Workflow<Outcome>,
): Workflow<Outcome> {
  const outcome = yield* work
  if (outcome.result === 'timeout') return outcome
  const bounds = await aws.bounds().catch(() => undefined)
  if (bounds?.hold?.deploymentId !== deploymentId) return outcome
  return aws.releaseScaleIn().then(
    () => outcome,
    (error: unknown) => stillHeld(outcome, explain(error)),
  )
}

const stillHeld = (outcome: Outcome, {message}: FbError): Outcome => ({
  ...outcome,
  scaleInHeld: message,
  next: [...outcome.next, `${RELEASE} --env ${outcome.env}`],
})

const goesOn = (id: string, held: boolean): Event =>
  stands(`Deployment ${id} goes on in AWS.${held ? ' Scale-in is still held.' : ''}`, [
    `fb watch ${id}`,
    'fb rollback',
    ...(held ? [RELEASE] : []),
  ])

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}

import type {Canvas} from '../events.js'
import {placeOf, type Scene} from './plan.js'
import type {Hold, ScalingAws} from './scaling.js'
import type {Deployment} from './service.js'

type ReleaseAws = Pick<ScalingAws, 'bounds' | 'releaseScaleIn'> & {inFlight(): Promise<Deployment | undefined>}

/** What is held, and why somebody should think twice before it is released. */
export type ReleasePlan = {hold?: Hold; doubt?: string}

export type Released = ReturnType<typeof placeOf> & {
  result: 'released' | 'noop'
  /** The deployment it was held for, when fb did it. */
  heldFor?: string
  exitCode: 0
}

export async function planRelease(aws: ReleaseAws): Promise<ReleasePlan> {
  const [bounds, running] = await Promise.all([aws.bounds(), aws.inFlight()])
  const hold = bounds?.hold
  if (!hold) return {}
  if (hold.deploymentId === undefined) return {hold, doubt: 'Somebody has suspended scale-in, and it was not fb.'}
  const moves = running?.id === hold.deploymentId && !running.terminationStarted
  return {hold, ...(moves && {doubt: `Scale-in is held for ${running.id}, which is still under way.`})}
}

export async function release(aws: ReleaseAws, {hold}: ReleasePlan, scene: Scene): Promise<Released> {
  if (hold) await aws.releaseScaleIn()
  return {...placeOf(scene), result: hold ? 'released' : 'noop', heldFor: hold?.deploymentId, exitCode: 0}
}

export const releasedText = ({result, env, heldFor}: Released, {paint, safe}: Canvas): string[] => [
  result === 'noop'
    ? `${paint.good('✔')} Nothing holds scale-in in ${env}.`
    : `${paint.good('✔')} Autoscaling takes tasks away again in ${env}${heldFor ? `; that was held for ${safe(heldFor)}` : ''}.`,
]

import {explain, FbError, Interrupted, isLoggedOut} from '../../errors.js'
import type {Image, ImageReference} from '../image.js'
import type {PlanReads} from '../plan.js'
import type {Alarm, Weights} from '../service.js'
import type {Check, Finding, Look} from './check.js'
import type {Facts} from './facts.js'
import {account, controller, group, listener, rollback, targetGroups} from './group-checks.js'
import {alarms, inFlight, scaling, wayBack} from './moment-checks.js'
import {container, image, logGroup, secrets} from './task-checks.js'

/** A target group, as far as two of them must be alike. */
export type TargetGroup = {name: string; arn: string; settings: Record<string, string>}

export type ScalingActivity = {at: Date; description: string}

export type PreflightReads = Pick<PlanReads, 'service' | 'taskDefinition' | 'group' | 'strategy' | 'inFlight'> & {
  describeTargetGroups(names: string[]): Promise<TargetGroup[]>
  weights(listener: string, targetGroups: string[]): Promise<Weights>
  alarms(names: string[]): Promise<Alarm[]>
  findImage(reference: ImageReference): Promise<Image | undefined>
  /** The processors an image is built for, in the words of its manifest (`amd64`); nothing when there is no such image. */
  architectures(reference: ImageReference): Promise<string[] | undefined>
  /** Those of the parameters that do not exist; none of their values is read. */
  missingParameters(names: string[]): Promise<string[]>
  hasLogGroup(name: string): Promise<boolean>
  lastScaling(since: Date): Promise<ScalingActivity | undefined>
}

/** In the order in which they are told: what others rest on comes first. */
const CHECKS = {
  account,
  controller,
  group,
  rollback,
  'target-groups': targetGroups,
  listener,
  image,
  container,
  secrets,
  'log-group': logGroup,
  alarms,
  'in-flight': inFlight,
  scaling,
  'way-back': wayBack,
} satisfies Record<string, Look>

export const CHECK_IDS = Object.keys(CHECKS)

/**
 * Looks at everything that decides whether a deployment can work, all of it side by side, and changes nothing. What all checks
 * rest on must be readable; of the rest, what cannot be read is only a warning, because failing to look is not a failure.
 */
export async function preflight(aws: PreflightReads, facts: Facts, skip: string[] = []): Promise<Check[]> {
  const read = await Promise.allSettled(Object.values(facts))
  const unread = read.find((one) => one.status === 'rejected' && !(one.reason instanceof FbError))
  if (unread) throw (unread as PromiseRejectedResult).reason
  const tell = teller()
  const looks = Object.entries<Look>(CHECKS).map(async ([id, look]) => {
    if (skip.includes(id)) return {id, finding: {result: 'skipped', found: 'by --skip-check'} as const}
    try {
      return {id, finding: await look(facts, aws)}
    } catch (error) {
      return {id, error}
    }
  })
  const seen = await Promise.all(looks)
  return seen.map(({id, finding, error}) => ({id, ...(finding ?? tell(id, error))}))
}

/** What went wrong while looking. Checks that rest on the same thing tell it once. */
function teller(): (id: string, error: unknown) => Finding {
  const told = new Map<unknown, string>()
  return (id, error) => {
    const first = told.get(error)
    if (first) return {result: 'skipped', found: `rests on ${first}`}
    const failure = explain(error)
    if (failure instanceof Interrupted || failure.code === 'unexpected' || isLoggedOut(error)) throw error
    told.set(error, id)
    if (error instanceof FbError) return {result: 'fail', found: failure.message, fix: failure.next[0]}
    return {result: 'warn', found: `not looked at: ${failure.message}`}
  }
}

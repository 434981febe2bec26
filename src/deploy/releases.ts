import {AccessError, explain} from '../errors.js'
import {sayEnd} from './ends.js'
import {ACTOR, actorOf, readDescription, releaseOf, sayCreator} from './release.js'
import {type RolledBack, readRollback, readRolledBackTag} from './rollback-marks.js'
import {type Stretch, stretchesOf, tookMs} from './served.js'
import {type Deployment, isOver, revisionOf} from './service.js'
import type {Revision} from './task-definition.js'

export type ReleasesReads = {
  history(most: number): Promise<Deployment[]>
  deployedTaskDefinitions(sha256s: string[]): Promise<Record<string, string>>
  taskDefinition(arn: string): Promise<Revision>
}

export type ReleaseResult = 'live' | 'in progress' | 'superseded' | 'rolled back' | 'failed' | 'stopped'

/** One deployment of a release, by whatever tool. */
export type PastRelease = {
  number?: number
  taskDefinitionArn?: string
  /** The release whose content it has, when it was deployed to go back to that one. */
  repeats?: number
  image?: string
  who: string
  at: Date
  /** From start to traffic on the new version, or to the end of a failed one; in ms. */
  tookMs?: number
  /** When it had all the traffic; no `servedFrom`: never, no `servedUntil`: it still has. */
  servedFrom?: Date
  servedUntil?: Date
  result: ReleaseResult
  message: string
  rolledBack?: RolledBack
  deploymentId: string
}

type Wanted = {live: string; container: string; most: number}

/** The newest releases, newest first, put together from CodeDeploy's history and the task definitions it deployed. */
export async function readReleases(aws: ReleasesReads, wanted: Wanted): Promise<PastRelease[]> {
  return releasesIn(await aws.history(historyFor(wanted.most)), aws, wanted)
}

/** As many deployments as hold `most` releases even when every one was rolled back. */
export const historyFor = (most: number): number => most * 2

/** The releases in a history that has been read already. */
export async function releasesIn(
  history: Deployment[],
  aws: Omit<ReleasesReads, 'history'>,
  {live, container, most}: Wanted,
): Promise<PastRelease[]> {
  const forward = history.filter(({rollbackOf}) => !rollbackOf).slice(0, most)
  const arns = await aws.deployedTaskDefinitions(forward.flatMap(({sha256}) => sha256 ?? []))
  const unique = [...new Set(Object.values(arns))]
  const revisions = new Map(
    await Promise.all(unique.map(async (arn) => [arn, await aws.taskDefinition(arn).catch(unlessDenied)] as const)),
  )
  const stretches = stretchesOf(forward, arns)
  const serving = stretches.find(
    ({arn, deployment}) => arn === live && (deployment.status === 'Succeeded' || hasMoved(deployment)),
  )
  return stretches.map((stretch) =>
    pastRelease(stretch, revisions.get(stretch.arn ?? ''), container, stretch === serving),
  )
}

/** A task definition can be deleted; the release it was stays in the history. */
function unlessDenied(error: unknown): undefined {
  if (explain(error) instanceof AccessError) throw error
}

function pastRelease(
  stretch: Stretch,
  revision: Revision | undefined,
  container: string,
  serving: boolean,
): PastRelease {
  const {deployment, arn, servedFrom, servedUntil} = stretch
  const {message, actor} = readDescription(deployment.description)
  const release = revision && releaseOf(revision, container)
  const registeredBy = revision?.definition.registeredBy as string | undefined
  return {
    number: arn ? revisionOf(arn) : undefined,
    taskDefinitionArn: arn,
    repeats: stretch.repeats,
    image: release?.image,
    who: actor ?? revision?.tags[ACTOR] ?? (registeredBy ? actorOf(registeredBy) : sayCreator(deployment.creator)),
    at: deployment.createdAt,
    tookMs: tookMs(deployment),
    servedFrom,
    servedUntil,
    result: serving ? 'live' : resultOf(stretch),
    message,
    rolledBack: rolledBack(stretch, revision),
    deploymentId: deployment.id,
  }
}

/** By a deployment of fb's, or by a stop of this one. */
function rolledBack({deployment, rolledBackBy}: Stretch, revision?: Revision): RolledBack | undefined {
  if (rolledBackBy) {
    const {by, reason} = readRollback(rolledBackBy)!
    return {by, reason}
  }
  const told = readRolledBackTag(revision?.tags ?? {}, deployment.id)
  return told ?? (deployment.rollbackId ? {reason: sayEnd(deployment)} : undefined)
}

/** It has all the traffic, and waits for the end of what it replaces. */
const hasMoved = (deployment: Deployment): boolean => !isOver(deployment) && deployment.terminationStarted

function resultOf({deployment, rolledBackBy}: Stretch): ReleaseResult {
  if (!isOver(deployment) && !hasMoved(deployment)) return 'in progress'
  if (deployment.rollbackId || rolledBackBy) return 'rolled back'
  if (deployment.status === 'Failed') return 'failed'
  return deployment.status === 'Stopped' ? 'stopped' : 'superseded'
}

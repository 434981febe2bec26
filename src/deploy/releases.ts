import {clip, columns, padEnd, widthOf} from '../columns.js'
import {age, duration} from '../durations.js'
import {AccessError, explain} from '../errors.js'
import type {Canvas} from '../events.js'
import {shortName} from './image.js'
import {ACTOR, actorOf, readDescription, releaseOf} from './release.js'
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
  image?: string
  who: string
  at: Date
  /** From start to traffic on the new version, or to the end of a failed one; in ms. */
  tookMs?: number
  result: ReleaseResult
  message: string
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
  const serving = forward.find(
    ({sha256, status}) => arns[sha256 ?? ''] === live && (status === 'Succeeded' || !isOver({status})),
  )
  return forward.map((deployment) => {
    const arn = arns[deployment.sha256 ?? '']
    return pastRelease(deployment, {arn, revision: revisions.get(arn ?? '')}, container, deployment === serving)
  })
}

/** A task definition can be deleted; the release it was stays in the history. */
function unlessDenied(error: unknown): undefined {
  if (explain(error) instanceof AccessError) throw error
}

type Known = {arn?: string; revision?: Revision}

function pastRelease(deployment: Deployment, {arn, revision}: Known, container: string, serving: boolean): PastRelease {
  const {message, actor} = readDescription(deployment.description)
  const release = revision && releaseOf(revision, container)
  const registeredBy = revision?.definition.registeredBy as string | undefined
  return {
    number: arn ? revisionOf(arn) : undefined,
    image: release?.image,
    who: actor ?? revision?.tags[ACTOR] ?? (registeredBy ? actorOf(registeredBy) : deployment.creator),
    at: deployment.createdAt,
    tookMs: tookMs(deployment),
    result: serving && !inProgress(deployment) ? 'live' : resultOf(deployment),
    message,
    deploymentId: deployment.id,
  }
}

/** A deployment whose traffic has moved waits for blue to be terminated: that is no part of how long it took. */
function tookMs({createdAt, completedAt, status, terminationMinutes}: Deployment): number | undefined {
  if (!completedAt) return undefined
  const whole = completedAt.getTime() - createdAt.getTime()
  const bake = status === 'Succeeded' ? terminationMinutes * 60_000 : 0
  // Somebody may have ended the wait early.
  return whole > bake ? whole - bake : whole
}

const inProgress = (deployment: Deployment): boolean => !isOver(deployment) && !deployment.terminationStarted

function resultOf(deployment: Deployment): ReleaseResult {
  if (inProgress(deployment)) return 'in progress'
  if (deployment.rollbackId) return 'rolled back'
  if (deployment.status === 'Failed') return 'failed'
  return deployment.status === 'Stopped' ? 'stopped' : 'superseded'
}

export function releasesText(releases: PastRelease[], now: Date, {paint, safe, width}: Canvas): string[] {
  const colour: Partial<Record<ReleaseResult, (text: string) => string>> = {
    live: paint.good,
    'in progress': paint.accent,
    superseded: paint.dim,
  }
  const rows = releases.map(({number, image, result, who, at, tookMs}) => [
    number === undefined ? '?' : `v${number}`,
    safe(image ? shortName(image) : '?'),
    (colour[result] ?? paint.bad)(result),
    `${age(now.getTime() - at.getTime())} ago`,
    tookMs === undefined ? '' : duration(tookMs),
    safe(who),
  ])
  const table = columns([['RELEASE', 'IMAGE', 'RESULT', 'WHEN', 'TOOK', 'WHO'], ...rows])
  const edge = Math.max(...table.map(widthOf)) + 2
  const messages = ['MESSAGE', ...releases.map(({message}) => safe(message))]
  const lines = table.map((line, i) => [
    padEnd(i === 0 ? paint.dim(line) : line, edge),
    paint.dim(clip(messages[i]!, width - edge)),
  ])
  return lines.map(([line, message]) => (width - edge < 8 ? line! : line! + message!).trimEnd())
}

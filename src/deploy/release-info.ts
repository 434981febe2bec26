import {age, duration} from '../durations.js'
import {NotFound, UsageError} from '../errors.js'
import type {Canvas} from '../events.js'
import {type Attached, type AttachReads, findDeployment, type RecallReads, recall} from './attach.js'
import {type Change, changesBetween} from './changes.js'
import type {Failure} from './diagnose.js'
import {changeParts, failureParts, laidOut} from './failure-text.js'
import type {Scene} from './plan.js'
import {type Release, sayRelease} from './release.js'
import {type PastRelease, readReleases} from './releases.js'
import {isOver} from './service.js'

/** One release: what it is, what it changed, how it ended and why, as far as AWS still knows. What `--json` prints. */
export type ReleaseInfo = PastRelease & {
  release: Release
  previous?: Release
  deployment: {id: string; status: string; config: string; createdAt: Date; completedAt?: Date; rollbackId?: string}
  changes: Change[]
  failure?: Failure
}

type InfoReads = AttachReads & RecallReads

/** How far back a release is looked for. */
const MOST = 100

/** `4` or `v4`. */
export function parseRelease(text: string): number {
  const [, number] = /^v?([1-9]\d*)$/.exec(text) ?? []
  if (number) return Number(number)
  throw new UsageError(`${JSON.stringify(text)} is not a release; they are numbers, such as 4 or v4.`, {
    code: 'bad_release',
    next: ['fb releases'],
  })
}

/** Reads the newest deployment of a release. Changes nothing. */
export async function readReleaseInfo(aws: InfoReads, scene: Scene, number: number): Promise<ReleaseInfo> {
  const {taskDefinition: live, taskSets} = await aws.service()
  const container = taskSets[0]?.container ?? scene.names.container
  const past = (await readReleases(aws, {live, container, most: MOST})).find((one) => one.number === number)
  if (!past) throw neverDeployed(number)
  const attached = await findDeployment(aws, scene, past.deploymentId)
  const {underway, deployment} = attached
  const {id, status, config, createdAt, completedAt, rollbackId} = deployment
  return {
    ...past,
    release: underway.release,
    previous: underway.previous,
    deployment: {id, status, config, createdAt, completedAt, rollbackId},
    changes: await changesSince(aws, attached),
    failure: isOver(deployment) ? (await recall(aws, attached)).failure : undefined,
  }
}

async function changesSince(aws: InfoReads, {underway}: Attached): Promise<Change[]> {
  const {previous, definition, container} = underway
  if (!previous) return []
  return changesBetween((await aws.taskDefinition(previous.taskDefinitionArn)).definition, definition, container)
}

const neverDeployed = (number: number) =>
  new NotFound(`CodeDeploy knows of no deployment of release ${number} here.`, {
    code: 'no_release',
    because: ['A release that was registered only, or is older than CodeDeploy’s history, is not among them.'],
    next: ['fb releases'],
  })

export function releaseInfoText(info: ReleaseInfo, env: string, now: Date, canvas: Canvas): string[] {
  const {release, previous, result, failure, changes, deployment, at, tookMs, who, message} = info
  const {paint, safe, width} = canvas
  const name = paint.bold(`${sayRelease(release)} · ${result}`)
  const sign = failure ? paint.bad('✖') : result === 'in progress' ? paint.accent('●') : paint.good('✔')
  const since = previous ? `v${previous.number}` : 'the old one'
  const parts = [
    {name: 'Image', lines: [release.image]},
    {name: 'By', lines: [safe(`${who}, ${age(now.getTime() - at.getTime())} ago${message ? `: ${message}` : ''}`)]},
    {name: 'Ran', lines: [sayDeployment(deployment, tookMs)]},
    ...(failure ? failureParts(failure, since, canvas, now) : changeParts(changes, since, canvas)),
    {name: 'Next', lines: [result === 'in progress' ? `fb watch --env ${env}` : `fb status --env ${env}`]},
  ]
  // All of it: whoever asks for one release wants to read it.
  return laidOut(parts, `${sign} ${name}${failure ? `: ${safe(failure.summary)}` : ''}`, {paint, safe, width})
}

function sayDeployment({id, status, config, rollbackId}: ReleaseInfo['deployment'], tookMs?: number): string {
  const end = rollbackId ? `, rolled back by ${rollbackId}` : ''
  return `${id} ${config} · ${status}${tookMs === undefined ? '' : ` after ${duration(tookMs)}`}${end}`
}

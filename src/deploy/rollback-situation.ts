import {explain, Interrupted} from '../errors.js'
import {deployedBy} from './attach.js'
import type {Scene} from './plan.js'
import {primaryOf, refuseOtherGroup} from './refusals.js'
import {type Release, releaseOf} from './release.js'
import {historyFor, type PastRelease, type ReleasesReads, releasesIn} from './releases.js'
import {readRollback} from './rollback-marks.js'
import {goodReleases} from './rollback-target.js'
import type {Alarm, Deployment, Group, LifecycleEvent, ServiceState, TaskSet, Weights} from './service.js'
import {blueTerminatesAt} from './watch.js'

export type SituationReads = ReleasesReads & {
  service(): Promise<ServiceState>
  group(): Promise<Group>
  inFlight(): Promise<Deployment | undefined>
  deployment(id: string): Promise<Deployment>
  lifecycle(id: string): Promise<LifecycleEvent[]>
  targetGroups(names: string[]): Promise<Record<string, string>>
  weights(listener: string, targetGroups: string[]): Promise<Weights>
  alarms(names: string[]): Promise<Alarm[]>
}

/** A deployment that CodeDeploy still works on, as a way back sees it. */
export type UnderWay = {
  deployment: Deployment
  green?: TaskSet
  /** What it replaces, as long as that runs. */
  blue?: TaskSet
  /** Percent of the traffic on green; not known when the listener cannot be read. */
  traffic?: number
  /** When CodeDeploy ends blue, once that is certain. */
  blueUntil?: Date
  /** It is on the way back already, by CodeDeploy's own rollback or as a rollback that fb began: to that task definition. */
  returning?: {by: string; to: string}
}

/** What rolling back begins with. */
export type Situation = {
  scene: Scene
  group: Group
  /** ARNs of the group's two target groups. */
  targetGroups: string[]
  primary: TaskSet
  /** The release to get away from: that of the deployment under way, or else the one that serves. */
  from: Release
  weights?: Weights
  /** Not known when they cannot be read: that keeps nobody from rolling back. */
  alarms?: Alarm[]
  underWay?: UnderWay
  releases: PastRelease[]
  /** The sha256 of every AppSpec deployed lately. */
  appSpecs: string[]
}

const SHOWN = 20
const ALL = 100

/** Reads how things stand. Changes nothing. */
export async function readSituation(aws: SituationReads, scene: Scene): Promise<Situation> {
  const [service, group, running, history] = await Promise.all([
    aws.service(),
    aws.group(),
    aws.inFlight(),
    aws.history(historyFor(SHOWN)),
  ])
  const primary = primaryOf(service)
  refuseOtherGroup(group, scene.names)
  const wanted = {live: primary.taskDefinition, container: primary.container, most: SHOWN}
  const [deployment, releases, alarms, {targetGroups, weights}] = await Promise.all([
    running?.rollbackOf ? aws.deployment(running.rollbackOf) : running,
    releasesIn(history, aws, wanted),
    aws.alarms(group.alarms).catch(unread),
    balancing(aws, group),
  ])
  const [deploys, lifecycle] = await Promise.all([
    deployment && deployedBy(aws, deployment, service),
    deployment && aws.lifecycle(deployment.id).catch(unread),
  ])
  const underWay = deployment && {
    ...underWayOf(deployment, {by: running!.id, deploys: deploys!}, service, weights),
    blueUntil: blueTerminatesAt({at: deployment.createdAt, stale: [], lifecycle}, group.terminationMinutes),
  }
  const leaving = leavingArn(underWay, deploys) ?? servingOf(service, primary, weights)
  const from = releaseOf(await aws.taskDefinition(leaving), primary.container)
  const enough = goodReleases(releases, leaving).length > 0
  return {
    scene,
    group,
    targetGroups,
    primary,
    from,
    weights,
    alarms,
    underWay,
    appSpecs: history.flatMap(({sha256}) => sha256 ?? []),
    // Rarely is there nothing good among the newest, and each one is a call.
    releases: enough ? releases : await releasesIn(await aws.history(historyFor(ALL)), aws, {...wanted, most: ALL}),
  }
}

/** What only helps to describe the situation must not keep anybody from leaving it. */
export function unread(error: unknown): undefined {
  if (explain(error) instanceof Interrupted) throw error
}

async function balancing(aws: SituationReads, {targetGroups: names, listener}: Group) {
  const arns = await aws.targetGroups(names)
  const targetGroups = names.map((name) => arns[name]!)
  return {targetGroups, weights: await aws.weights(listener, targetGroups).catch(unread)}
}

function underWayOf(
  deployment: Deployment,
  {by, deploys}: {by: string; deploys: string},
  {taskSets, taskDefinition}: ServiceState,
  weights?: Weights,
): UnderWay {
  const green = taskSets.find(({deploymentId}) => deploymentId === deployment.id)
  const others = taskSets.filter((set) => set !== green)
  const blue = others.find(({status}) => status === 'PRIMARY') ?? others.find(({status}) => status === 'ACTIVE')
  const goingBack = readRollback(deployment) !== undefined && !deployment.terminationStarted
  const to = by !== deployment.id ? (blue?.taskDefinition ?? taskDefinition) : goingBack ? deploys : undefined
  return {
    deployment,
    green,
    blue,
    traffic: weights && (weights[green?.targetGroup ?? ''] ?? 0),
    returning: to === undefined ? undefined : {by, to},
  }
}

/** A rollback under way leaves what it was begun to leave; any other deployment is left itself. */
function leavingArn(underWay?: UnderWay, deploys?: string): string | undefined {
  const undone = underWay?.returning?.by === underWay?.deployment.id && readRollback(underWay?.deployment ?? {})?.from
  return undone ? deploys!.replace(/:\d+$/, `:${undone}`) : deploys
}

/** A deployment that was stopped without a rollback leaves the traffic divided: then it is the newer one that is left. */
function servingOf({taskSets}: ServiceState, primary: TaskSet, weights: Weights = {}): string {
  const other = taskSets.find((set) => set !== primary && (weights[set.targetGroup] ?? 0) > 0)
  return (other ?? primary).taskDefinition
}

import {systemClock} from '../clock.js'
import {explain, Interrupted} from '../errors.js'
import {deployedBy} from './attach.js'
import {blueTerminatesAt} from './phases.js'
import type {Scene} from './plan.js'
import {primaryOf, refuseOtherGroup} from './refusals.js'
import {type Release, releaseOf} from './release.js'
import {historyFor, type PastRelease, type ReleasesReads, releasesIn} from './releases.js'
import {readRollback} from './rollback-marks.js'
import {goodReleases} from './rollback-target.js'
import type {Alarm, Deployment, Group, LifecycleEvent, ServiceState, TaskSet, Weights} from './service.js'

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
  /** The task definition that it deploys. */
  deploys: string
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
  const [found, releases, alarms, {targetGroups, weights}] = await Promise.all([
    running && readUnderWay(aws, running, service, group),
    releasesIn(history, aws, wanted),
    unlessUnread(aws.alarms(group.alarms)),
    balancing(aws, group),
  ])
  const underWay = found && {...found, traffic: weights && (weights[found.green?.targetGroup ?? ''] ?? 0)}
  const leaving = underWay ? leavingArn(underWay) : servingOf(service, primary, weights)
  const enough = goodReleases(releases, leaving).length > 0
  return {
    scene,
    group,
    targetGroups,
    primary,
    from: releaseOf(await aws.taskDefinition(leaving), primary.container),
    weights,
    alarms,
    underWay,
    appSpecs: history.flatMap(({sha256}) => sha256 ?? []),
    // Rarely is there nothing good among the newest, and each one is a call.
    releases: enough ? releases : await releasesIn(await aws.history(historyFor(ALL)), aws, {...wanted, most: ALL}),
  }
}

/** As long as one can wait for what only helps to describe the situation, in ms of our own time. */
const ENOUGH = 8000

/** What cannot be read, or takes too long, is not known: that must not keep anybody from leaving the situation. */
export async function unlessUnread<T>(read: Promise<T>): Promise<T | undefined> {
  const done = new AbortController()
  const nothing = () => undefined
  const late = systemClock.sleep(ENOUGH, done.signal).then(nothing, nothing)
  try {
    return await Promise.race([read, late])
  } catch (error) {
    if (explain(error) instanceof Interrupted) throw error
    return undefined
  } finally {
    done.abort()
  }
}

async function balancing(aws: SituationReads, {targetGroups: names, listener}: Group) {
  const arns = await aws.targetGroups(names)
  const targetGroups = names.map((name) => arns[name]!)
  return {targetGroups, weights: await unlessUnread(aws.weights(listener, targetGroups))}
}

async function readUnderWay(
  aws: SituationReads,
  running: Deployment,
  service: ServiceState,
  {terminationMinutes}: Group,
): Promise<UnderWay> {
  const deployment = running.rollbackOf ? await aws.deployment(running.rollbackOf) : running
  const [deploys, lifecycle] = await Promise.all([
    deployedBy(aws, deployment, service),
    unlessUnread(aws.lifecycle(deployment.id)),
  ])
  const green = service.taskSets.find(({deploymentId}) => deploymentId === deployment.id)
  const others = service.taskSets.filter((set) => set !== green)
  const blue = others.find(({status}) => status === 'PRIMARY') ?? others.find(({status}) => status === 'ACTIVE')
  const begun = readRollback(deployment) !== undefined && !deployment.terminationStarted
  const goesTo =
    running === deployment ? (begun ? deploys : undefined) : (blue?.taskDefinition ?? service.taskDefinition)
  return {
    deployment,
    deploys,
    green,
    blue,
    blueUntil: blueTerminatesAt(lifecycle, terminationMinutes),
    returning: goesTo === undefined ? undefined : {by: running.id, to: goesTo},
  }
}

/** A rollback that fb began leaves what it was begun to leave; any other deployment is left itself. */
function leavingArn({deployment, deploys, returning}: UnderWay): string {
  const own = returning?.by === deployment.id ? readRollback(deployment) : undefined
  return own ? deploys.replace(/:\d+$/, `:${own.from}`) : deploys
}

/** A deployment that was stopped without a rollback leaves the traffic divided: then it is the newer one that is left. */
function servingOf({taskSets}: ServiceState, primary: TaskSet, weights: Weights = {}): string {
  const other = taskSets.find((set) => set !== primary && (weights[set.targetGroup] ?? 0) > 0)
  return (other ?? primary).taskDefinition
}

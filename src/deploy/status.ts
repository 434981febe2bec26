import {type Balancing, type Health, healthOf, type InFlight, problemsOf} from './health.js'
import {blueTerminatesAt} from './phases.js'
import {healthy} from './reading.js'
import {type Release, releaseOf} from './release.js'
import {historyFor, type PastRelease, type ReleasesReads, releasesIn} from './releases.js'
import type {Repeated} from './repeated.js'
import type {Bounds} from './scaling.js'
import {
  type Alarm,
  type Deployment,
  type Group,
  isOver,
  type LifecycleEvent,
  revisionOf,
  type ServiceState,
  type Target,
  type Task,
  type TaskSet,
  type Weights,
} from './service.js'
import {stoppedReasons, troubled} from './stopped.js'

export type StatusReads = ReleasesReads & {
  service(): Promise<ServiceState>
  tasks(status: 'RUNNING' | 'STOPPED'): Promise<Task[]>
  findGroup(): Promise<Group | undefined>
  lifecycle(deploymentId: string): Promise<LifecycleEvent[]>
  targetGroups(names: string[]): Promise<Record<string, string>>
  targets(targetGroup: string): Promise<Target[]>
  weights(listener: string, targetGroups: string[]): Promise<Weights>
  alarms(names: string[]): Promise<Alarm[]>
  bounds(): Promise<Bounds | undefined>
}

export type TaskSetStatus = {
  release: number
  status: TaskSet['status']
  desired: number
  running: number
  pending: number
  /** Percent of production traffic; null, like the targets, where nobody says which listener and target groups are the service's. */
  traffic: number | null
  healthy: number | null
  targets: number | null
}

export type Status = {
  env: string
  account: string
  region: string
  service: string
  health: Health
  /** What keeps it from being healthy. */
  problems: string[]
  release?: Release
  deployment?: {
    id: string
    status: string
    release?: number
    /** The deployment whose traffic it brings back. */
    rollbackOf?: string
    createdAt: Date
    description?: string
    blueTerminatesAt?: Date
  }
  taskSets: TaskSetStatus[]
  tasks: {desired: number; running: number; min?: number; max?: number; scaleIn?: ScaleIn}
  alarms: Alarm[]
  /** Tasks that stopped in the last hour, by reason. */
  stopped: Repeated[]
  releases: PastRelease[]
}

/** Scale-in that is suspended, and for which deployment fb did it; `left`: its shift is over, so nobody will release it any more. */
export type ScaleIn = {heldFor?: string; left: boolean}

const RELEASES = 5

/** Everything `fb status` shows, read side by side: the longest chain is three calls. */
export async function readStatus(
  aws: StatusReads,
  {env, region, service: version, container}: {env: string; region: string; service: string; container: string},
): Promise<Status> {
  const reading = aws.findGroup()
  const [service, group, {weights, targets}, alarms, history, stopped, bounds] = await Promise.all([
    aws.service(),
    reading,
    reading.then((found) => readBalancing(aws, found)),
    reading.then((found) => aws.alarms(found?.alarms ?? [])),
    aws.history(historyFor(RELEASES)),
    aws.tasks('STOPPED'),
    aws.bounds(),
  ])
  const primary = service.taskSets.find(({status}) => status === 'PRIMARY')
  const live = primary?.taskDefinition ?? service.taskDefinition
  const running = history.find((deployment) => !isOver(deployment))
  const [revision, releases, lifecycle] = await Promise.all([
    aws.taskDefinition(live),
    releasesIn(history, aws, {live, container, most: RELEASES}),
    running ? aws.lifecycle(running.id) : [],
  ])
  const inFlight = running && {...running, lifecycle}
  const deployed = running && deployedRelease(running, service, releases)
  const taskSets = service.taskSets.map((set) => taskSetStatus(set, group?.listener ? {weights, targets} : undefined))
  const facts = {controller: service.controller, group, primary, weights, targets, alarms, inFlight}
  const problems = problemsOf(facts)
  return {
    env,
    account: live.split(':')[4]!,
    region,
    service: version,
    health: healthOf(facts, problems),
    problems,
    release: releaseOf(revision, container),
    deployment: inFlight && inFlightStatus(inFlight, deployed, group?.terminationMinutes ?? 0),
    taskSets,
    tasks: {desired: service.desired, running: service.running, ...scaling(bounds, inFlight)},
    alarms,
    stopped: stoppedReasons(troubled(stopped)),
    releases,
  }
}

function scaling(bounds: Bounds | undefined, inFlight: InFlight | undefined): Partial<Status['tasks']> {
  if (!bounds) return {}
  const {min, max, hold} = bounds
  if (!hold) return {min, max}
  const {deploymentId: heldFor} = hold
  const moves = inFlight?.id === heldFor && !inFlight?.terminationStarted
  return {min, max, scaleIn: {heldFor, left: heldFor !== undefined && !moves}}
}

/** Without a deployment group nobody says which target groups belong to the service. */
async function readBalancing(aws: StatusReads, group: Group | undefined): Promise<Balancing> {
  if (!group?.listener) return {weights: {}, targets: {}}
  const {targetGroups, listener} = group
  const arns = Object.values(await aws.targetGroups(targetGroups))
  const [weights, targets] = await Promise.all([
    aws.weights(listener, arns),
    Promise.all(arns.map((arn) => aws.targets(arn))),
  ])
  return {weights, targets: Object.fromEntries(arns.map((arn, i) => [arn, targets[i]!]))}
}

function taskSetStatus(set: TaskSet, balancing: Balancing | undefined): TaskSetStatus {
  const {taskDefinition, status, desired, running, pending, targetGroup} = set
  const own = balancing?.targets[targetGroup] ?? []
  return {
    release: revisionOf(taskDefinition),
    status,
    desired,
    running,
    pending,
    traffic: balancing ? (balancing.weights[targetGroup] ?? 0) : null,
    healthy: balancing ? healthy(own) : null,
    targets: balancing ? own.length : null,
  }
}

/** What a deployment deploys: its task set has it, and before there is one its AppSpec, unless CodeDeploy has lost that. */
function deployedRelease({id}: Deployment, {taskSets}: ServiceState, releases: PastRelease[]): number | undefined {
  const green = taskSets.find(({deploymentId}) => deploymentId === id)
  return green ? revisionOf(green.taskDefinition) : releases.find(({deploymentId}) => deploymentId === id)?.number
}

function inFlightStatus(
  deployment: InFlight,
  release: number | undefined,
  terminationMinutes: number,
): Status['deployment'] {
  return {
    id: deployment.id,
    status: deployment.status,
    release,
    rollbackOf: deployment.rollbackOf,
    createdAt: deployment.createdAt,
    description: deployment.description,
    blueTerminatesAt: blueTerminatesAt(deployment.lifecycle, terminationMinutes),
  }
}

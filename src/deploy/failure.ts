import {explain} from '../errors.js'
import {unseen} from './blind.js'
import {type Change, changesBetween} from './changes.js'
import type {Underway} from './deploy.js'
import {diagnose, type Evidence, type Failure} from './diagnose.js'
import type {Reading} from './reading.js'
import type {Alarm, Group, ServiceEvent, Task} from './service.js'
import {troubled} from './stopped.js'
import {logStreamOf, type Revision} from './task-definition.js'
import type {Watched} from './watch.js'

export type FailureReads = {
  tasks(status: 'RUNNING' | 'STOPPED'): Promise<Task[]>
  alarms(names: string[]): Promise<Alarm[]>
  lastLines(group: string, stream: string, limit: number): Promise<string[]>
  taskDefinition(arn: string): Promise<Revision>
  /** What the load balancer asks the targets of a group for. */
  healthCheck(targetGroup: string): Promise<{path?: string; matcher?: string}>
}

/** Reads the evidence of a failed deployment while AWS still has it. What cannot be read leaves the explanation poorer, and is told. */
export async function explainFailure(
  aws: FailureReads,
  underway: Underway,
  {reading, unhealthy, stopped: seen = [], logs: read = []}: Watched,
): Promise<Failure> {
  const {release, definition, group} = underway
  const container = ownContainer(underway)
  const unread: Evidence[] = []
  const orElse =
    <T>(source: string, rest: T[]) =>
    (error: unknown) => {
      unread.push({source, message: `not read: ${explain(error).message}`, count: 1})
      return rest
    }
  const now = (await aws.tasks('STOPPED').catch(orElse('ecs:DescribeTasks', seen))).filter(
    (task) => task.taskDefinition === release.taskDefinitionArn,
  )
  const telling = troubled(now.length > 0 ? now : seen)
  const events = eventsOf(reading)
  const last = (telling[0] ?? now[0])?.id ?? startedIn(events, underway, reading)
  const place = last && logStreamOf(container, last)
  const failure = diagnose({
    deployment: reading.deployment ?? unseen(underway, reading),
    container,
    memory: definition.memory,
    stopped: telling,
    unhealthy,
    // Read again: the alarm that ended it may have fired since it was last looked at.
    alarms: await aws.alarms(group.alarms).catch(() => reading.alarms ?? []),
    events,
    lifecycle: reading.lifecycle ?? [],
    logs: place ? await aws.lastLines(place.group, place.stream, 60).catch(orElse('logs:GetLogEvents', read)) : read,
    healthCheck: unhealthy.length > 0 || events.some(isUnhealthy) ? await healthCheckOf(aws, group) : undefined,
    changes: await changesOf(aws, underway).catch(orElse<Change>('ecs:DescribeTaskDefinition', [])),
  })
  return {...failure, evidence: [...failure.evidence, ...unread]}
}

/** A task that is not known any more has left its id with the service, and its log: the first one surely came so far. */
function startedIn(events: ServiceEvent[], {deploymentId}: Underway, {service}: Reading): string | undefined {
  const others = (service?.taskSets ?? []).filter((set) => set.deploymentId !== deploymentId)
  const started = events.filter(
    ({message}) => /has started \d+ tasks/.test(message) && !others.some(({id}) => message.includes(id)),
  )
  return /\(task ([0-9a-f]+)\)/.exec(started.at(-1)?.message ?? '')?.[1]
}

const isUnhealthy = ({message}: ServiceEvent) => /is unhealthy in/.test(message)

/** Both groups of a pair are asked alike. Without an answer the advice is only less exact. */
const healthCheckOf = async (aws: FailureReads, {targetGroups: [name]}: Group) =>
  name ? aws.healthCheck(name).catch(() => undefined) : undefined

/** The container that the load balancer sends requests to. */
export const ownContainer = ({
  definition: {containerDefinitions},
  container,
}: Pick<Underway, 'definition' | 'container'>) =>
  containerDefinitions.find(({name}) => name === container) ?? containerDefinitions[0]!

async function changesOf(aws: FailureReads, {previous, definition, container}: Underway): Promise<Change[]> {
  if (!previous) return []
  const before = await aws.taskDefinition(previous.taskDefinitionArn)
  return changesBetween(before.definition, definition, container)
}

/** What the service said from the start of the deployment to its end. */
export const eventsOf = ({service, deployment}: Reading): ServiceEvent[] => {
  if (!deployment) return []
  const {createdAt, completedAt} = deployment
  return (service?.events ?? []).filter(({at}) => at >= createdAt && (!completedAt || at <= completedAt))
}

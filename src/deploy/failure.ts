import {explain} from '../errors.js'
import type {Underway} from './deploy.js'
import {diagnose, type Evidence, type Failure} from './diagnose.js'
import type {Reading} from './reading.js'
import type {Alarm, ServiceEvent, Task} from './service.js'
import {troubled} from './stopped.js'
import {logStreamOf} from './task-definition.js'
import type {Watched} from './watch.js'

export type FailureReads = {
  tasks(status: 'RUNNING' | 'STOPPED'): Promise<Task[]>
  alarms(names: string[]): Promise<Alarm[]>
  lastLines(group: string, stream: string, limit: number): Promise<string[]>
}

/** Reads the evidence of a failed deployment while AWS still has it. What cannot be read leaves the explanation poorer, and is told. */
export async function explainFailure(
  aws: FailureReads,
  underway: Underway,
  {reading, unhealthy}: Watched,
): Promise<Failure> {
  const {release, definition, group} = underway
  const {containerDefinitions} = definition
  const container = containerDefinitions.find(({name}) => name === underway.container) ?? containerDefinitions[0]!
  const unread: Evidence[] = []
  const orNone = (source: string) => (error: unknown) => {
    unread.push({source, message: `not read: ${explain(error).message}`, count: 1})
    return []
  }
  const stopped = (await aws.tasks('STOPPED').catch(orNone('ecs:DescribeTasks'))).filter(
    (task) => task.taskDefinition === release.taskDefinitionArn,
  )
  const telling = troubled(stopped)
  const place = stopped[0] && logStreamOf(container, (telling[0] ?? stopped[0]).id)
  const failure = diagnose({
    deployment: reading.deployment!,
    container,
    stopped: telling,
    unhealthy,
    // Read again: the alarm that ended it may have fired since it was last looked at.
    alarms: await aws.alarms(group.alarms).catch(() => reading.alarms ?? []),
    events: eventsSince(reading),
    lifecycle: reading.lifecycle ?? [],
    logs: place ? await aws.lastLines(place.group, place.stream, 40).catch(orNone('logs:GetLogEvents')) : [],
  })
  return {...failure, evidence: [...failure.evidence, ...unread]}
}

const eventsSince = ({service, deployment}: Reading): ServiceEvent[] =>
  (service?.events ?? []).filter(({at}) => at >= deployment!.createdAt)

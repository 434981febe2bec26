import type {ServiceState, Task} from '../deploy/service.js'
import type {Container, Revision} from '../deploy/task-definition.js'
import {NotFound, UsageError} from '../errors.js'
import type {LogEvent} from './event.js'
import type {Source} from './source.js'
import {noneStarted, noneStopped, stoppedSources, unstartedNotes} from './stopped-tasks.js'

export type ServiceReads = {
  service(): Promise<ServiceState>
  taskDefinition(arn: string): Promise<Revision>
  tasks(status: 'RUNNING' | 'STOPPED'): Promise<Task[]>
}

/** Which tasks of a service: all, those whose ids begin so, or those that ECS has stopped of late. */
export type Which = {tasks?: string[]; previous?: boolean}

/** A service, and the Region in which fb reads. */
export type Whose = {service: string; region: string}

export type Targets = {
  sources: Source[]
  /** What a person should know of logs that are not there. */
  notes: string[]
  /** When the first of the stopped tasks stopped. */
  stoppedAt?: Date
}

/** Where a service's containers write, from its task definitions: streams are never listed, because their list is an hour behind. */
export async function targetsOf(
  aws: ServiceReads,
  {service, region}: Whose,
  {tasks, previous}: Which,
): Promise<Targets> {
  const {taskDefinition, taskSets} = await aws.service()
  const stopped = previous ? await aws.tasks('STOPPED') : []
  if (previous && stopped.length === 0) throw noneStopped(service)
  const arns = previous
    ? stopped.map((task) => task.taskDefinition)
    : [taskDefinition, ...taskSets.map((set) => set.taskDefinition)]
  const revisions = await Promise.all([...new Set(arns)].map((arn) => aws.taskDefinition(arn)))
  const containers = revisions.flatMap(({definition}) => definition.containerDefinitions)
  const places = placesIn(revisions, region)
  if (places.length === 0) throw notHere({service, region}, containers)
  const sources = places.flatMap((place) => (previous ? stoppedSources(place, stopped) : liveSources(place, tasks)))
  if (sources.length === 0) throw noneStarted(service)
  const times = stopped.flatMap(({stoppedAt}) => (stoppedAt ? [stoppedAt.getTime()] : []))
  return {
    sources: sources.map((source) => ({...source, service})),
    notes: [
      ...new Set(containers.flatMap((container) => noteOf(container, region))),
      ...unstartedNotes(places, stopped),
    ],
    ...(times.length > 0 && {stoppedAt: new Date(Math.min(...times))}),
  }
}

/** Where a container of some revisions writes: a stream of each task is called `prefix` and the task's id. */
export type Place = {container: string; group: string; prefix: string; revisions: string[]}

type Stated = {group?: string; prefix?: string; region?: string}

/** What the awslogs driver was told; nothing of a container that logs otherwise. */
function statedOf({logConfiguration}: Container): Stated {
  if (logConfiguration?.logDriver !== 'awslogs') return {}
  const options = logConfiguration.options ?? {}
  return {group: options['awslogs-group'], prefix: options['awslogs-stream-prefix'], region: options['awslogs-region']}
}

function placesIn(revisions: Revision[], here: string): Place[] {
  const places = new Map<string, Place>()
  for (const {arn, definition} of revisions)
    for (const container of definition.containerDefinitions) {
      const {group, prefix, region = here} = statedOf(container)
      if (!group || !prefix || region !== here) continue
      const place = {container: container.name, group, prefix: `${prefix}/${container.name}/`}
      const key = `${place.group} ${place.prefix}`
      places.set(key, {...place, revisions: [...(places.get(key)?.revisions ?? []), arn]})
    }
  return [...places.values()]
}

const liveSources = ({group, prefix}: Place, tasks: string[] = ['']): Source[] =>
  tasks.map((task) => ({group, prefix: `${prefix}${task}`}))

function noteOf(container: Container, here: string): string[] {
  const {name, logConfiguration} = container
  const driver = logConfiguration?.logDriver
  if (driver !== 'awslogs')
    return [`Container ${name} logs ${driver ? `to ${driver}` : 'nowhere'}, not to CloudWatch: its lines are not here.`]
  const {region = here} = statedOf(container)
  if (region === here) return []
  return [
    `Container ${name} logs to CloudWatch in ${region}: its lines are not here, but with ${elsewhere(container)}.`,
  ]
}

/** Its group is there, and in ECS there is nothing of it. */
function elsewhere(container: Container): string {
  const {group = 'NAME', region} = statedOf(container)
  return `--group ${group} --region ${region}`
}

function notHere({service, region}: Whose, containers: Container[]): NotFound {
  const others = containers.filter((container) => (statedOf(container).region ?? region) !== region)
  return new NotFound(`No container of ${service} logs to CloudWatch${others.length > 0 ? ` in ${region}` : ''}.`, {
    code: 'no_logs',
    because: containers.flatMap((container) => noteOf(container, region)),
    next: others.length > 0 ? [...new Set(others.map(elsewhere))] : ['--group NAME'],
  })
}

/** Task ids as people copy them: whole, the beginning, or the ARN. */
export function taskId(text: string): string {
  const id = text.slice(text.lastIndexOf('/') + 1)
  if (/^[0-9a-f]{4,32}$/.test(id)) return id
  throw new UsageError(`${JSON.stringify(text)} is no task id.`, {
    code: 'bad_task',
    because: ['It is 32 hexadecimal digits, or at least the first 4 of them.'],
    next: ['fb status'],
  })
}

/** The service that an event of these sources belongs to. */
export function serviceIn(sources: Source[]): (event: LogEvent) => string | undefined {
  if (sources.length === 1) return () => sources[0]!.service
  return ({group, stream}) =>
    sources.find((source) => source.group === group && stream.startsWith(source.prefix ?? '') && within(source, stream))
      ?.service
}

const within = ({streams}: Source, stream: string) => !streams || streams.includes(stream)

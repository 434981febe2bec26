import type {Task} from '../deploy/service.js'
import {NotFound} from '../errors.js'
import type {Source} from './source.js'
import type {Place} from './targets.js'

/** FilterLogEvents takes 100 names. */
const NAMES = 100

/** What stopped tasks have written to a place: by name, because one prefix would have the running tasks as well. */
export function stoppedSources(place: Place, tasks: Task[]): Source[] {
  const {group, prefix} = place
  const streams = tasks.filter((task) => hasRun(task, place)).map(({id}) => `${prefix}${id}`)
  const count = Math.ceil(streams.length / NAMES)
  return Array.from({length: count}, (_, i) => ({group, streams: streams.slice(i * NAMES, (i + 1) * NAMES)}))
}

/** The awslogs driver makes the stream when it starts the container; CloudWatch refuses a call with a name that is not there. */
const hasRun = ({taskDefinition, startedAt, containers}: Task, {container, revisions}: Place): boolean =>
  revisions.includes(taskDefinition) &&
  (startedAt !== undefined || containers.some(({name, exitCode}) => name === container && exitCode !== undefined))

/** Who looks for the lines of a task that failed should know that it has none. */
export function unstartedNotes(places: Place[], tasks: Task[]): string[] {
  const count = tasks.filter((task) => !places.some((place) => hasRun(task, place))).length
  const what =
    count === 1
      ? '1 stopped task has not started its containers and'
      : `${count} stopped tasks have not started their containers and`
  return count === 0 ? [] : [`${what} logged nothing; fb status says why.`]
}

export const noneStarted = (service: string) =>
  new NotFound(`No stopped task of ${service} has started its containers: they logged nothing.`, {
    code: 'none_started',
    next: ['fb status'],
  })

export const noneStopped = (service: string) =>
  new NotFound(`ECS remembers no stopped task of ${service}; it forgets them after an hour.`, {
    code: 'none_stopped',
    next: ['fb logs tail --since 2h --no-follow'],
  })

import {duration} from '../durations.js'
import {GaveUp} from '../errors.js'
import {type Event, stands} from '../events.js'
import type {TaskSet} from './service.js'
import {containerOf, logStreamOf, type Revision} from './task-definition.js'

/** One command in a task of its own, where and as whom the service's own tasks run. */
export type OneOff = {
  taskDefinition: string
  container: string
  command: string[]
  /** The name under which it can be found while it runs. */
  startedBy: string
  where: Pick<TaskSet, 'network' | 'capacityProviders' | 'platformVersion'>
  /** Where its lines go, when it is to CloudWatch. */
  log?: {group: string; stream: (id: string) => string}
}

export type Started = {id: string} | {refused: string}

export type OneOffState = {status: string; startedAt?: Date; stoppedAt?: Date; exitCode?: number; reason: string}

/** What is seen of it at one moment; `log` is all its lines so far. */
export type Seen = {at: Date; task?: OneOffState; log?: string[]; stale: {read: string; reason: string}[]}

export type OneOffAws = {
  startTask(wanted: OneOff): Promise<Started>
  startedBy(name: string): Promise<string[]>
  stopTask(id: string, reason: string): Promise<void>
  followTask(id: string, wanted: OneOff): AsyncGenerator<Seen, never, void>
}

/** How it ended. Without an exit code the command never ran, or ECS does not know what came of it. */
export type Ended = {task?: string; exitCode?: number; reason: string; log: string[]; tookMs?: number}

export type OneOffPatience = {
  /** Until when it is waited for. */
  deadline?: Date
  /** What a person types to stop it. */
  howToStop: (id: string) => string[]
  /** How the rest stands while it runs. */
  besides?: string
  /** Looks once it has been started, and throws when it must not go on. */
  started?: (id: string) => Promise<void>
}

/** The command as a task of a release, in the network of the PRIMARY task set. */
export function oneOffOf(
  {arn, definition}: Pick<Revision, 'arn' | 'definition'>,
  where: TaskSet,
  {command, startedBy, container}: Pick<OneOff, 'command' | 'startedBy' | 'container'>,
): OneOff {
  const own = containerOf(definition, container, arn)
  const place = logStreamOf(own, '')
  const log = place && {group: place.group, stream: (id: string) => place.stream + id}
  return {taskDefinition: arn, container, command, startedBy, where, log}
}

/** `startedBy` takes letters, digits, hyphens, underscores and slashes, at most 128 (ECS API, RunTask). */
export const startedByName = (what: string, whom: string): string =>
  `${what}/${whom}`.replace(/[^\w/-]/g, '-').slice(0, 128)

/** CloudWatch shows lines some seconds after they were written: until none has come for so long they are waited for, in ms. */
const QUIET = 6000
/** The same while the log cannot be read. */
const BLIND = 20_000

/** Starts the task and follows it to its end, every line of its log told once. */
export async function* runOneOff(
  aws: OneOffAws,
  wanted: OneOff,
  step: string,
  patience: OneOffPatience,
): AsyncGenerator<Event, Ended, void> {
  const started = await aws.startTask(wanted)
  if ('refused' in started) return refusal(started)
  const {id} = started
  yield stands([`Task ${id} goes on in AWS.`, patience.besides].filter(Boolean).join(' '), patience.howToStop(id))
  await patience.started?.(id)
  return yield* followed(aws, wanted, {id, step, deadline: patience.deadline})
}

type Followed = {id: string; step: string; deadline?: Date}

async function* followed(
  aws: OneOffAws,
  wanted: OneOff,
  {id, step, deadline}: Followed,
): AsyncGenerator<Event, Ended, void> {
  const unread = new Set<string>()
  let told = 0
  let lastLine: Date | undefined
  for await (const {at, task, log = [], stale} of aws.followTask(id, wanted)) {
    for (const text of log.slice(told)) yield {type: 'output', text}
    if (log.length > told) lastLine = at
    told = log.length
    for (const {read, reason} of stale.filter((one) => !unread.has(one.read))) {
      unread.add(read)
      yield {type: 'note', text: `cannot read its ${read}, trying again: ${reason}`}
    }
    if (task?.status === 'STOPPED' && isComplete(task, at, lastLine, stale)) return endedOf(id, task, log)
    if (deadline && at > deadline) throw gaveUp(id)
    if (task) yield {type: 'progress', step, line: `task ${id.slice(0, 8)} ${task.status.toLowerCase()}`}
  }
  throw new TypeError('following ended by itself')
}

/** No line has come for a while. A task that never started has written none. */
function isComplete(
  {stoppedAt, startedAt}: OneOffState,
  at: Date,
  lastLine: Date | undefined,
  stale: Seen['stale'],
): boolean {
  if (!startedAt || !stoppedAt) return true
  const last = Math.max(stoppedAt.getTime(), lastLine?.getTime() ?? 0)
  return at.getTime() - last >= (stale.some(({read}) => read === 'log') ? BLIND : QUIET)
}

function endedOf(id: string, {exitCode, reason, startedAt, stoppedAt}: OneOffState, log: string[]): Ended {
  const tookMs = startedAt && stoppedAt && stoppedAt.getTime() - startedAt.getTime()
  return {task: id, exitCode, reason, log, tookMs}
}

const gaveUp = (id: string) => new GaveUp(`Gave up waiting for task ${id}.`, {code: 'still_running'})

/** What came of a task that ECS did not start. */
export const refusal = ({refused}: {refused: string}): Ended => ({reason: `ECS started no task: ${refused}`, log: []})

/** Its end in a few words. */
export const sayEnded = ({exitCode, reason, tookMs}: Pick<Ended, 'exitCode' | 'reason' | 'tookMs'>): string =>
  exitCode === undefined ? reason : `exit ${exitCode}${tookMs === undefined ? '' : ` after ${duration(tookMs)}`}`

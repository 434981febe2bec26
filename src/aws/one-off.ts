import {
  type Container,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'

import type {Clock} from '../clock.js'
import type {Names} from '../config/names.js'
import type {OneOff, OneOffState, Seen, Started} from '../deploy/one-off.js'
import {type Connection, connect, pages} from './clients.js'
import {notDone} from './denied.js'
import {logStream} from './log-stream.js'
import {poll, type Reads} from './poll.js'

/** How often a task and its log are read, in ms. */
const PACE = {task: 3000, log: 2000}

/** Tasks that run one command and end. */
export function oneOffTasks(connection: Connection, {cluster}: Names, clock: Clock) {
  const {read, put} = connect(ECSClient, connection)

  const described = async (tasks: string[]): Promise<Task[]> =>
    tasks.length > 0 ? ((await read(new DescribeTasksCommand({cluster, tasks}))).tasks ?? []) : []

  return {
    /** The token makes a second request, after a lost answer, find the first one's task. */
    async startTask(wanted: OneOff): Promise<Started> {
      const command = new RunTaskCommand({...inputFor(wanted), cluster, clientToken: crypto.randomUUID()})
      const {tasks = [], failures = []} = await put(command).catch(notDone)
      const [task] = tasks
      if (task) return {id: idOf(task)}
      return {refused: failures.map(({reason, detail}) => [reason, detail].filter(Boolean).join(': ')).join('; ')}
    },
    /** Those under way that were started under this name, the oldest first. */
    async startedBy(name: string): Promise<string[]> {
      // As a filter it must be the only one.
      const get = (nextToken?: string) => read(new ListTasksCommand({cluster, startedBy: name, nextToken}))
      const arns = await pages(
        get,
        (page) => page.taskArns,
        (page) => page.nextToken,
        100,
      )
      const alive = (await described(arns)).filter(({desiredStatus}) => desiredStatus !== 'STOPPED')
      const age = ({createdAt, taskArn}: Task) => `${createdAt?.toISOString()} ${taskArn}`
      return alive.sort((a, b) => (age(a) < age(b) ? -1 : 1)).map(idOf)
    },
    stopTask: async (task: string, reason: string) => void (await put(new StopTaskCommand({cluster, task, reason}))),
    /** A task and its log again and again, at the pace each API allows. */
    async *followTask(id: string, {container, log}: OneOff): AsyncGenerator<Seen, never, void> {
      const stream = log ? logStream(connection, log.group, log.stream(id)) : async () => []
      const reads: Reads<{task: OneOffState | undefined; log: string[]}> = {
        task: {every: () => PACE.task, read: async () => stateOf((await described([id]))[0], container)},
        log: {every: () => PACE.log, read: stream},
      }
      for await (const {at, values, stale} of poll(reads, clock, connection.signal)) yield {at, stale, ...values}
      throw new TypeError('polling ended by itself')
    },
  }
}

const idOf = ({taskArn = ''}: Task): string => taskArn.slice(taskArn.lastIndexOf('/') + 1)

/** ECS takes a launch type or capacity providers, not both. */
function inputFor({taskDefinition, container, command, startedBy, where}: OneOff): RunTaskCommandInput {
  const {network, capacityProviders, platformVersion} = where
  return {
    taskDefinition,
    startedBy,
    platformVersion,
    ...(capacityProviders.length > 0
      ? {
          capacityProviderStrategy: capacityProviders.map(({provider: capacityProvider, base, weight}) => ({
            capacityProvider,
            base,
            weight,
          })),
        }
      : {launchType: 'FARGATE' as const}),
    networkConfiguration: network && {
      awsvpcConfiguration: {...network, assignPublicIp: network.assignPublicIp === 'ENABLED' ? 'ENABLED' : 'DISABLED'},
    },
    overrides: {containerOverrides: [{name: container, command}]},
  }
}

/** Right after RunTask a task may not be known yet. */
function stateOf(task: Task | undefined, name: string): OneOffState | undefined {
  if (!task) return undefined
  const {exitCode, reason}: Container = task.containers?.find((container) => container.name === name) ?? {}
  return {
    status: task.lastStatus ?? '',
    startedAt: task.startedAt,
    stoppedAt: task.stoppedAt,
    exitCode,
    // Of a task that could not start both say the same.
    reason: [...new Set([task.stoppedReason, reason])].filter(Boolean).join('; '),
  }
}

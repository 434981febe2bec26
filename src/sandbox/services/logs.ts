import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeLogGroups$,
  DescribeLogStreams$,
  FilterLogEvents$,
  GetLogEvents$,
  InvalidParameterException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Account} from '../account.js'
import {type Handlers, page, saying} from '../handlers.js'
import {type Line, linesOf, loggingTasks, streamName} from '../lines.js'
import type {Task} from '../tasks.js'

export const schemas = {DescribeLogGroups$, DescribeLogStreams$, FilterLogEvents$, GetLogEvents$}

export const handlers: Handlers<typeof logs, typeof schemas> = {
  DescribeLogGroups({logGroupNamePrefix = '', logGroupNamePattern = ''}, {inventory, state}) {
    const {logGroup, logGroupArn} = inventory
    if (!logGroup.startsWith(logGroupNamePrefix) || !logGroup.includes(logGroupNamePattern)) return {logGroups: []}
    const creationTime = state.taskDefinitions[0]!.at
    const group = {logGroupName: logGroup, arn: `${logGroupArn}:*`, logGroupArn, creationTime}
    return {logGroups: [{...group, retentionInDays: 1, storedBytes: 0}]}
  },
  DescribeLogStreams(input, account) {
    inGroup(account, input.logGroupName, input.logGroupIdentifier)
    if (input.orderBy === 'LastEventTime' && input.logStreamNamePrefix)
      throw new InvalidParameterException(saying('Cannot order by LastEventTime with a logStreamNamePrefix.'))
    const {world, now, inventory} = account
    const streams = loggingTasks(world, now).map((task) => ({task, logStreamName: streamName(world, task)}))
    if (input.orderBy !== 'LastEventTime') streams.sort((a, b) => (a.logStreamName < b.logStreamName ? -1 : 1))
    const wanted = streams.filter(({logStreamName}) => logStreamName.startsWith(input.logStreamNamePrefix ?? ''))
    const {items, next} = page(wanted, input.limit ?? 50, input.nextToken)
    const shapes = items.map(({task, logStreamName}) => ({
      logStreamName,
      arn: `${inventory.logGroupArn}:log-stream:${logStreamName}`,
      creationTime: Math.round(task.startedAt),
      firstEventTimestamp: Math.round(task.startedAt + 900),
      lastEventTimestamp: Math.round(Math.min(now, task.stoppedAt)),
    }))
    return {logStreams: shapes, nextToken: next}
  },
  GetLogEvents(input, account) {
    inGroup(account, input.logGroupName, input.logGroupIdentifier)
    const task = taskOf(account, input.logStreamName!)
    const {world, now} = account
    const lines = linesOf(world, task, input.startTime ?? 0, (input.endTime ?? now + 1) - 1, now)
    const limit = input.limit ?? 10_000
    const [direction, place] = input.nextToken?.split('/') ?? []
    const given = direction ? Number(place) : input.startFromHead ? 0 : Math.max(0, lines.length - limit)
    const start = direction === 'b' ? Math.max(0, given - limit) : given
    const end = direction === 'b' ? given : Math.min(lines.length, start + limit)
    const events = lines
      .slice(start, end)
      .map(({at, text}) => ({timestamp: at, message: text, ingestionTime: at + 400}))
    return {events, nextForwardToken: `f/${end}`, nextBackwardToken: `b/${start}`}
  },
  FilterLogEvents(input, account) {
    inGroup(account, input.logGroupName, input.logGroupIdentifier)
    const {world, now} = account
    const [from, to] = [input.startTime ?? 0, input.endTime ?? now]
    const events = loggingTasks(world, now)
      .map((task) => ({task, logStreamName: streamName(world, task)}))
      .filter(({logStreamName}) => !input.logStreamNames || input.logStreamNames.includes(logStreamName))
      .filter(({logStreamName}) => logStreamName.startsWith(input.logStreamNamePrefix ?? ''))
      .flatMap(({task, logStreamName}) => linesOf(world, task, from, to, now).map((one) => event(one, logStreamName)))
      .filter(({message}) => matches(message, input.filterPattern ?? ''))
      .sort((a, b) => a.timestamp - b.timestamp)
    const {items, next} = page(events, input.limit ?? 10_000, input.nextToken)
    return {events: items, searchedLogStreams: [], nextToken: next}
  },
}

const missing = (what: string) => new ResourceNotFoundException(saying(`The specified log ${what} does not exist.`))

function inGroup({inventory}: Account, name?: string, identifier?: string) {
  const known = [inventory.logGroup, inventory.logGroupArn]
  if (!known.includes(name ?? identifier ?? '')) throw missing('group')
}

function taskOf({world, now}: Account, name: string): Task {
  const task = loggingTasks(world, now).find((one) => streamName(world, one) === name)
  if (!task) throw missing('stream')
  return task
}

const event = ({at, text}: Line, logStreamName: string) => ({
  logStreamName,
  timestamp: at,
  message: text,
  ingestionTime: at + 400,
  eventId: `${at}${logStreamName.slice(-8)}${text.length}`,
})

/** Plain terms only: all of them must occur; quoted ones may hold spaces (CloudWatch Logs filter pattern syntax). */
function matches(text: string, pattern: string): boolean {
  const terms = pattern.match(/"[^"]*"|\S+/g) ?? []
  return terms.every((term) => text.includes(term.replaceAll('"', '')))
}

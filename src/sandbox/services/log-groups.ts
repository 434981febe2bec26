import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeLogGroups$,
  DescribeLogStreams$,
  InvalidParameterException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Account} from '../account.js'
import {type Handlers, page, saying} from '../handlers.js'
import {loggingTasks, streamName} from '../lines.js'
import {minute} from '../plan.js'
import type {Task} from '../tasks.js'

export const schemas = {DescribeLogGroups$, DescribeLogStreams$}

export const handlers: Handlers<typeof logs, typeof schemas> = {
  DescribeLogGroups(input, account) {
    const {logGroupNamePrefix, logGroupNamePattern, logGroupClass, logGroupIdentifiers} = input
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined)
      throw new InvalidParameterException(
        saying('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.'),
      )
    if (logGroupIdentifiers && (logGroupNamePrefix ?? logGroupNamePattern) !== undefined)
      throw new InvalidParameterException(
        saying('LogGroup identifiers and name prefix or pattern are mutually exclusive.'),
      )
    if ((logGroupIdentifiers?.length ?? 0) > 50)
      throw new InvalidParameterException(saying('logGroupIdentifiers must have at most 50 members.'))
    const found = groupsOf(account)
      .filter(({logGroupName}) => logGroupName!.startsWith(logGroupNamePrefix ?? ''))
      .filter(({logGroupName}) => logGroupName!.includes(logGroupNamePattern ?? ''))
      .filter((group) => !logGroupClass || group.logGroupClass === logGroupClass)
      .filter((group) => !logGroupIdentifiers || logGroupIdentifiers.some((one) => isCalled(group, one)))
    const {items, next} = page(found, input.limit ?? 50, input.nextToken)
    return {logGroups: logGroupNamePattern === undefined ? items : items.map(named), nextToken: next}
  },
  DescribeLogStreams(input, account) {
    const group = groupCalled(account, input.logGroupName ?? input.logGroupIdentifier)
    if (input.orderBy === 'LastEventTime' && input.logStreamNamePrefix)
      throw new InvalidParameterException(saying('Cannot order by LastEventTime with a logStreamNamePrefix.'))
    const {world, now} = account
    const streams = tasksIn(account, group).map((task) => ({task, logStreamName: streamName(world, task)}))
    if (input.orderBy !== 'LastEventTime') streams.sort((a, b) => (a.logStreamName < b.logStreamName ? -1 : 1))
    const wanted = streams.filter(({logStreamName}) => logStreamName.startsWith(input.logStreamNamePrefix ?? ''))
    const {items, next} = page(wanted, input.limit ?? 50, input.nextToken)
    const shapes = items.map(({task, logStreamName}) => ({
      logStreamName,
      arn: `${group.logGroupArn}:log-stream:${logStreamName}`,
      creationTime: Math.round(task.startedAt),
      firstEventTimestamp: Math.round(task.startedAt + 900),
      lastEventTimestamp: lastKnown(task, now),
    }))
    return {logStreams: shapes, nextToken: next}
  },
}

/** "If you specify logGroupNamePattern, then only arn, creationTime, and logGroupName are included" (DescribeLogGroups). */
const named = ({arn, creationTime, logGroupName}: Group): Group => ({arn, creationTime, logGroupName})

/** Eventually consistent: "updates to this value typically take place in less than an hour" (DescribeLogStreams). */
const lastKnown = ({startedAt, stoppedAt}: Task, now: number): number => {
  const end = Math.min(now, stoppedAt)
  return Math.round(Math.max(startedAt + 900, end - ((end - startedAt) % (50 * minute))))
}

export type Group = logs.LogGroup

/** The application's own group, and what else an account comes to have. */
function groupsOf({inventory, state}: Account): Group[] {
  const {where, logGroup, arn, cluster} = inventory
  const creationTime = state.taskDefinitions[0]!.at
  const group = (logGroupName: string, more: Group): Group => ({
    logGroupName,
    logGroupArn: arn('logs', `log-group:${logGroupName}`),
    arn: arn('logs', `log-group:${logGroupName}:*`),
    creationTime,
    metricFilterCount: 0,
    storedBytes: 0,
    logGroupClass: 'STANDARD',
    ...more,
  })
  return [
    group(`/aws/ecs/containerinsights/${cluster}/performance`, {retentionInDays: 1, storedBytes: 48_210_733}),
    group(`/aws/lambda/${where.app}-${where.env}-health-check`, {storedBytes: 2_811_902}),
    group(`/aws/vpc/${where.app}-${where.env}`, {
      retentionInDays: 90,
      storedBytes: 9_412_300_114,
      logGroupClass: 'INFREQUENT_ACCESS',
    }),
    group(logGroup, {
      retentionInDays: 1,
      storedBytes: 31_480_226,
      metricFilterCount: 1,
      kmsKeyId: arn('kms', 'key/0f1e2d3c-4b5a-4697-8899-aabbccddeeff'),
    }),
  ]
}

const isCalled = ({logGroupName, logGroupArn, arn}: Group, name: string) =>
  name === logGroupName || name === logGroupArn || name === arn

export function groupCalled(account: Account, name = ''): Group {
  const found = groupsOf(account).find((group) => isCalled(group, name))
  if (!found) throw missing('group')
  return found
}

export const missing = (what: string) =>
  new ResourceNotFoundException(saying(`The specified log ${what} does not exist.`))

/** Only the application's group has streams here. */
export const tasksIn = ({world, now, inventory}: Account, {logGroupName}: Group): Task[] =>
  logGroupName === inventory.logGroup ? loggingTasks(world, now) : []

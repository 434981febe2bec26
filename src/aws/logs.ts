import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'

import {FbError, NotFound} from '../errors.js'
import type {LogEvent} from '../logs/event.js'
import {identifierOf} from '../logs/group-id.js'
import type {Page, Query} from '../logs/source.js'
import {type Connection, connect, pages} from './clients.js'

/** Names looked through for one that was meant. */
const LISTED = 500

/** `dates`: whether AWS's answers tell its time; the sandbox lives in a time of its own. */
export function logs(connection: Connection, {dates = true} = {}) {
  const {read, look} = connect(CloudWatchLogsClient, connection)
  return {
    async hasLogGroup(name: string): Promise<boolean> {
      const get = (nextToken?: string) => read(new DescribeLogGroupsCommand({logGroupNamePrefix: name, nextToken}))
      const groups = await pages(
        get,
        (page) => page.logGroups,
        (page) => page.nextToken,
      )
      return groups.some(({logGroupName}) => logGroupName === name)
    },
    /** The last lines of one stream, oldest first; none when the stream was never written. */
    async lastLines(logGroupName: string, logStreamName: string, limit: number): Promise<string[]> {
      const input = {logGroupName, logStreamName, limit, startFromHead: false}
      const answer = await read(new GetLogEventsCommand(input)).catch((error: Error) => {
        if (error.name !== 'ResourceNotFoundException') throw error
      })
      return (answer?.events ?? []).map(({message}) => (message ?? '').trimEnd())
    },

    /** One call, never repeated: who reads many pages counts them against the quota and knows where to go on. */
    async page({group, prefix, streams, from, to, pattern, newestFirst, token}: Query): Promise<Page> {
      const command = new FilterLogEventsCommand({
        ...named(group),
        logStreamNamePrefix: prefix,
        logStreamNames: streams,
        startTime: from,
        endTime: to,
        filterPattern: pattern,
        nextToken: token,
        ...(newestFirst && {startFromHead: false}),
      })
      const seen = dates ? dated(command) : {at: undefined}
      const {events = [], nextToken} = await look(command).catch(notThere(group))
      const found = events.map((event) => eventFrom(event, group))
      return {events: newestFirst ? found.reverse() : found, next: nextToken, answered: seen.at}
    },

    /** Names of log groups that begin with a text, in their order and `LISTED` at most. */
    async groupNames(logGroupNamePrefix?: string): Promise<string[]> {
      const get = (nextToken?: string) => read(new DescribeLogGroupsCommand({logGroupNamePrefix, nextToken}))
      const groups = await pages(
        get,
        (page) => page.logGroups,
        (page) => page.nextToken,
        LISTED,
      )
      return groups.map(({logGroupName}) => logGroupName!)
    },

    /** Names of streams: those that begin with `prefix`, otherwise those written last (CloudWatch may be an hour behind). */
    async streamNames(group: string, prefix?: string): Promise<string[]> {
      const order = prefix ? {logStreamNamePrefix: prefix} : ({orderBy: 'LastEventTime', descending: true} as const)
      const get = (nextToken?: string) => read(new DescribeLogStreamsCommand({...named(group), ...order, nextToken}))
      const streams = await pages(
        get,
        (page) => page.logStreams,
        (page) => page.nextToken,
        prefix ? 1 : 50,
      ).catch(notThere(group))
      return streams.map(({logStreamName}) => logStreamName!)
    },
  }
}

const named = (group: string) =>
  group.startsWith('arn:') ? {logGroupIdentifier: identifierOf(group)} : {logGroupName: group}

type SdkEvent = {eventId?: string; timestamp?: number; ingestionTime?: number; logStreamName?: string; message?: string}

export function eventFrom(event: SdkEvent, group: string): LogEvent {
  const {eventId, timestamp = 0, ingestionTime = timestamp, logStreamName = '', message = ''} = event
  // The awslogs driver leaves the end of the line in some of them.
  const text = message.endsWith('\n') ? message.slice(0, -1) : message
  return {id: eventId!, at: timestamp, ingestedAt: ingestionTime, group, stream: logStreamName, message: text}
}

const notThere = (group: string) => (error: Error) => {
  if (error.name === 'InvalidOperationException' && /class/.test(error.message)) throw notOfThisClass(group, error)
  if (error.name !== 'ResourceNotFoundException') throw error
  if (!/stream/.test(error.message)) throw noGroup(group, error)
  throw new NotFound(`Group ${group} has not all of these streams.`, {code: 'no_stream', cause: error})
}

/** "FilterLogEvents is not supported for this log class": seen in aws/karpenter-provider-aws#9567. */
function notOfThisClass(group: string, cause: Error): FbError {
  const because = [`logs:FilterLogEvents: ${cause.message}`]
  if (cause.message.includes('DELIVERY')) {
    const message = `Nothing of ${group} can be read: its class, Delivery, only passes on what comes in.`
    return new FbError(message, {code: 'delivery', because, next: ['fb logs groups'], cause})
  }
  return new FbError(`${group} can only be searched by Logs Insights: its class is Infrequent Access.`, {
    code: 'infrequent_access',
    because,
    next: [`fb logs search TEXT --group ${group} --engine insights`],
    cause,
  })
}

export const noGroup = (group: string, cause?: Error) =>
  new NotFound(`There is no log group ${group}.`, {code: 'no_group', cause})

type Dated = {middlewareStack: {add(middleware: unknown, options: object): void}}

/** When AWS answered, by its own clock: this machine's may be wrong by minutes. */
function dated(command: Dated): {at?: number} {
  const seen: {at?: number} = {}
  type Answer = {response?: {headers?: Record<string, string>}}
  const look = (next: (args: unknown) => Promise<Answer>) => async (args: unknown) => {
    const answer = await next(args)
    const at = Date.parse(answer.response?.headers?.date ?? '')
    if (!Number.isNaN(at)) seen.at = at
    return answer
  }
  command.middlewareStack.add(look, {step: 'deserialize', name: 'fbDate', priority: 'high', override: true})
  return seen
}

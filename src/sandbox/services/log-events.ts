import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import {
  FilterLogEvents$,
  GetLogEvents$,
  InvalidOperationException,
  InvalidParameterException,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {filterPattern} from '../filter-pattern.js'
import {type Handlers, saying} from '../handlers.js'
import {streamName} from '../lines.js'
import {eventsOf, type Place, placeIn, placeOf, type Range, type Stored, tokenOf} from '../log-reader.js'
import type {Task} from '../tasks.js'
import {type Group, groupCalled, missing, tasksIn} from './log-groups.js'

export const schemas = {FilterLogEvents$, GetLogEvents$}

/** A page ends after so many events looked at, so many returned bytes, or the caller's limit. */
const mostEvents = 10_000
const mostBytes = 1_048_576
/** startFromHead=false is only for what is dated from here on (FilterLogEvents). */
const newestFirstSince = Date.UTC(2024, 0, 1)

export const handlers: Handlers<typeof logs, typeof schemas> = {
  GetLogEvents(input, account) {
    const tasks = tasksIn(account, groupCalled(account, input.logGroupName ?? input.logGroupIdentifier))
    const task = tasks.find((one) => streamName(account.world, one) === input.logStreamName)
    if (!task) throw missing('stream')
    const after = input.nextToken ? placeIn(input.nextToken.slice(2)) : undefined
    const backwards = after?.backwards ?? !input.startFromHead
    // Here the end does not belong to the range, unlike in FilterLogEvents.
    const range = {from: input.startTime ?? 0, to: (input.endTime ?? Infinity) - 1, backwards, after}
    const found = pageOf(eventsOf(account.world, [task], range, account.now), () => true, input.limit).events
    if (backwards) found.reverse()
    const token = (one: Stored | undefined, direction: boolean) =>
      tokenOf(placeOf(one ?? after ?? {at: account.now, ingestedAt: 0, id: ''}, direction))
    return {
      events: found.map(({at, text, ingestedAt}) => ({timestamp: at, message: text, ingestionTime: ingestedAt})),
      nextForwardToken: `f/${token(found.at(-1), false)}`,
      nextBackwardToken: `b/${token(found[0], true)}`,
    }
  },
  FilterLogEvents(input, account) {
    const group = groupCalled(account, input.logGroupName ?? input.logGroupIdentifier)
    if (group.logGroupClass !== 'STANDARD') throw notOfItsClass(group)
    const matches = filterPattern(input.filterPattern ?? '')
    const range = rangeOf(input)
    const start = range.after
    if (activeFault(account.state.faults, 'empty-pages', account.now) && !start?.again)
      return {events: [], searchedLogStreams: [], nextToken: tokenOf({...(start ?? before(range)), again: true})}
    const tasks = chosen(input, account, tasksIn(account, group))
    const {events, last} = pageOf(eventsOf(account.world, tasks, range, account.now), matches, input.limit)
    return {
      events: events.map(shapeOf),
      searchedLogStreams: [],
      nextToken: last && tokenOf(placeOf(last, range.backwards)),
    }
  },
}

/** As AWS says it (aws/karpenter-provider-aws#9567). */
const notOfItsClass = ({logGroupName, logGroupClass}: Group) =>
  new InvalidOperationException(
    saying(
      `The log group ${logGroupName} is of log-group-class ${logGroupClass}. FilterLogEvents is not supported for this log class.`,
    ),
  )

/** In front of the first event. */
const before = ({backwards}: Range): Place => ({at: backwards ? 1e15 : 0, ingestedAt: 0, id: '', backwards})

function rangeOf(input: logs.FilterLogEventsCommandInput): Range {
  const {startTime: from = 0, endTime: to = Infinity, nextToken, startFromHead} = input
  const refuse = (text: string) => {
    throw new InvalidParameterException(saying(text))
  }
  if (to < from) refuse('End time should not be less than start time.')
  if (startFromHead === false && !nextToken && from < newestFirstSince)
    refuse('startFromHead can only be false when startTime is on or after 2024-01-01T00:00:00Z.')
  if (input.logStreamNames && input.logStreamNamePrefix !== undefined)
    refuse('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
  if ((input.logStreamNames?.length ?? 0) > 100) refuse('logStreamNames has more than 100 members.')
  const after = nextToken ? placeIn(nextToken) : undefined
  return {from, to, backwards: after?.backwards ?? startFromHead === false, after}
}

type Chosen = Pick<logs.FilterLogEventsCommandInput, 'logStreamNames' | 'logStreamNamePrefix'>

function chosen({logStreamNames, logStreamNamePrefix = ''}: Chosen, {world}: Account, tasks: Task[]): Task[] {
  if (!logStreamNames) return tasks.filter((task) => streamName(world, task).startsWith(logStreamNamePrefix))
  const called = new Map(tasks.map((task) => [streamName(world, task), task]))
  // One name that is not there fails the whole call (percona/rds_exporter#81).
  if (!logStreamNames.every((name) => called.has(name))) throw missing('stream')
  return logStreamNames.map((name) => called.get(name)!)
}

/** One page; with `last`, the event after which the next one begins. A page can be empty and still have a next one. */
function pageOf(events: Iterable<Stored>, matches: (text: string) => boolean, limit = mostEvents) {
  const found: Stored[] = []
  let [seen, bytes] = [0, 0]
  for (const one of events) {
    seen++
    if (matches(one.text)) {
      found.push(one)
      bytes += Buffer.byteLength(one.text) + 26
    }
    if (seen >= mostEvents || bytes >= mostBytes || found.length >= limit) return {events: found, last: one}
  }
  return {events: found}
}

const shapeOf = ({stream, at, text, ingestedAt, id}: Stored) => ({
  logStreamName: stream,
  timestamp: at,
  message: text,
  ingestionTime: ingestedAt,
  eventId: id,
})

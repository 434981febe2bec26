import {randomUUID} from 'node:crypto'
import {setTimeout as wait} from 'node:timers/promises'
import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import {
  InvalidParameterException,
  LimitExceededException,
  SessionStreamingException,
  SessionTimeoutException,
  StartLiveTail$,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {filterPattern, type Matches} from '../filter-pattern.js'
import {type Handlers, saying} from '../handlers.js'
import {arrivedBetween, type Stored} from '../log-reader.js'
import {minute, second} from '../plan.js'
import {groupCalled, tasksIn} from './log-groups.js'

export const schemas = {StartLiveTail$}

const longest = 180 * minute
/** More events in one update are sampled (StartLiveTail). */
const most = 500

export const handlers: Handlers<typeof logs, typeof schemas> = {
  StartLiveTail(input, account) {
    const {logGroupIdentifiers: ids = [], logStreamNames, logStreamNamePrefixes} = input
    const refuse = (text: string) => {
      throw new InvalidParameterException(saying(text))
    }
    if (ids.length === 0 || ids.length > 10) refuse('logGroupIdentifiers must have 1 to 10 members.')
    if (ids.some((id) => !/^arn:.*[^*]$/.test(id))) refuse('logGroupIdentifiers must be ARNs, without :* at the end.')
    for (const id of ids) groupCalled(account, id)
    if (ids.length > 1 && (logStreamNames || logStreamNamePrefixes))
      refuse('Log streams can be chosen only with one log group.')
    if (activeFault(account.state.faults, 'livetail-limit', account.now))
      throw new LimitExceededException(saying('The maximum number of concurrent Live Tail sessions is reached.'))
    const matches = filterPattern(input.logEventFilterPattern ?? '')
    return {responseStream: session(input, account, matches)}
  },
}

type Input = logs.StartLiveTailCommandInput
type Part = logs.StartLiveTailResponseStream

/** Once a second of the sandbox's time, what has arrived since: by arrival, so late events are among it. */
function session(input: Input, start: Account, matches: Matches): AsyncIterable<Part> {
  let [open, begun, seen] = [true, false, start.now]
  const next = async (): Promise<IteratorResult<Part>> => {
    if (!begun) {
      begun = true
      return {done: false, value: started(input)}
    }
    while (open) {
      await wait(pauseFor(start))
      const account = start.again()
      if (account.now - seen < second) continue
      refuseFurther(account, start.now)
      const value = update(input, account, seen, matches)
      seen = account.now
      return {done: false, value}
    }
    return {done: true, value: undefined}
  }
  const end = async (): Promise<IteratorResult<Part>> => {
    open = false
    return {done: true, value: undefined}
  }
  return {[Symbol.asyncIterator]: () => ({next, return: end})}
}

/** Nobody waits on a manual clock here: it is looked at until somebody has moved it. */
const pauseFor = ({state: {clock}}: Account) => Math.min(1000, Math.max(20, clock.speed > 0 ? second / clock.speed : 0))

function refuseFurther({state, now}: Account, since: number): void {
  if (activeFault(state.faults, 'livetail-cut', now))
    throw new SessionStreamingException(saying('The session was closed because of an internal error.'))
  if (now - since > longest) throw new SessionTimeoutException(saying('The session has timed out.'))
}

const started = (input: Input): Part => ({
  sessionStart: {requestId: randomUUID(), sessionId: randomUUID(), ...input},
})

function update(input: Input, account: Account, seen: number, matches: Matches): Part {
  const {logStreamNames, logStreamNamePrefixes} = input
  const wanted = ({stream, text}: Stored) =>
    matches(text) &&
    (!logStreamNames || logStreamNames.includes(stream)) &&
    (!logStreamNamePrefixes || logStreamNamePrefixes.some((prefix) => stream.startsWith(prefix)))
  const found = input.logGroupIdentifiers!.flatMap((id) => {
    const events = arrivedBetween(account.world, tasksIn(account, groupCalled(account, id)), seen, account.now)
    return events.filter(wanted).map(({stream, text, at, ingestedAt}) => ({
      logGroupIdentifier: id,
      logStreamName: stream,
      message: text,
      timestamp: at,
      ingestionTime: ingestedAt,
    }))
  })
  return {
    sessionUpdate: {sessionMetadata: {sampled: found.length > most}, sessionResults: found.slice(0, most)},
  }
}

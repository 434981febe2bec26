import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import {
  DescribeQueries$,
  GetQueryResults$,
  InvalidParameterException,
  ResourceNotFoundException,
  StartQuery$,
  StopQuery$,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Account} from '../account.js'
import {type Handlers, page, saying} from '../handlers.js'
import type {Row} from '../insights/condition.js'
import {type Logged, queryOf} from '../insights/query.js'
import {uuidOf} from '../inventory.js'
import {eventsOf} from '../log-reader.js'
import {second} from '../plan.js'
import type {QueryRecord} from '../state.js'
import {groupCalled, tasksIn} from './log-groups.js'

export const schemas = {DescribeQueries$, GetQueryResults$, StartQuery$, StopQuery$}

/** A query waits a moment and runs for some seconds; until then there is a part of what it finds. */
const waits = 0.3 * second
const runs = 2.5 * second
const mostGroups = 50

export const handlers: Handlers<typeof logs, typeof schemas> = {
  StartQuery(input, account) {
    const {queryString = '', startTime = 0, endTime = 0, limit} = input
    if (endTime < startTime) throw refused("Query's end date and time should not be before its start date and time.")
    queryOf(queryString)
    const names = input.logGroupIdentifiers ?? input.logGroupNames ?? (input.logGroupName ? [input.logGroupName] : [])
    if (names.length === 0 || names.length > mostGroups) throw refused(`A query takes 1 to ${mostGroups} log groups.`)
    const groups = names.map((name) => groupCalled(account, name).logGroupName!)
    return account.record(({state, now}) => {
      state.queries ??= []
      const queryId = uuidOf(`query ${state.seededAt} ${state.queries.length} ${now}`)
      state.queries.push({id: queryId, at: now, groups, query: queryString, from: startTime, to: endTime, limit})
      return {queryId}
    })
  },
  GetQueryResults({queryId, nextToken, maxItems = 10_000}, account) {
    const record = recordOf(account, queryId!)
    const status = statusOf(record, account.now)
    if (status === 'Scheduled') return {queryLanguage: 'CWLI', status, results: [], statistics: {}}
    const {rows, events, matched} = found(account, record)
    const {items, next} = page(status === 'Complete' ? rows : rows.slice(0, rows.length / 2), maxItems, nextToken)
    const bytes = events.reduce((sum, {text}) => sum + Buffer.byteLength(text) + 26, 0)
    return {
      queryLanguage: 'CWLI',
      status,
      results: items.map(fieldsOf),
      statistics: {recordsMatched: matched, recordsScanned: events.length, bytesScanned: bytes},
      nextToken: status === 'Complete' ? next : undefined,
    }
  },
  DescribeQueries({logGroupName, status, maxResults = 1000, nextToken}, account) {
    const all = (account.state.queries ?? []).toReversed().map((record) => ({
      queryLanguage: 'CWLI' as const,
      queryId: record.id,
      queryString: record.query,
      status: statusOf(record, account.now),
      createTime: record.at,
      logGroupName: record.groups[0],
    }))
    const wanted = all
      .filter((query) => !logGroupName || query.logGroupName === logGroupName)
      .filter((query) => !status || query.status === status)
    const {items, next} = page(wanted, maxResults, nextToken)
    return {queries: items, nextToken: next}
  },
  StopQuery({queryId}, account) {
    const status = statusOf(recordOf(account, queryId!), account.now)
    if (status !== 'Scheduled' && status !== 'Running') throw refused('The specified query is not running.')
    return account.record((inside) => {
      recordOf(inside, queryId!).stoppedAt = inside.now
      return {success: true}
    })
  },
}

const refused = (text: string) => new InvalidParameterException(saying(text))

function recordOf({state}: Account, id: string): QueryRecord {
  const found = state.queries?.find((query) => query.id === id)
  if (!found) throw new ResourceNotFoundException(saying(`Query ${id} not found.`))
  return found
}

function statusOf({at, stoppedAt}: QueryRecord, now: number): 'Cancelled' | 'Complete' | 'Running' | 'Scheduled' {
  if (stoppedAt !== undefined) return 'Cancelled'
  if (now >= at + waits + runs) return 'Complete'
  return now >= at + waits ? 'Running' : 'Scheduled'
}

/** What CloudWatch had when the query was started. */
function found(account: Account, {groups, query, from, to, limit, at}: QueryRecord) {
  const range = {from: from * second, to: to * second + 999, backwards: true}
  const events = groups.flatMap((name): Logged[] => {
    const log = `${account.inventory.where.account}:${name}`
    const stored = eventsOf(account.world, tasksIn(account, groupCalled(account, name)), range, at)
    return Array.from(stored, (event) => ({...event, log}))
  })
  return {...queryOf(query)(events, limit), events}
}

const fieldsOf = (row: Row): logs.ResultField[] =>
  Object.entries(row).flatMap(([field, value]) => (value === undefined ? [] : [{field, value: String(value)}]))

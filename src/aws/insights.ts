import {
  CloudWatchLogsClient,
  DescribeQueriesCommand,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'

import {FbError, UsageError} from '../errors.js'
import {identifierOf, nameOf} from '../logs/group-id.js'
import type {Insights, InsightsQuery, QueryState, Row} from '../logs/insights.js'
import {type Connection, connect, onceOnly} from './clients.js'
import {noGroup} from './logs.js'

/** Rows in one answer. */
const PAGE = 10_000

export function insights(connection: Connection): Insights {
  const {read, write} = connect(CloudWatchLogsClient, connection)
  // Ctrl-C has ended the other connection when a query must be found and stopped.
  const last = connect(CloudWatchLogsClient, {...connection, signal: new AbortController().signal})
  const place = `--region ${connection.region}${connection.profile ? ` --profile ${connection.profile}` : ''}`
  const listCommand = () => `aws logs describe-queries --status Running ${place}`

  /** Whether a query is ours is told by the comment at its end. */
  const ours = async ({groups}: InsightsQuery, mark: string): Promise<string | undefined> => {
    const {queries = []} = await last.read(
      new DescribeQueriesCommand({logGroupName: nameOf(groups[0]!), maxResults: 50}),
    )
    return queries.find(({queryString}) => queryString?.includes(mark))?.queryId
  }

  return {
    startQuery(query) {
      const mark = `# fb ${crypto.randomUUID()}`
      const command = new StartQueryCommand({
        logGroupIdentifiers: query.groups.map(identifierOf),
        startTime: Math.floor(query.from / 1000),
        endTime: Math.ceil(query.to / 1000),
        queryString: `${query.before ?? ''}${query.text}\n${mark}`,
      })
      const start = async () => (await write(command).catch(refused(query))).queryId!
      return onceOnly(start, () => ours(query, mark), [listCommand()])
    },

    async queryState(queryId): Promise<QueryState> {
      const rows: Row[] = []
      for (let nextToken: string | undefined; ; ) {
        const answer = await read(new GetQueryResultsCommand({queryId, maxItems: PAGE, nextToken}))
        rows.push(...(answer.results ?? []).map(rowFrom))
        if (answer.status !== 'Complete' || !answer.nextToken) {
          const {bytesScanned = 0, recordsMatched = 0} = answer.statistics ?? {}
          return {status: answer.status ?? 'Unknown', rows, scanned: bytesScanned, matched: recordsMatched}
        }
        nextToken = answer.nextToken
      }
    },

    async stopQuery(queryId) {
      await last.put(new StopQueryCommand({queryId})).catch((error: Error) => {
        // It was over already.
        if (error.name !== 'InvalidParameterException') throw error
      })
    },

    stopCommand: (queryId) => `aws logs stop-query --query-id ${queryId} ${place}`,
    listCommand,
  }
}

const rowFrom = (fields: ResultField[]): Row =>
  Object.fromEntries(fields.map(({field, value}) => [field!, value ?? '']))

type Raw = Error & {queryCompileError?: {location?: {startCharOffset?: number}; message?: string}}

const refused =
  ({groups, text, before = ''}: InsightsQuery) =>
  (error: Raw) => {
    if (error.name === 'ResourceNotFoundException') throw noGroup(groups.join(' or '), error)
    if (error.name === 'LimitExceededException') throw full(error)
    if (error.name !== 'MalformedQueryException') throw error
    const {location, message = error.message} = error.queryCompileError ?? {}
    const at = (location?.startCharOffset ?? -1) - before.length
    throw new UsageError('Logs Insights cannot read the query.', {
      code: 'bad_query',
      because: [message, ...(at < 0 ? [] : pointedAt(text, at))],
      cause: error,
    })
  }

/** The line of a query that has the place, and a sign below it. */
function pointedAt(text: string, at: number): string[] {
  const begin = text.lastIndexOf('\n', at - 1) + 1
  return [`Position ${at + 1}:`, text.slice(begin).split('\n')[0]!, `${' '.repeat(at - begin)}^`]
}

const full = (cause: Error) =>
  new FbError('As many queries of Logs Insights run in this account as may run at once.', {
    code: 'queries_full',
    because: [cause.message],
    cause,
  })

import {CloudWatchLogsClient, GetLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'

import {type Connection, connect} from './clients.js'

/** At most so many pages in one reading, each up to 1 MB: a task that writes without end must not hold up the others. */
const PAGES = 20

/**
 * One log stream from its beginning. Every reading goes on where the last one ended, by CloudWatch's own token, so that no
 * line is lost or told twice however often a reading fails; a page can be empty before the last one.
 */
export function logStream(connection: Connection, logGroupName: string, logStreamName: string) {
  const {read} = connect(CloudWatchLogsClient, connection)
  const lines: string[] = []
  let nextToken: string | undefined
  const page = () =>
    read(new GetLogEventsCommand({logGroupName, logStreamName, startFromHead: true, nextToken})).catch(notYet)
  /** All lines so far; none before the first is written, which makes the stream. */
  return async (): Promise<string[]> => {
    for (let pages = 0; pages < PAGES; pages++) {
      const answer = await page()
      lines.push(...(answer?.events ?? []).map(({message}) => (message ?? '').trimEnd()))
      if (!answer || answer.nextForwardToken === nextToken) break
      nextToken = answer.nextForwardToken
    }
    return lines
  }
}

function notYet(error: Error): undefined {
  if (error.name !== 'ResourceNotFoundException') throw error
}

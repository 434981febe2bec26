import {CloudWatchLogsClient, DescribeLogGroupsCommand, GetLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'

import {type Connection, connect, pages} from './clients.js'

export function logs(connection: Connection) {
  const {read} = connect(CloudWatchLogsClient, connection)
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
  }
}

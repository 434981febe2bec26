import {CloudWatchLogsClient, GetLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs'

import {type Connection, connect} from './clients.js'

export function logs(connection: Connection) {
  const {read} = connect(CloudWatchLogsClient, connection)
  return {
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

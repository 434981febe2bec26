import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandInput,
  type LogGroup,
} from '@aws-sdk/client-cloudwatch-logs'

import type {Group, GroupReads} from '../logs/groups.js'
import {type Connection, connect, pages} from './clients.js'

/** Groups that one call describes by their names. */
const MANY = 50

export function logGroups(connection: Connection): GroupReads {
  const {read} = connect(CloudWatchLogsClient, connection)
  const all = (input: DescribeLogGroupsCommandInput) =>
    pages(
      (nextToken) => read(new DescribeLogGroupsCommand({...input, nextToken})),
      (page) => page.logGroups,
      (page) => page.nextToken,
    )
  /** A listing by pattern has only names (DescribeLogGroups), and here is asked for the rest. */
  async function described(names: string[]): Promise<LogGroup[]> {
    const parts = Array.from({length: Math.ceil(names.length / MANY)}, (_, i) => names.slice(i * MANY, (i + 1) * MANY))
    const found: LogGroup[] = []
    for (const logGroupIdentifiers of parts) found.push(...(await all({logGroupIdentifiers})))
    return found
  }

  return {
    /** Those whose names contain a text, exactly so; all of them without one. */
    async groups(logGroupNamePattern?: string): Promise<Group[]> {
      const found = await all({logGroupNamePattern})
      const whole = logGroupNamePattern ? await described(found.map(({logGroupName}) => logGroupName!)) : found
      return whole.map(groupFrom)
    },

    async group(name: string): Promise<Group | undefined> {
      const named = await all({logGroupNamePrefix: name})
      return named.map(groupFrom).find((one) => one.name === name)
    },
  }
}

const groupFrom = (group: LogGroup): Group => ({
  name: group.logGroupName!,
  retentionDays: group.retentionInDays,
  bytes: group.storedBytes ?? 0,
  class: group.logGroupClass ?? 'STANDARD',
  kmsKey: group.kmsKeyId,
  createdAt: new Date(group.creationTime ?? 0),
})

import {CloudWatchLogsClient, DescribeLogGroupsCommand, type LogGroup} from '@aws-sdk/client-cloudwatch-logs'

import type {Group, GroupReads} from '../logs/groups.js'
import {type Connection, connect, pages} from './clients.js'
import {nameOf} from './log-group-names.js'

export function logGroups(connection: Connection): GroupReads {
  const {read} = connect(CloudWatchLogsClient, connection)
  const all = (input: {logGroupNamePattern?: string; logGroupNamePrefix?: string}) =>
    pages(
      (nextToken) => read(new DescribeLogGroupsCommand({...input, nextToken})),
      (page) => page.logGroups,
      (page) => page.nextToken,
    )
  return {
    /** Those whose names contain a text, in any case; all of them without one. */
    async groups(logGroupNamePattern?: string): Promise<Group[]> {
      return (await all({logGroupNamePattern})).map(groupFrom)
    },

    async group(called: string): Promise<Group | undefined> {
      const name = nameOf(called)
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

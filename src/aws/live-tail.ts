import {CloudWatchLogsClient, DescribeLogGroupsCommand, StartLiveTailCommand} from '@aws-sdk/client-cloudwatch-logs'
import {identifierOf, nameOf} from '../logs/group-id.js'
import type {LiveQuery, LiveUpdate, OpenLive} from '../logs/live.js'
import {type Connection, connect, LARGE_BODIES, pages} from './clients.js'
import {eventFrom, noGroup} from './logs.js'

/** Opens sessions of Live Tail. AWS sends an update each second, so that silence means a connection that is gone. */
export function liveTail(connection: Connection): {open: OpenLive} {
  const {read} = connect(CloudWatchLogsClient, connection)

  async function arnOf(group: string): Promise<string> {
    if (group.startsWith('arn:')) return identifierOf(group)
    // They are sorted by name, and of all that begin with it the name itself is the first.
    const [found] = await pages(
      (nextToken) => read(new DescribeLogGroupsCommand({logGroupNamePrefix: group, limit: 1, nextToken})),
      (page) => page.logGroups,
      (page) => page.nextToken,
      1,
    )
    if (found?.logGroupName !== group) throw noGroup(group)
    return found.logGroupArn ?? found.arn!.replace(/:\*$/, '')
  }

  async function* open({groups, prefixes, streams, pattern}: LiveQuery, stop: AbortSignal): AsyncGenerator<LiveUpdate> {
    const signal = AbortSignal.any([connection.signal, stop])
    const {look} = connect(CloudWatchLogsClient, {...connection, signal}, LARGE_BODIES)
    const logGroupIdentifiers = await Promise.all(groups.map(arnOf))
    const asked = new Map(logGroupIdentifiers.flatMap((arn, i) => namesOf(arn).map((name) => [name, groups[i]!])))
    const command = new StartLiveTailCommand({
      logGroupIdentifiers,
      logStreamNamePrefixes: prefixes,
      logStreamNames: streams,
      logEventFilterPattern: pattern,
    })
    const {responseStream = []} = await look(command)
    for await (const {sessionUpdate} of responseStream) {
      if (!sessionUpdate) continue
      const {sessionResults = [], sessionMetadata} = sessionUpdate
      const events = sessionResults.map(({logGroupIdentifier = '', ...event}) =>
        eventFrom({...event, eventId: ''}, asked.get(logGroupIdentifier) ?? logGroupIdentifier),
      )
      yield {events, sampled: sessionMetadata?.sampled ?? false}
    }
  }
  return {open}
}

/** How AWS may name the group of a line: its pages say by name or ARN, its examples have `ACCOUNT:NAME`. */
function namesOf(arn: string): string[] {
  const name = nameOf(arn)
  return [arn, `${arn.split(':')[4]}:${name}`, name]
}

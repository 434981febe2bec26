import {CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand} from '@aws-sdk/client-cloudwatch'

import type {Clock} from '../clock.js'
import type {Alarm} from '../deploy/service.js'
import {nameOf} from '../logs/group-id.js'
import {type Connection, connect, pages} from './clients.js'

/** Metrics are kept by the minute for 15 days, by the hour for 15 months. */
const LONG = 6 * 3_600_000
const MINUTES_ARE_KEPT = 14 * 24 * 3_600_000

export function cloudwatch(connection: Connection, clock: Clock) {
  const {read} = connect(CloudWatchClient, connection)
  return {
    async alarms(names: string[]): Promise<Alarm[]> {
      if (names.length === 0) return []
      const {MetricAlarms = [], CompositeAlarms = []} = await read(
        new DescribeAlarmsCommand({AlarmNames: names, AlarmTypes: ['MetricAlarm', 'CompositeAlarm']}),
      )
      return [...MetricAlarms, ...CompositeAlarms].map((alarm) => ({
        name: alarm.AlarmName!,
        state: alarm.StateValue!,
        reason: alarm.StateReason,
        since: alarm.StateUpdatedTimestamp,
      }))
    },

    /** Bytes that came into log groups in a range of time (ms), rounded up to whole minutes, or hours of a long one. */
    async ingestedBytes(groups: string[], from: number, to: number): Promise<number> {
      const period = (to - from > LONG || clock.now().getTime() - from > MINUTES_ARE_KEPT ? 3600 : 60) * 1000
      const input = {
        StartTime: new Date(Math.floor(from / period) * period),
        EndTime: new Date(Math.ceil(to / period) * period),
        MetricDataQueries: groups.map((group, i) => ({Id: `g${i}`, MetricStat: incoming(group, period / 1000)})),
      }
      const sums = await pages(
        (NextToken) => read(new GetMetricDataCommand({...input, NextToken})),
        ({MetricDataResults}) => MetricDataResults?.flatMap(({Values = []}) => Values),
        ({NextToken}) => NextToken,
      )
      return sums.reduce((sum, bytes) => sum + bytes, 0)
    },
  }
}

const incoming = (group: string, Period: number) => ({
  Metric: {
    Namespace: 'AWS/Logs',
    MetricName: 'IncomingBytes',
    Dimensions: [{Name: 'LogGroupName', Value: nameOf(group)}],
  },
  Period,
  Stat: 'Sum',
})

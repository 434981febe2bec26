import {CloudWatchClient, DescribeAlarmsCommand} from '@aws-sdk/client-cloudwatch'

import type {Alarm} from '../deploy/service.js'
import {type Connection, connect} from './clients.js'

export function cloudwatch(connection: Connection) {
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
  }
}

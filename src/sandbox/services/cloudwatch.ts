import type * as cloudwatch from '@aws-sdk/client-cloudwatch'
import {DescribeAlarms$, GetMetricData$, ResourceNotFound, SetAlarmState$} from '@aws-sdk/client-cloudwatch'
import type {Account} from '../account.js'
import {alarmHistory, threshold} from '../alarms.js'
import {type Handlers, page, saying} from '../handlers.js'
import {datapoint} from '../metrics.js'

export const schemas = {DescribeAlarms$, GetMetricData$, SetAlarmState$}

export const handlers: Handlers<typeof cloudwatch, typeof schemas> = {
  DescribeAlarms({AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords = 50, NextToken}, account) {
    const names = Object.values(account.inventory.alarms)
      .filter((name) => name.startsWith(AlarmNamePrefix))
      .filter((name) => !AlarmNames?.length || AlarmNames.includes(name))
    const alarms = names
      .map((name) => alarm(account, name))
      .filter((one) => !StateValue || one.StateValue === StateValue)
    const {items, next} = page(alarms, MaxRecords, NextToken)
    return {MetricAlarms: items, CompositeAlarms: [], NextToken: next}
  },
  SetAlarmState({AlarmName, StateValue, StateReason}, account) {
    if (!Object.values(account.inventory.alarms).includes(AlarmName!))
      throw new ResourceNotFound(saying(`Alarm ${AlarmName} does not exist`))
    account.record(({state, now}) =>
      state.alarms.push({name: AlarmName!, at: now, state: StateValue!, reason: StateReason!}),
    )
    return {}
  },
  GetMetricData({MetricDataQueries, StartTime, EndTime}, account) {
    const until = Math.min(EndTime!.getTime(), account.now)
    const results = MetricDataQueries!.map((query) => series(account, query, StartTime!.getTime(), until))
    return {MetricDataResults: results, Messages: []}
  },
}

function alarm(account: Account, name: string): cloudwatch.MetricAlarm {
  const {inventory, state, world, now} = account
  const history = alarmHistory(state, world.rollouts, name, now)
  const current = history.at(-1)!
  const since = new Date(current.at)
  return {
    AlarmName: name,
    AlarmArn: inventory.arn('cloudwatch', `alarm:${name}`),
    StateValue: current.state as cloudwatch.StateValue,
    StateReason: current.reason,
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    AlarmConfigurationUpdatedTimestamp: new Date(state.taskDefinitions[0]!.at),
    ActionsEnabled: true,
    Namespace: 'AWS/ApplicationELB',
    Dimensions: [{Name: 'LoadBalancer', Value: inventory.loadBalancer.arn.split(':loadbalancer/')[1]}],
    Period: 60,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ...(name === inventory.alarms.errors ? errorRatioAlarm : latencyAlarm),
  }
}

const errorRatioAlarm = {
  AlarmDescription: 'Percentage of requests answered with a 5xx',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Statistic: 'Average',
  Threshold: threshold,
} as const

const latencyAlarm = {
  AlarmDescription: '95th percentile of the response time in seconds',
  MetricName: 'TargetResponseTime',
  ExtendedStatistic: 'p95',
  Threshold: 1,
} as const

function series(account: Account, query: cloudwatch.MetricDataQuery, from: number, until: number) {
  const {Metric, Period = 60, Stat = 'Average'} = query.MetricStat ?? {}
  const dimension = Metric?.Dimensions?.find(({Name}) => Name === 'TargetGroup')?.Value
  const period = Period * 1000
  const points: {at: number; value: number}[] = []
  for (let at = Math.floor(from / period) * period; at + period <= until && Metric; at += period) {
    const wanted = {metric: Metric.MetricName!, targetGroup: dimension, from: at, period, stat: Stat}
    const value = datapoint(account.world, wanted)
    if (value !== undefined) points.push({at, value})
  }
  points.reverse()
  return {
    Id: query.Id,
    Label: query.Label ?? Metric?.MetricName,
    Timestamps: points.map(({at}) => new Date(at)),
    Values: points.map(({value}) => value),
    StatusCode: 'Complete' as const,
  }
}

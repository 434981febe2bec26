import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import {Construct} from 'constructs'

import {namesOf} from '../../../src/config/names.js'
import {logicalId} from '../../names.js'
import type {RunningService} from '../ecs.js'
import type {Watched} from '../monitoring.js'
import {errorRate, latency, type Query, unhealthy} from './metrics.js'

const GIB = 2 ** 30

type Alarm = Omit<CloudwatchMetricAlarmConfig, 'evaluationPeriods' | 'comparisonOperator'> & {
  /** In a row; of one minute each unless `period` says otherwise. */
  evaluationPeriods: number
  comparisonOperator?: string
}

/** What people hear of, and what stops a deployment. */
export class Alarms extends Construct {
  readonly arns: string[] = []
  readonly deployment: Record<string, string[]> = {}

  constructor(
    scope: Construct,
    private readonly watched: Watched,
    private readonly topicArn: string,
  ) {
    super(scope, 'alarms')
    for (const [service, running] of Object.entries(watched.services)) {
      this.deployment[service] = this.requests(service, running)
      this.load(service)
    }
    if (watched.databaseIdentifier) this.database(watched.databaseIdentifier)
  }

  /** They stay quiet without traffic, because they stop deployments too. */
  private requests(service: string, running: RunningService): string[] {
    const {arnSuffix} = this.watched.loadBalancer
    const measured = (id: string, suffix: string, rest: Pick<Alarm, 'threshold' | 'evaluationPeriods'>, q: Query[]) =>
      this.alarm(logicalId(id, service), {
        ...rest,
        alarmName: `${this.names(service).service}-${suffix}`,
        metricQuery: q,
        treatMissingData: 'notBreaching',
      })
    return [
      measured('high_error_rate', '5xx', {threshold: 5, evaluationPeriods: 2}, errorRate(arnSuffix, running)),
      measured('slow_responses', 'p95', {threshold: 1, evaluationPeriods: 3}, latency(arnSuffix, running)),
      measured('unhealthy_hosts', 'unhealthy', {threshold: 0, evaluationPeriods: 3}, unhealthy(arnSuffix, running)),
    ].map(({alarmName}) => alarmName)
  }

  private load(service: string): void {
    const {clusterName, services} = this.watched
    const dimensions = {ClusterName: clusterName, ServiceName: services[service]!.name}
    for (const [id, suffix, metricName] of [
      ['high_cpu', 'cpu', 'CPUUtilization'],
      ['high_memory', 'memory', 'MemoryUtilization'],
    ] as const)
      this.alarm(logicalId(id, service), {
        ...above85('AWS/ECS', metricName, dimensions),
        alarmName: `${this.names(service).service}-${suffix}`,
      })
  }

  private database(identifier: string): void {
    const dimensions = {DBInstanceIdentifier: identifier}
    this.alarm('database_cpu', {
      ...above85('AWS/RDS', 'CPUUtilization', dimensions),
      alarmName: `${identifier}-database-cpu`,
    })
    // Storage that may grow does so below a tenth; what is left of it then for a quarter of an hour has not grown.
    this.alarm('database_storage', {
      alarmName: `${identifier}-database-storage`,
      namespace: 'AWS/RDS',
      metricName: 'FreeStorageSpace',
      dimensions,
      statistic: 'Minimum',
      period: 300,
      evaluationPeriods: 3,
      comparisonOperator: 'LessThanThreshold',
      threshold: (this.watched.settings.environment.database!.storageGb * GIB) / 10,
      treatMissingData: 'missing',
    })
  }

  private alarm(id: string, given: Alarm): CloudwatchMetricAlarm {
    const alarm = new CloudwatchMetricAlarm(this, id, {
      comparisonOperator: 'GreaterThanThreshold',
      datapointsToAlarm: given.evaluationPeriods,
      alarmActions: [this.topicArn],
      okActions: [this.topicArn],
      ...given,
    })
    this.arns.push(alarm.arn)
    return alarm
  }

  private names(service: string) {
    const {app, environment} = this.watched.settings
    return namesOf({app, env: environment.name, service})
  }
}

/** Above 85 % for five minutes; what does not report is neither well nor ill. */
const above85 = (namespace: string, metricName: string, dimensions: Record<string, string>) => ({
  namespace,
  metricName,
  dimensions,
  statistic: 'Average',
  period: 60,
  evaluationPeriods: 5,
  threshold: 85,
  treatMissingData: 'missing',
})

import {CloudwatchDashboard} from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import type {Construct} from 'constructs'

import {namesOf} from '../../../src/config/names.js'
import {BILLING_REGION} from '../../../src/config/regions.js'
import type {Watched} from '../monitoring.js'

/** Namespace, metric, dimensions in pairs, and how to draw it (CloudWatch dashboard body structure). */
type Metric = (string | {stat?: string; label?: string; expression?: string; id?: string})[]
type Graph = {title: string; metrics: Metric[]; stat?: string; region?: string; period?: number}
type Widget = {type: string; properties: object}

/** Service health, performance and cost. */
export function dashboards(scope: Construct, watched: Watched, alarmArns: string[]): void {
  const {app, environment} = watched.settings
  const dashboard = (id: string, title: string, widgets: Widget[]) =>
    new CloudwatchDashboard(scope, id, {
      dashboardName: `${app}-${environment.name}-${title}`,
      dashboardBody: JSON.stringify({widgets: placed(widgets)}),
    })
  dashboard('service_health', 'service-health', health(watched, alarmArns))
  dashboard('performance', 'performance', performance(watched))
  dashboard('cost', 'cost', cost(watched))
}

/** Two in a row. */
const placed = (widgets: Widget[]) =>
  widgets.map((widget, i) => ({...widget, x: (i % 2) * 12, y: Math.floor(i / 2) * 6, width: 12, height: 6}))

function graph(home: string, {title, metrics, stat = 'Sum', region = home, period = 60}: Graph): Widget {
  return {type: 'metric', properties: {title, metrics, stat, region, period, view: 'timeSeries'}}
}

const graphs = ({settings}: Watched, ...all: Graph[]) => all.map((one) => graph(settings.environment.region, one))

/** Of each service: blue and green, because the traffic is now with one and now with the other. */
const balanced = ({loadBalancer, services}: Watched, metric: string, stats: string[] = []) =>
  Object.entries(services).flatMap(([service, running]) =>
    (['blue', 'green'] as const).flatMap((colour) => {
      const dimensions = ['TargetGroup', running[colour].arnSuffix, 'LoadBalancer', loadBalancer.arnSuffix]
      const series = (label: string, stat?: string): Metric => [
        'AWS/ApplicationELB',
        metric,
        ...dimensions,
        {label, ...(stat ? {stat} : {})},
      ]
      if (stats.length === 0) return [series(`${service} ${colour}`)]
      return stats.map((stat) => series(`${service} ${colour} ${stat}`, stat))
    }),
  )

const whole = ({loadBalancer}: Watched, metrics: string[]): Metric[] =>
  metrics.map((metric) => ['AWS/ApplicationELB', metric, 'LoadBalancer', loadBalancer.arnSuffix])

const perService = ({clusterName, services}: Watched, namespace: string, metrics: string[]): Metric[] =>
  Object.entries(services).flatMap(([service, {name}]) =>
    metrics.map((metric) => [
      namespace,
      metric,
      'ClusterName',
      clusterName,
      'ServiceName',
      name,
      {label: `${service} ${metric}`},
    ]),
  )

function health(watched: Watched, alarms: string[]): Widget[] {
  return [
    {type: 'alarm', properties: {title: 'Alarms', alarms}},
    ...graphs(
      watched,
      {title: 'Requests', metrics: balanced(watched, 'RequestCount')},
      {
        title: 'Answers',
        metrics: whole(watched, [
          'HTTPCode_Target_2XX_Count',
          'HTTPCode_Target_4XX_Count',
          'HTTPCode_Target_5XX_Count',
          'HTTPCode_ELB_5XX_Count',
        ]),
      },
      {title: 'Healthy hosts', stat: 'Minimum', metrics: balanced(watched, 'HealthyHostCount')},
      {
        title: 'Tasks',
        stat: 'Average',
        metrics: perService(watched, 'ECS/ContainerInsights', [
          'DesiredTaskCount',
          'RunningTaskCount',
          'PendingTaskCount',
        ]),
      },
    ),
    errors(watched),
  ]
}

/** The newest lines that speak of errors. */
function errors({settings}: Watched): Widget {
  const {app, environment} = settings
  const {logGroup} = namesOf({app, env: environment.name, service: ''})
  const query = `SOURCE '${logGroup}' | fields @timestamp, @message | filter @message like /(?i)error|exception/ | sort @timestamp desc | limit 50`
  return {type: 'log', properties: {title: 'Errors', query, region: environment.region, view: 'table'}}
}

function performance(watched: Watched): Widget[] {
  const {databaseIdentifier: database} = watched
  const rds = (...metrics: string[]): Metric[] =>
    metrics.map((metric) => ['AWS/RDS', metric, 'DBInstanceIdentifier', database!])
  return graphs(
    watched,
    {title: 'Response time', metrics: balanced(watched, 'TargetResponseTime', ['p50', 'p95', 'p99'])},
    {
      title: 'CPU and memory (%)',
      stat: 'Average',
      metrics: perService(watched, 'AWS/ECS', ['CPUUtilization', 'MemoryUtilization']),
    },
    {title: 'Connections', metrics: whole(watched, ['ActiveConnectionCount', 'RejectedConnectionCount'])},
    ...(database
      ? [
          {title: 'Database CPU (%)', stat: 'Average', metrics: rds('CPUUtilization')},
          {title: 'Database connections', stat: 'Maximum', metrics: rds('DatabaseConnections')},
          {title: 'Database latency', stat: 'Average', metrics: rds('ReadLatency', 'WriteLatency')},
          {title: 'Database memory and storage', stat: 'Minimum', metrics: rds('FreeableMemory', 'FreeStorageSpace')},
        ]
      : []),
  )
}

const BILLED = ['AmazonECS', 'AmazonEC2', 'AWSELB', 'AmazonRDS', 'AmazonCloudWatch', 'AmazonVPC']
const HOUR = 3600

/** What the account's services cost, and what of this environment drives it. */
function cost(watched: Watched): Widget[] {
  const {loadBalancer, settings} = watched
  const {app, environment} = settings
  const {logGroup} = namesOf({app, env: environment.name, service: ''})
  const billed = (...dimensions: string[]): Metric => [
    'AWS/Billing',
    'EstimatedCharges',
    ...dimensions,
    'Currency',
    'USD',
  ]
  const billing = {region: BILLING_REGION, stat: 'Maximum', period: 6 * HOUR}
  return graphs(
    watched,
    {title: 'Account, month to date (USD)', ...billing, metrics: [billed()]},
    {
      title: 'By service, month to date (USD)',
      ...billing,
      metrics: BILLED.map((name) => billed('ServiceName', name)),
    },
    {title: 'Load balancer units', period: HOUR, metrics: whole(watched, ['ConsumedLCUs'])},
    {
      title: 'Bytes through the load balancer',
      period: HOUR,
      metrics: [['AWS/ApplicationELB', 'ProcessedBytes', 'LoadBalancer', loadBalancer.arnSuffix]],
    },
    {
      title: 'Bytes of logs',
      period: HOUR,
      metrics: [['AWS/Logs', 'IncomingBytes', 'LogGroupName', logGroup]],
    },
    {
      title: 'Bytes through the NAT gateways of the region',
      period: HOUR,
      metrics: [
        [
          {
            expression: "SUM(SEARCH('{AWS/NATGateway,NatGatewayId} BytesOutToDestination', 'Sum', 3600))",
            label: 'out',
            id: 'nat',
          },
        ],
      ],
    },
    {
      title: 'Reserved CPU units',
      stat: 'Average',
      period: HOUR,
      metrics: perService(watched, 'ECS/ContainerInsights', ['CpuReserved']),
    },
  )
}

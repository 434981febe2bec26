import type {CloudwatchMetricAlarmMetricQuery} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'

import type {RunningService} from '../ecs.js'

export type Query = CloudwatchMetricAlarmMetricQuery

/** Below this many requests in a minute a share of them says nothing. */
const FEW = 20

const MINUTE = 60

/** Of both colours: each deployment moves the traffic to the other target group. */
function measured(
  id: string,
  metricName: string,
  stat: string,
  loadBalancer: string,
  running: RunningService,
): Query[] {
  return (['blue', 'green'] as const).map((colour) =>
    query(`${id}_${colour}`, metricName, stat, {
      LoadBalancer: loadBalancer,
      TargetGroup: running[colour].arnSuffix,
    }),
  )
}

const query = (id: string, metricName: string, stat: string, dimensions: Record<string, string>): Query => ({
  id,
  returnData: false,
  metric: {namespace: 'AWS/ApplicationELB', metricName, stat, period: MINUTE, dimensions},
})

const answer = (expression: string, label: string): Query => ({id: 'answer', expression, label, returnData: true})

/** A target group without traffic reports nothing at all. */
const both = (id: string, how: 'SUM' | 'MAX') => `${how}([FILL(${id}_blue, 0), FILL(${id}_green, 0)])`

/** Percentage of requests that end in a 5xx, be it the service's or, when no task answers, the load balancer's own. */
export function errorRate(loadBalancer: string, running: RunningService): Query[] {
  const errors = `(${both('errors', 'SUM')} + FILL(refused, 0))`
  const all = `(${both('requests', 'SUM')} + FILL(refused, 0))`
  return [
    answer(`IF(${all} > ${FEW}, 100 * ${errors} / ${all}, 0)`, '5xx in percent of requests'),
    ...measured('requests', 'RequestCount', 'Sum', loadBalancer, running),
    ...measured('errors', 'HTTPCode_Target_5XX_Count', 'Sum', loadBalancer, running),
    query('refused', 'HTTPCode_ELB_5XX_Count', 'Sum', {LoadBalancer: loadBalancer}),
  ]
}

/** Seconds within which 95 % of the answers come. */
export const latency = (loadBalancer: string, running: RunningService): Query[] => [
  answer(`IF(${both('requests', 'SUM')} > ${FEW}, ${both('time', 'MAX')}, 0)`, 'p95 in seconds'),
  ...measured('requests', 'RequestCount', 'Sum', loadBalancer, running),
  ...measured('time', 'TargetResponseTime', 'p95', loadBalancer, running),
]

export const unhealthy = (loadBalancer: string, running: RunningService): Query[] => [
  answer(both('hosts', 'SUM'), 'unhealthy hosts'),
  ...measured('hosts', 'UnHealthyHostCount', 'Maximum', loadBalancer, running),
]

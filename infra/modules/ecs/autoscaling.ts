import {AppautoscalingPolicy} from '@cdktf/provider-aws/lib/appautoscaling-policy/index.js'
import {AppautoscalingScheduledAction} from '@cdktf/provider-aws/lib/appautoscaling-scheduled-action/index.js'
import {AppautoscalingTarget} from '@cdktf/provider-aws/lib/appautoscaling-target/index.js'
import type {Construct} from 'constructs'

import {logicalId, serviceNames} from '../../names.js'
import type {StackSettings} from '../../settings.js'

type Scaled = {settings: StackSettings; service: string; clusterName: string; serviceName: string}

/** As many tasks as the CPU needs, between the environment's fewest and most; none at all in the hours that it is stopped. */
export function autoscale(scope: Construct, {settings, service, clusterName, serviceName}: Scaled): void {
  const {minTasks, maxTasks, capacity} = settings.environment
  const {service: name} = serviceNames(settings, service)
  const target = new AppautoscalingTarget(scope, logicalId('tasks', service), {
    resourceId: `service/${clusterName}/${serviceName}`,
    scalableDimension: 'ecs:service:DesiredCount',
    serviceNamespace: 'ecs',
    minCapacity: minTasks,
    maxCapacity: maxTasks,
    // A scheduled action writes its numbers here: an apply at night would start what was stopped.
    ...(capacity.schedule ? {lifecycle: {ignoreChanges: ['min_capacity', 'max_capacity']}} : {}),
  })
  const {resourceId, scalableDimension, serviceNamespace} = target
  const scaled = {resourceId, scalableDimension, serviceNamespace}
  new AppautoscalingPolicy(scope, logicalId('cpu', service), {
    ...scaled,
    name: `${name}-cpu`,
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      predefinedMetricSpecification: {predefinedMetricType: 'ECSServiceAverageCPUUtilization'},
      // Well below the alarm at 85 %.
      targetValue: 70,
      scaleOutCooldown: 60,
      scaleInCooldown: 300,
    },
  })
  if (!capacity.schedule) return
  const {stop, start, timezone} = capacity.schedule
  const action = (what: 'stop' | 'start', schedule: string, min: number, max: number) =>
    new AppautoscalingScheduledAction(scope, logicalId(what, service), {
      ...scaled,
      name: `${name}-${what}`,
      schedule,
      timezone,
      scalableTargetAction: {minCapacity: String(min), maxCapacity: String(max)},
    })
  action('stop', stop, 0, 0)
  action('start', start, minTasks, maxTasks)
}

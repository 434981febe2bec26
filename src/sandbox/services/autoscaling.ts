import type * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import {DescribeScalableTargets$, DescribeScalingActivities$} from '@aws-sdk/client-application-auto-scaling'
import {activeFault} from '../faults.js'
import type {Handlers} from '../handlers.js'
import {uuidOf} from '../inventory.js'
import {minute} from '../plan.js'
import {desiredAt} from '../world.js'

export const schemas = {DescribeScalableTargets$, DescribeScalingActivities$}

export const handlers: Handlers<typeof autoscaling, typeof schemas> = {
  DescribeScalableTargets({ServiceNamespace, ResourceIds}, {inventory, state}) {
    const ResourceId = `service/${inventory.cluster}/${inventory.service}`
    const target: autoscaling.ScalableTarget = {
      ServiceNamespace: 'ecs',
      ResourceId,
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 2,
      MaxCapacity: 4,
      RoleARN: `arn:aws:iam::${inventory.where.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
      CreationTime: new Date(state.taskDefinitions[0]!.at),
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
    }
    const asked = ServiceNamespace === 'ecs' && (!ResourceIds?.length || ResourceIds.includes(ResourceId))
    return {ScalableTargets: asked ? [target] : []}
  },
  DescribeScalingActivities({ServiceNamespace, ResourceId}, {inventory, state, now}) {
    const own = `service/${inventory.cluster}/${inventory.service}`
    const fault = activeFault(state.faults, 'scaled', now)
    if (!fault || ServiceNamespace !== 'ecs' || (ResourceId && ResourceId !== own)) return {ScalingActivities: []}
    const count = desiredAt(state, fault.from)
    const activity: autoscaling.ScalingActivity = {
      ActivityId: uuidOf(`scaled ${fault.from}`),
      ServiceNamespace: 'ecs',
      ResourceId: own,
      ScalableDimension: 'ecs:service:DesiredCount',
      Description: `Setting desired count to ${count}.`,
      Cause: `monitor alarm TargetTracking-${own}-AlarmLow in state ALARM triggered policy cpu`,
      StartTime: new Date(fault.from),
      EndTime: new Date(fault.from + minute / 2),
      StatusCode: 'Successful',
    }
    return {ScalingActivities: [activity]}
  },
}

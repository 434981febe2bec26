import type * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import {DescribeScalableTargets$} from '@aws-sdk/client-application-auto-scaling'
import type {Handlers} from '../handlers.js'

export const schemas = {DescribeScalableTargets$}

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
}

import type * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import {
  DescribeScalableTargets$,
  DescribeScalingActivities$,
  ListTagsForResource$,
  RegisterScalableTarget$,
  ResourceNotFoundException,
  TagResource$,
  UntagResource$,
} from '@aws-sdk/client-application-auto-scaling'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {type Handlers, saying, wireError} from '../handlers.js'
import {digestOf, uuidOf} from '../inventory.js'
import {minute} from '../plan.js'
import type {State} from '../state.js'
import {desiredAt} from '../world.js'

export const schemas = {
  DescribeScalableTargets$,
  DescribeScalingActivities$,
  ListTagsForResource$,
  RegisterScalableTarget$,
  TagResource$,
  UntagResource$,
}

/** Of the service's tasks, the only thing that scales here: it is registered from the beginning. */
export const handlers: Handlers<typeof autoscaling, typeof schemas> = {
  DescribeScalableTargets({ServiceNamespace, ResourceIds}, account) {
    const resource = resourceOf(account)
    const asked = ServiceNamespace === 'ecs' && (!ResourceIds?.length || ResourceIds.includes(resource))
    return {ScalableTargets: asked ? [target(account)] : []}
  },
  DescribeScalingActivities({ServiceNamespace, ResourceId}, account) {
    const {state, now} = account
    const own = resourceOf(account)
    const fault = activeFault(state.faults, 'just-scaled', now)
    if (!fault || ServiceNamespace !== 'ecs' || (ResourceId && ResourceId !== own)) return {ScalingActivities: []}
    const activity: autoscaling.ScalingActivity = {
      ActivityId: uuidOf(`scaled ${fault.from}`),
      ServiceNamespace: 'ecs',
      ResourceId: own,
      ScalableDimension: 'ecs:service:DesiredCount',
      Description: `Setting desired count to ${desiredAt(state, fault.from)}.`,
      Cause: `monitor alarm TargetTracking-${own}-AlarmLow in state ALARM triggered policy cpu`,
      StartTime: new Date(fault.from),
      EndTime: new Date(fault.from + minute / 2),
      StatusCode: 'Successful',
    }
    return {ScalingActivities: [activity]}
  },
  RegisterScalableTarget: ({ResourceId, SuspendedState}, account) =>
    account.record((inside) => {
      if (ResourceId !== resourceOf(inside))
        throw wireError('ValidationException', `ECS service doesn't exist: ${ResourceId}`)
      const {suspended, tags} = scalingOf(inside.state)
      // What is left out stays as it is (RegisterScalableTarget).
      inside.state.scaling = {suspended: {...suspended, ...SuspendedState}, tags}
      return {ScalableTargetARN: arnOf(inside)}
    }),
  ListTagsForResource: ({ResourceARN}, account) => ({Tags: tagsOf(account, ResourceARN)}),
  TagResource: ({ResourceARN, Tags}, account) =>
    account.record((inside) => tag(inside, {...tagsOf(inside, ResourceARN), ...Tags})),
  UntagResource: ({ResourceARN, TagKeys}, account) =>
    account.record((inside) => {
      const left = Object.entries(tagsOf(inside, ResourceARN)).filter(([key]) => !TagKeys!.includes(key))
      return tag(inside, Object.fromEntries(left))
    }),
}

const resourceOf = ({inventory}: Account) => `service/${inventory.cluster}/${inventory.service}`

const arnOf = (account: Account) =>
  account.inventory.arn('application-autoscaling', `scalable-target/${digestOf(resourceOf(account)).slice(0, 36)}`)

type Scaling = NonNullable<State['scaling']>

const unsuspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
}

const scalingOf = ({scaling = {suspended: unsuspended, tags: {}}}: State): Scaling => scaling

function tagsOf(account: Account, arn?: string): Scaling['tags'] {
  if (arn === arnOf(account)) return scalingOf(account.state).tags
  throw new ResourceNotFoundException(saying(`The scalable target does not exist: ${arn}`))
}

function tag(account: Account, tags: Scaling['tags']) {
  account.state.scaling = {...scalingOf(account.state), tags}
  return {}
}

function target(account: Account): autoscaling.ScalableTarget {
  const {inventory, state} = account
  return {
    ServiceNamespace: 'ecs',
    ResourceId: resourceOf(account),
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 2,
    MaxCapacity: 4,
    RoleARN: `arn:aws:iam::${inventory.where.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: new Date(state.taskDefinitions[0]!.at),
    SuspendedState: scalingOf(state).suspended,
    ScalableTargetARN: arnOf(account),
  }
}

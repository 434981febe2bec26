import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  ListTagsForResourceCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling'

import type {Names} from '../config/names.js'
import type {ScalingActivity} from '../deploy/preflight/preflight.js'
import type {Bounds, Hold} from '../deploy/scaling.js'
import {type Connection, connect, pages} from './clients.js'

/** Those that came to nothing have moved no task. */
const NOTHING = ['Failed', 'Unfulfilled', 'Overridden']

/** Tag of the scalable target: the deployment for which fb holds scale-in. */
const HELD_FOR = 'fb:scale-in-held-for'

export function autoscaling(connection: Connection, {cluster, service}: Names) {
  const {read, put} = connect(ApplicationAutoScalingClient, connection)
  // What was taken is given back even when fb is being ended.
  const last = connect(ApplicationAutoScalingClient, {...connection, signal: new AbortController().signal})
  const scaled = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${cluster}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  } as const

  const target = async ({read: reading} = {read}): Promise<ScalableTarget | undefined> => {
    const {ServiceNamespace, ResourceId} = scaled
    const {ScalableTargets = []} = await reading(
      new DescribeScalableTargetsCommand({ServiceNamespace, ResourceIds: [ResourceId]}),
    )
    return ScalableTargets[0]
  }

  const holdOf = async ({SuspendedState, ScalableTargetARN}: ScalableTarget): Promise<Hold | undefined> => {
    if (!SuspendedState?.DynamicScalingInSuspended) return undefined
    const {Tags} = await read(new ListTagsForResourceCommand({ResourceARN: ScalableTargetARN}))
    return {deploymentId: Tags?.[HELD_FOR]}
  }

  const suspension = (scaleIn: boolean, {SuspendedState}: ScalableTarget) =>
    new RegisterScalableTargetCommand({
      ...scaled,
      SuspendedState: {...SuspendedState, DynamicScalingInSuspended: scaleIn},
    })

  return {
    /** The newest change of the number of tasks since then. AWS lists them newest first, and as far back as six weeks. */
    async lastScaling(since: Date): Promise<ScalingActivity | undefined> {
      const {ServiceNamespace, ResourceId} = scaled
      const get = (NextToken?: string) =>
        read(new DescribeScalingActivitiesCommand({ServiceNamespace, ResourceId, NextToken}))
      const newest = await pages(
        get,
        (page) => page.ScalingActivities,
        (page) => page.NextToken,
        50,
      )
      const last = newest.find(({StartTime, StatusCode}) => StartTime! >= since && !NOTHING.includes(StatusCode ?? ''))
      return last && {at: last.StartTime!, description: last.Description ?? 'the number of tasks was changed'}
    },
    /** How far autoscaling may go; nothing when the service does not scale. */
    async bounds(): Promise<Bounds | undefined> {
      const found = await target()
      return found && {min: found.MinCapacity!, max: found.MaxCapacity!, hold: await holdOf(found)}
    },
    /** Scaling out stays as it is. The tag comes first: a hold that nobody knows the reason of would be for ever. */
    async holdScaleIn(deploymentId: string): Promise<void> {
      const found = await target()
      if (!found) return
      await put(new TagResourceCommand({ResourceARN: found.ScalableTargetARN, Tags: {[HELD_FOR]: deploymentId}}))
      await put(suspension(true, found))
    },
    async releaseScaleIn(): Promise<void> {
      const found = await target(last)
      if (!found) return
      await last.put(suspension(false, found))
      await last.put(new UntagResourceCommand({ResourceARN: found.ScalableTargetARN, TagKeys: [HELD_FOR]}))
    },
  }
}

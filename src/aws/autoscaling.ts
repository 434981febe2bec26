import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-application-auto-scaling'

import type {Names} from '../config/names.js'
import type {ScalingActivity} from '../deploy/preflight/preflight.js'
import {type Connection, connect, pages} from './clients.js'

/** Those that came to nothing have moved no task. */
const NOTHING = ['Failed', 'Unfulfilled', 'Overridden']

export type Bounds = {min: number; max: number}

export function autoscaling(connection: Connection, {cluster, service}: Names) {
  const {read} = connect(ApplicationAutoScalingClient, connection)
  return {
    /** The newest change of the number of tasks since then. AWS lists them newest first, and as far back as six weeks. */
    async lastScaling(since: Date): Promise<ScalingActivity | undefined> {
      const input = {ServiceNamespace: 'ecs', ResourceId: `service/${cluster}/${service}`} as const
      const get = (NextToken?: string) => read(new DescribeScalingActivitiesCommand({...input, NextToken}))
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
      const input = {ServiceNamespace: 'ecs', ResourceIds: [`service/${cluster}/${service}`]} as const
      const {ScalableTargets = []} = await read(
        new DescribeScalableTargetsCommand({...input, ResourceIds: [...input.ResourceIds]}),
      )
      const target = ScalableTargets[0]
      return target && {min: target.MinCapacity!, max: target.MaxCapacity!}
    },
  }
}

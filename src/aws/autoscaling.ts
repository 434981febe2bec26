import {ApplicationAutoScalingClient, DescribeScalableTargetsCommand} from '@aws-sdk/client-application-auto-scaling'

import type {Names} from '../config/names.js'
import {type Connection, connect} from './clients.js'

export type Bounds = {min: number; max: number}

export function autoscaling(connection: Connection, {cluster, service}: Names) {
  const {read} = connect(ApplicationAutoScalingClient, connection)
  return {
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

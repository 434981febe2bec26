import type {Underway} from './deploy.js'
import {type Reading, sidesOf} from './reading.js'
import type {Deployment} from './service.js'

/** CodeDeploy may not be read with these credentials, now or later: ECS and the listener are all there is to see. */
export const isBlind = ({stale}: Reading): boolean => stale.some(({read, denied}) => read === 'codedeploy' && denied)

export const UNSEEN = 'CodeDeploy may not be read: that all traffic is on green is what the listener and ECS say.'

/** The end of a deployment that CodeDeploy does not show; what comes after the traffic stays unknown. */
export function hasMovedUnseen(reading: Reading, deploymentId: string): boolean {
  const {green} = sidesOf(reading, deploymentId)
  const fresh = !reading.stale.some(({read}) => read === 'weights' || read === 'service')
  return isBlind(reading) && fresh && green?.taskSet.status === 'PRIMARY' && green.weight === 100
}

export const hasFailedUnseen = (reading: Reading, deploymentId: string): boolean =>
  isBlind(reading) && sidesOf(reading, deploymentId).green?.taskSet.status === 'DRAINING'

/** What stands in for a deployment that may not be read. */
export const unseen = ({deploymentId: id}: Pick<Underway, 'deploymentId'>, {at}: Reading): Deployment => ({
  id,
  status: 'a failure that may not be read',
  creator: '',
  config: '',
  createdAt: at,
  terminationStarted: false,
  terminationMinutes: 0,
})

import type {Failure} from './diagnose.js'
import {actorOf, readDescription, tagValue} from './release.js'
import type {Deployment} from './service.js'

/** Who rolled a release back, and why, as far as that is known. */
export type RolledBack = {by?: string; reason?: string}

/** CodeDeploy keeps no words with a stop: they are a tag of the task definition that was rolled back. */
const ROLLED_BACK = 'fb:rolled-back'

/** The tag names the deployment, because a task definition can be deployed again. */
export const rolledBackTag = (deploymentId: string, caller: string, reason = ''): Record<string, string> => ({
  [ROLLED_BACK]: tagValue(`${deploymentId} by ${actorOf(caller)}${reason && `: ${reason}`}`),
})

/** The message of a deployment that rolls back: `from` served, `to` is what it repeats. */
export const rollbackMessage = (from: number, to: number, reason = ''): string =>
  `roll back v${from} to v${to}${reason && `: ${reason}`}`

/** The same read again; nothing for a deployment of any other kind. */
export function readRollback({
  description,
}: Pick<Deployment, 'description'>): (RolledBack & {from: number; to: number}) | undefined {
  const {message, actor} = readDescription(description)
  const [, from, to, reason] = /^roll back v(\d+) to v(\d+)(?:: (.*))?$/s.exec(message) ?? []
  return actor && from ? {from: Number(from), to: Number(to), by: actor, reason} : undefined
}

/** A rollback, CodeDeploy's own or one of fb's. */
export const goesBack = (deployment: Deployment): boolean =>
  deployment.rollbackOf !== undefined || readRollback(deployment) !== undefined

export function readRolledBackTag(tags: Record<string, string>, deploymentId: string): RolledBack | undefined {
  const [, id, by, reason] = /^(d-\w+) by (\S+?)(?:: (.*))?$/s.exec(tags[ROLLED_BACK] ?? '') ?? []
  return id === deploymentId ? {by, reason} : undefined
}

/** The reason of somebody who gave none. */
export const ON_REQUEST = 'on request'

const REPLACED = 'replaced by '

/** The reason of somebody who needed its place for another image. */
export const replacedBy = (image: string): string => REPLACED + image

/** CodeDeploy only says that somebody stopped it; what the tasks or the log say of the cause stays. */
export function toldBy({by, reason}: RolledBack, failure: Failure): Failure {
  if (!by || failure.code !== 'stopped') return failure
  const told = reason !== undefined && reason !== ON_REQUEST
  const first = told ? 'mend that in the new version' : `ask ${by} why`
  const fix = reason?.startsWith(REPLACED) ? `ask ${by} whether it is still wanted` : `${first}, then deploy again`
  return {...failure, summary: `${by} stopped the deployment${reason ? `: ${reason}` : ''}`, fix}
}

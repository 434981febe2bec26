import type {Clock} from '../clock.js'
import type {Event} from '../events.js'
import {isBlind} from './blind.js'
import {oneLine, panel} from './panel.js'
import {healthy, type Reading} from './reading.js'
import type {Release} from './release.js'
import {type Group, isOver} from './service.js'
import type {Observe} from './watch.js'

/** Where production stands after a deployment has failed. */
export type Aftermath = {state: 'serves' | 'divided' | 'unknown'; reading: Reading}

/** CodeDeploy starts its rollback within seconds of the end, and a rollback starts no tasks (recorded runs): then it is over soon. */
export const ROLLBACK_BEGINS = 60_000
const ROLLBACK_TAKES = 5 * 60_000
const ROLLBACK_CLOSES = 60_000

type Failed = {previous?: Pick<Release, 'number' | 'taskDefinitionArn'>; deploymentId: string; group: Group}

/** CodeDeploy's automatic rollback, followed until the old version has all the traffic, or clearly will not get it. */
export async function* aftermath(
  observe: Observe,
  failed: Failed,
  deadline: Date,
  clock: Clock,
  verb = 'Return all traffic to',
): AsyncGenerator<Event, Aftermath, void> {
  const {previous, deploymentId, group} = failed
  const old = previous ? `v${previous.number}` : 'the old version'
  yield {type: 'plan', steps: {rollback: `${verb} ${old}`}}
  yield {type: 'start', step: 'rollback'}
  for await (const reading of observe(deploymentId)) {
    const serves = servesAgain(reading, previous)
    const state = serves ? 'serves' : reading.at > deadline ? 'unknown' : 'divided'
    if (state === 'unknown' || isSettled(reading, serves, group)) {
      const rollbackId = reading.deployment?.rollbackId
      if (serves && rollbackId) await closed(observe, rollbackId)
      yield {type: serves ? 'done' : 'fail', step: 'rollback', detail: rollbackId ?? (serves ? 'it never left' : '')}
      return {state, reading}
    }
    const picture = panel(reading, deploymentId, undefined, clock)
    yield {type: 'progress', step: 'rollback', line: oneLine(reading, deploymentId, 'rollback'), panel: picture}
  }
  throw new TypeError('observing ended by itself')
}

/** The traffic is back before CodeDeploy closes the rollback, and until then it takes no other deployment. */
async function closed(observe: Observe, rollbackId: string): Promise<void> {
  let began: Date | undefined
  for await (const {deployment, at} of observe(rollbackId)) {
    began ??= at
    if ((deployment && isOver(deployment)) || at.getTime() - began.getTime() > ROLLBACK_CLOSES) return
  }
}

function isSettled(reading: Reading, serves: boolean, {rollbackOn}: Group): boolean {
  const {deployment, at} = reading
  if (isBlind(reading)) return serves
  if (!deployment) return false
  // It outran its own stop.
  if (deployment.status === 'Succeeded') return true
  const since = at.getTime() - (deployment.completedAt ?? at).getTime()
  if (deployment.rollbackId) return serves || since > ROLLBACK_TAKES
  return rollbackOn.length === 0 || since > ROLLBACK_BEGINS
}

/** The previous release is PRIMARY, and has all the traffic and only healthy targets as far as they can be read. */
function servesAgain({service, weights, targets, stale}: Reading, previous?: Failed['previous']): boolean {
  const primary = service?.taskSets.find(({status}) => status === 'PRIMARY')
  if (!primary || (previous && primary.taskDefinition !== previous.taskDefinitionArn)) return false
  const unread = (name: string) => stale.some(({read}) => read === name)
  const traffic = unread('weights') || weights?.[primary.targetGroup] === 100
  return traffic && (unread('targets') || healthy(targets?.[primary.targetGroup] ?? []) >= primary.desired)
}

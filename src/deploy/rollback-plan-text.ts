import {age, duration} from '../durations.js'
import type {Canvas} from '../events.js'
import {placeOf} from './plan.js'
import {changesText, section} from './plan-text.js'
import {sayRelease} from './release.js'
import {nameOf, sayPath} from './rollback-path-text.js'
import type {RollbackPlan} from './rollback-plan.js'
import {goodReleases, sayLife, undone} from './rollback-target.js'

/** The plan on one screen: what serves, what will, how and how fast, what stays and what is put out of force. */
export function rollbackPlanText(plan: RollbackPlan, now: Date, canvas: Canvas): string[] {
  const {paint, safe} = canvas
  const {changes, reason, path} = plan
  const sections: [string, string[]][] = [
    ['Now', sayNow(plan, now).map(safe)],
    ['Back to', [sayTarget(plan, now, canvas)]],
    ['Path', sayPath(plan, now, canvas)],
    ['Changes', path === 'abort' || path === 'attach' ? [] : changesText(changes, canvas)],
    ['Stays', ['the database schema: a rollback undoes no migration']],
    ['Alarms', sayAlarms(plan).map(safe)],
    ['Reason', reason ? [safe(reason)] : []],
    ['Warning', warnings(plan, now).map((line) => paint.warn(safe(line)))],
  ]
  return ['', ...sections.flatMap(([title, lines]) => section(title, lines, canvas)), '']
}

function sayNow(plan: RollbackPlan, now: Date): string[] {
  const {underWay, from, releases} = plan
  const last = releases.find(({deploymentId, taskDefinitionArn}) =>
    underWay ? deploymentId === underWay.deployment.id : taskDefinitionArn === from.taskDefinitionArn,
  )
  const whose = last ? ` by ${last.who}${last.message && `: ${last.message}`}` : ''
  const by = last ? `, deployed ${age(now.getTime() - last.at.getTime())} ago${whose}` : ''
  if (!underWay) return [`${sayServing(plan)}${by}`]
  const {blue, green, traffic, deployment} = underWay
  const old = blue && nameOf(plan, blue.taskDefinition)
  const fresh = green ? nameOf(plan, green.taskDefinition) : sayRelease(from)
  if (traffic === undefined) return [`the listener cannot be read; ${deployment.id} deploys ${fresh}`]
  if (traffic === 0)
    return [
      `${old ?? 'the old version'} has all the traffic`,
      `${deployment.id} is deploying ${fresh} for ${duration(+now - +deployment.createdAt)}${whose}`,
    ]
  if (traffic === 100) return [`${fresh} has all the traffic${by}`]
  return [`${fresh} has ${traffic} % of the traffic, ${old} ${100 - traffic} %${by}`]
}

function sayServing(plan: RollbackPlan): string {
  const {from, primary, weights} = plan
  const share = weights?.[primary.targetGroup]
  if (share === 100) return `${sayRelease(from)} has all the traffic`
  if (share === undefined) return `${sayRelease(from)} serves; its share of the traffic cannot be read`
  return `${nameOf(plan, primary.taskDefinition)} has ${share} % of the traffic, ${sayRelease(from)} ${100 - share} %`
}

function sayTarget(
  {target, from, releases, underWay, inactive, path}: RollbackPlan,
  now: Date,
  {paint, safe}: Canvas,
): string {
  const good = goodReleases(releases, from.taskDefinitionArn).find(
    ({taskDefinitionArn}) => taskDefinitionArn === target.taskDefinitionArn,
  )
  const life = good ? [`${sayLife(good, now).ran}`, `by ${good.lives[0]!.who}`] : []
  const runs = underWay?.blue?.taskDefinition === target.taskDefinitionArn ? ['its tasks still run'] : []
  const again = inactive && path === 'redeploy' ? ['deregistered: its content is registered again'] : []
  return [paint.bold(safe(sayRelease(target))), ...[...life, ...runs, ...again].map(safe)].join(', ')
}

function sayAlarms({alarms, group, path, ignoreAlarms}: RollbackPlan): string[] {
  if (group.alarms.length === 0) return []
  const firing = (alarms ?? []).filter(({state}) => state === 'ALARM').map(({name}) => name)
  const seen = alarms ? (firing.length > 0 ? `${firing.join(', ')} in ALARM` : `${alarms.length} OK`) : 'not readable'
  if (path !== 'redeploy') return firing.length > 0 ? [`${seen}; a stop does not depend on it`] : []
  if (ignoreAlarms) return [`${seen}; none of them can stop this deployment (--respect-alarms lets them)`]
  return [firing.length > 0 ? `${seen}: CodeDeploy will stop this deployment, because of --respect-alarms` : seen]
}

function warnings(plan: RollbackPlan, now: Date): string[] {
  const {migrations, doubts, target, from, path} = plan
  if (path === 'attach') return []
  const last = target.number < from.number ? undone(plan) : undefined
  const since = last && `${age(now.getTime() - last.at.getTime())} ago`
  return [
    ...doubts,
    ...(last ? [`v${last.number}, deployed ${since}, is rolled back already: this goes further back`] : []),
    ...(migrations ?? []).map(
      ({number, command}) =>
        `v${number} began a migration (${command}): the schema stays, v${target.number} has to work with it`,
    ),
    ...(migrations ? [] : ['whether a migration ran in between cannot be read']),
  ]
}

/** What `--dry-run --json` prints. */
export function rollbackPlanDocument(plan: RollbackPlan) {
  const {scene, path, first, target, from, underWay, expectedMs, changes, migrations, doubts, alarms, reason} = plan
  return {
    ...placeOf(scene),
    result: 'plan',
    path,
    first,
    expectedMs,
    release: target,
    previous: from,
    deployment: underWay && {
      id: underWay.deployment.id,
      status: underWay.deployment.status,
      blueTerminatesAt: underWay.blueUntil,
    },
    registersAgain: path === 'redeploy' && plan.inactive,
    ignoresAlarms: path === 'redeploy' && plan.ignoreAlarms,
    alarms,
    migrations,
    doubts,
    changes,
    reason,
    exitCode: 0,
  }
}

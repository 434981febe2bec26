import {attachPatience, findDeployment} from './deploy/attach.js'
import type {InTheWay} from './deploy/busy.js'
import type {Before} from './deploy/deploy.js'
import {DEFAULT_MIGRATION, migrate} from './deploy/migration.js'
import type {OneOffPatience} from './deploy/one-off.js'
import type {DeployPlan} from './deploy/plan.js'
import type {Check} from './deploy/preflight/check.js'
import {factsOfPlan} from './deploy/preflight/facts.js'
import {preflight} from './deploy/preflight/preflight.js'
import {refuseFailed} from './deploy/preflight/preflight-text.js'
import {goesBack} from './deploy/rollback-marks.js'
import type {WaitFor} from './deploy/watch.js'
import {aws, observer, type Site} from './site.js'
import type {Steering} from './steering.js'

/** All that the checks look at. */
export function preflightReads(site: Site) {
  return aws(site, 'ecs', 'codedeploy', 'elb', 'ecr', 'logs', 'parameterNames', 'cloudwatch', 'autoscaling')
}

/** The checks of a deployment that is planned, if any is. One that is in the way is dealt with elsewhere, and with it what alarms fire about. */
export async function checksOf(site: Site, plan: DeployPlan, skip: string[]): Promise<Check[]> {
  if (plan.already) return []
  const api = await preflightReads(site)
  const place = {account: site.environment.account, now: site.clock.now()}
  const checks = await preflight(api, factsOfPlan(api, plan, place), skip)
  const {busy, ifBusy} = plan
  if (!busy) return checks
  const others = checks.filter(({id}) => id !== 'in-flight')
  return ifBusy === 'replace' && !busy.terminationStarted && !goesBack(busy) ? others.map(afterwards) : others
}

/** What is replaced is taken back whatever fires, and the new one waits for the alarms. */
const afterwards = (check: Check): Check =>
  check.id === 'alarms' && check.result === 'fail'
    ? {...check, result: 'warn', fix: 'the other one is rolled back first, then no alarm must fire'}
    : check

/** Alarms that fire and whose check was left out: CodeDeploy would stop at once what heeds them. Those that cannot be read are heeded. */
export async function unheededAlarms(site: Site, {group}: DeployPlan, skip: string[]): Promise<string[]> {
  if (!skip.includes('alarms')) return []
  const api = await aws(site, 'cloudwatch')
  const seen = await api.alarms(group.alarms).catch(() => [])
  return seen.filter(({state}) => state === 'ALARM').map(({name}) => name)
}

/**
 * What the deployment would be refused for is refused before anything is done to make way for it. That the one in the way is
 * taken back needs no alarm to be OK: it may be what they fire about.
 */
export async function refuseUnfit(
  site: Site,
  plan: DeployPlan,
  steering: Steering,
  {wait, 'skip-check': skip}: {wait: string; 'skip-check': string[]},
  takesBack: boolean,
): Promise<void> {
  steering.refuseUnrun(plan.group, wait as WaitFor)
  const checks = await checksOf(site, plan, skip)
  refuseFailed(checks.filter(({id}) => !takesBack || id !== 'alarms'))
}

/** What runs on the new release before it is deployed, when something is to run. */
export async function migrationOf(site: Site, plan: DeployPlan, patience: OneOffPatience): Promise<Before> {
  if (!plan.migration) return {}
  const api = await aws(site, 'oneOff', 'codedeploy')
  return {migrate: (release) => migrate(api, release, plan, patience)}
}

/** The deployment in the way of a planned one, and all that is needed to follow it or to end it. */
export async function wayOf(site: Site, {scene, busy}: DeployPlan, timeout?: number) {
  const deployment = busy!
  const api = await aws(site, 'ecs', 'codedeploy', 'elb', 'cloudwatch', 'logs', 'autoscaling')
  const [found, lifecycle] = await Promise.all([
    findDeployment(api, scene, deployment.id),
    api.lifecycle(deployment.id),
  ])
  const observe = await observer(site, found.underway.group, found.targetGroups)
  const deadline = new Date(site.clock.now().getTime() + (timeout ?? attachPatience(found, 'complete')))
  const way: InTheWay = {found, deployment, lifecycle}
  return {way, deadline, api: {...api, observe}}
}

/** oclif knows no flag whose value may be left out: `--migrate` before another flag, or last, is given the usual one. */
export const withMigration = (argv: string[]): string[] =>
  argv.map((word, i) =>
    word === '--migrate' && (argv[i + 1] ?? '-').startsWith('-') ? `--migrate=${DEFAULT_MIGRATION}` : word,
  )

/** What a person types to stop a task that somebody has started by itself: fb has no command for it, nor the sandbox another client. */
export function howToStop({names, sandbox, environment: {region}, connection: {profile}}: Site) {
  const place = `--region ${region}${profile ? ` --profile ${profile}` : ''}`
  return (task: string) => (sandbox ? [] : [`aws ecs stop-task --cluster ${names.cluster} --task ${task} ${place}`])
}

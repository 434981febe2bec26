import {SHARED} from '../config/names.js'
import type {Canvas} from '../events.js'
import {verdict} from '../state/verdict.js'
import {type Outputs, outputsText} from './outputs.js'
import type {Change, Plan} from './plan.js'
import {counted, listed} from './words.js'

/** What has become of an environment, and what it puts out. */
export type AppliedPlan = Pick<Plan, 'env' | 'account' | 'region' | 'counts' | 'changes'> & {
  /** How many changes Terraform has made; a replacement is two. */
  done: number
  seconds: number
  /** The state before, as `fb state restore` takes it. */
  backup?: string
  /** The last ones of databases that went. */
  snapshots: string[]
  serial?: number
  /** Those that were applied; nothing: all of them. */
  modules?: string[]
  outputs: Outputs
}

export const applied = (
  {env, account, region, counts, changes}: Plan,
  rest: Pick<AppliedPlan, 'done' | 'seconds' | 'backup' | 'snapshots' | 'serial' | 'outputs' | 'modules'>,
): AppliedPlan => ({env, account, region, counts, changes, ...rest})

export function appliedText(result: AppliedPlan, time: string, canvas: Canvas): string[] {
  const {env, done, backup, snapshots, outputs, serial, modules} = result
  const what = modules ? `${listed(modules)} of ${env}` : env
  return [
    ...verdict(
      `${what} ${modules && modules.length > 1 ? 'are' : 'is'} as the definition says: ${counted(done, 'change')} in ${time}.`,
      [
        ['State', [`serial ${serial}${backup ? `; the one before is ${backup}` : ''}`]],
        ['Saved', snapshots.map((name) => `snapshot ${name}`)],
        ['Tasks', waiting(result) ? ['run as before until the next deployment brings them the change'] : []],
        ['Next', [nextOf(result)]],
      ],
      canvas,
    ),
    ...(Object.keys(outputs).length > 0 ? ['', ...outputsText(outputs, canvas)] : []),
  ]
}

/** A service that was just made runs nothing yet. */
function nextOf(result: AppliedPlan): string {
  const {env} = result
  if (env === SHARED) return `fb infra output --env ${env}`
  return isNew(result) || waiting(result) ? `fb deploy --env ${env}` : `fb status --env ${env}`
}

const isNew = ({changes}: AppliedPlan) =>
  changes.some(({type, action}) => type === 'aws_ecs_service' && action === 'create')

/** ECS takes task definition, network and capacity of a service that CodeDeploy deploys from a deployment alone. */
function waiting(result: AppliedPlan): boolean {
  const {changes} = result
  const other = ({type, attributes}: Change) =>
    type === 'aws_ecs_task_definition' ||
    (type === 'aws_codedeploy_deployment_group' && attributes.some(({name}) => name.includes(TASKS)))
  return !isNew(result) && changes.some(other)
}

const TASKS = 'tasks:'

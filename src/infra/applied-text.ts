import {SHARED} from '../config/names.js'
import type {Canvas} from '../events.js'
import {verdict} from '../state/verdict.js'
import {type Outputs, outputsText} from './outputs.js'
import type {Plan} from './plan.js'
import {counted} from './words.js'

/** What has become of an environment, and what it puts out. */
export type AppliedPlan = Pick<Plan, 'env' | 'account' | 'region' | 'counts' | 'changes'> & {
  /** How many changes Terraform has made; a replacement is two. */
  done: number
  seconds: number
  /** The state before, as `fb state restore` takes it. */
  backup?: string
  serial?: number
  outputs: Outputs
}

export const applied = (
  {env, account, region, counts, changes}: Plan,
  rest: Pick<AppliedPlan, 'done' | 'seconds' | 'backup' | 'serial' | 'outputs'>,
): AppliedPlan => ({env, account, region, counts, changes, ...rest})

export function appliedText(result: AppliedPlan, time: string, canvas: Canvas): string[] {
  const {env, done, backup, outputs, serial} = result
  return [
    ...verdict(
      `${env} is as the definition says: ${counted(done, 'change')} in ${time}.`,
      [
        ['State', [`serial ${serial}${backup ? `; the one before is ${backup}` : ''}`]],
        ['Next', [nextOf(result)]],
      ],
      canvas,
    ),
    ...(Object.keys(outputs).length > 0 ? ['', ...outputsText(outputs, canvas)] : []),
  ]
}

/** A service that was just made runs nothing yet. */
function nextOf({env, changes}: AppliedPlan): string {
  const made = changes.some(({type, action}) => type === 'aws_ecs_service' && action === 'create')
  if (env === SHARED) return `fb infra output --env ${env}`
  return made ? `fb deploy --env ${env}` : `fb status --env ${env}`
}

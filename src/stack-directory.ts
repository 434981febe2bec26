import {Busy, Refused} from './errors.js'
import type {Workflow} from './events.js'
import {type Definition, filesOf} from './infra/definition.js'
import type {KeptPlan} from './infra/kept-plan.js'
import {readPlan} from './infra/plan.js'
import {countsText} from './infra/plan-text.js'
import type {Stack} from './stack-access.js'
import {PLANNING, planIn, preparing, type StackPlan, type Wanted} from './stack-plan.js'
import {showPlan} from './terraform/plan.js'
import {openWorkdir, type Workdir} from './terraform/workdir.js'

/** A plan to be made, in a directory that stays until whoever opened it removes it. */
export type Opened = {workdir: Workdir; definition: Definition; planning: Workflow<StackPlan>}

export function openPlan(stack: Stack, wanted: Wanted): Opened {
  const {definition, work} = stack
  const workdir = openWorkdir(filesOf(definition), work)
  return {workdir, definition, planning: planning()}

  async function* planning(): Workflow<StackPlan> {
    yield {type: 'plan', steps: PLANNING}
    return yield* planIn(workdir, stack, wanted)
  }
}

/** The plan that somebody has looked at, read anew from Terraform's own file: what else its file says could be anything. */
export function openKept({definition: own, state, work}: Stack, kept: KeptPlan): Opened {
  refuseOther(kept, own)
  if (kept.serial !== state?.serial || kept.lineage !== state?.lineage) throw overtaken(kept, state)
  const main = kept.files['main.tf.json']?.toString() ?? '{}'
  const definition: Definition = {...own, document: JSON.parse(main)}
  const files = Object.entries(kept.files).map(([path, text]) => ({path, text}))
  const workdir = openWorkdir(files, {...work, lockFile: undefined})
  return {workdir, definition, planning: planning()}

  async function* planning(): Workflow<StackPlan> {
    yield {type: 'plan', steps: {...PLANNING, compare: 'Read the plan'}}
    const provider = yield* preparing(workdir)
    yield {type: 'start', step: 'compare'}
    const json = await showPlan(workdir)
    const plan = readPlan(json, definition)
    yield {type: 'done', step: 'compare', detail: countsText(plan)}
    return {json, files: kept.files, warnings: [], plan, provider}
  }
}

function refuseOther({app, env, account, region}: KeptPlan, own: Definition): void {
  if (app === own.app && env === own.env && account === own.account && region === own.region) return
  throw new Refused(`This is a plan for ${app} ${env}, not for ${own.app} ${own.env}.`, {
    code: 'other_plan',
    because: [`the plan   ${env} · ${account} · ${region}`, `asked for  ${own.env} · ${own.account} · ${own.region}`],
    state: 'Nothing was changed.',
    next: [`--env ${env}`],
  })
}

const overtaken = ({serial, env, made}: KeptPlan, state: Stack['state']) =>
  new Busy('The state has changed since this plan was made: somebody would get what nobody has looked at.', {
    code: 'state_changed',
    because: [
      `planned on serial ${serial ?? 'none'}, ${made}`,
      `the state of ${env} has serial ${state?.serial ?? 'none'}`,
    ],
    state: 'Nothing was changed.',
    next: ['fb infra plan --out FILE'],
  })

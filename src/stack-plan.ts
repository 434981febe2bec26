import type {Workflow} from './events.js'
import {type Definition, filesOf} from './infra/definition.js'
import {placesOf} from './infra/places.js'
import {type Plan, readPlan} from './infra/plan.js'
import {countsText} from './infra/plan-text.js'
import {makePlan, type Planned, type PlanOptions} from './terraform/plan.js'
import {prepare} from './terraform/prepare.js'
import {openWorkdir, type Work, type Workdir} from './terraform/workdir.js'

export type StackPlan = Planned & {plan: Plan; provider: string}

export type Wanted = Omit<PlanOptions, 'step' | 'where'>

/** Plans a definition in a directory of its own, of which nothing is left. */
export async function* planStack(definition: Definition, work: Work, wanted: Wanted): Workflow<StackPlan> {
  const workdir = openWorkdir(filesOf(definition), work)
  try {
    yield {type: 'plan', steps: PLANNING}
    return yield* planIn(workdir, definition, wanted)
  } finally {
    workdir.remove()
  }
}

export const PLANNING = {prepare: 'Prepare Terraform', compare: 'Compare with AWS'}

/** The same in a directory that stays for an apply. */
export async function* planIn(workdir: Workdir, definition: Definition, wanted: Wanted): Workflow<StackPlan> {
  const pathStyle = Object.keys(workdir.work.parent.env).some((name) => /^AWS_ENDPOINT_URL(_S3)?$/.test(name))
  const provider = yield* prepare(workdir, {pathStyle}, 'prepare')
  const planned = yield* makePlan(workdir, {...wanted, step: 'compare', where: placesOf(definition)})
  const plan = readPlan(planned.json, definition)
  yield {type: 'done', step: 'compare', detail: countsText(plan)}
  return {...planned, plan, provider}
}

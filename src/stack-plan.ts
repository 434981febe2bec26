import type {Workflow} from './events.js'
import {type Definition, filesOf} from './infra/definition.js'
import {readDrift} from './infra/drift.js'
import {driftCount} from './infra/drift-text.js'
import {placesOf} from './infra/places.js'
import {type Plan, readPlan} from './infra/plan.js'
import {countsText} from './infra/plan-text.js'
import type {Stack} from './stack-access.js'
import {tellingOfLock} from './stack-lock.js'
import {makePlan, type Planned, type PlanOptions} from './terraform/plan.js'
import {prepare} from './terraform/prepare.js'
import {type Validation, validate} from './terraform/validate.js'
import {openWorkdir, type Work, type Workdir} from './terraform/workdir.js'

export type StackPlan = Planned & {plan: Plan; provider: string}

export type Wanted = Omit<PlanOptions, 'step' | 'where'>

type Planning = Pick<Stack, 'definition' | 'work' | 'lockLeft'>

/** The steps of `planIn`; what follows them may come with them. */
export const PLANNING = {prepare: 'Prepare Terraform', compare: 'Compare with AWS'}

/** Plans a definition in a directory of its own, of which nothing is left. */
export async function* planStack(stack: Planning, wanted: Wanted): Workflow<StackPlan> {
  return yield* inWorkdir(stack.definition, stack.work, async function* (workdir) {
    yield {type: 'plan', steps: PLANNING}
    return yield* planIn(workdir, stack, wanted)
  })
}

/** The same in a directory that stays for an apply. */
export async function* planIn(workdir: Workdir, {definition, lockLeft}: Planning, wanted: Wanted): Workflow<StackPlan> {
  const provider = yield* preparing(workdir)
  const planning = makePlan(workdir, {...wanted, step: 'compare', where: placesOf(definition)})
  const planned = yield* tellingOfLock(planning, lockLeft)
  const plan = readPlan(planned.json, definition)
  const drifted = wanted.mode === 'refresh-only' ? driftCount(readDrift(planned.json, definition)) : undefined
  yield {type: 'done', step: 'compare', detail: drifted ?? countsText(plan)}
  return {...planned, plan, provider}
}

/** Gets Terraform ready with the state's backend. Returns the version of the provider. */
export function preparing(workdir: Workdir): Workflow<string> {
  const {parent, endpoints} = workdir.work
  const pathStyle =
    endpoints?.s3 !== undefined || Object.keys(parent.env).some((name) => /^AWS_ENDPOINT_URL(_S3)?$/.test(name))
  return prepare(workdir, {pathStyle}, 'prepare')
}

/** Lets Terraform and the provider look at a definition, without its state and without AWS. */
export async function* validateStack(definition: Definition, work: Work): Workflow<Validation & {provider: string}> {
  return yield* inWorkdir(definition, work, async function* (workdir) {
    yield {type: 'plan', steps: {prepare: PLANNING.prepare, validate: 'Validate the definition'}}
    const provider = yield* prepare(workdir, false, 'prepare')
    return {provider, ...(yield* validate(workdir, 'validate'))}
  })
}

async function* inWorkdir<T>(definition: Definition, work: Work, use: (workdir: Workdir) => Workflow<T>): Workflow<T> {
  const workdir = openWorkdir(filesOf(definition), work)
  try {
    return yield* use(workdir)
  } finally {
    workdir.remove()
  }
}

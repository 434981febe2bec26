import {UsageError} from '../errors.js'
import type {Definition} from './definition.js'
import type {Plan} from './plan.js'

/** A plan that a person has looked at, with all that an apply of exactly this plan needs. It holds the secrets of the state. */
export type KeptPlan = {
  format: 1
  fb: string
  made: string
  by: string
  app: string
  env: string
  account: string
  region: string
  /** Terraform refuses the plan when the state is another one by then. No numbers: there was no state. */
  serial?: number
  lineage?: string
  provider: string
  plan: Plan
  files: Record<string, Buffer>
}

type Made = {plan: Plan; provider: string; files: Record<string, Buffer>}
type Occasion = {fb: string; by: string; made: Date}

export function keptPlan(
  {definition, state}: {definition: Definition; state?: {serial: number; lineage: string}},
  {plan, provider, files}: Made,
  {fb, by, made}: Occasion,
): KeptPlan {
  const {app, env, account, region} = definition
  const {serial, lineage} = state ?? {}
  return {
    format: 1,
    fb,
    made: made.toISOString(),
    by,
    app,
    env,
    account,
    region,
    serial,
    lineage,
    provider,
    plan,
    files,
  }
}

export const keptBytes = (kept: KeptPlan): Buffer =>
  Buffer.from(
    JSON.stringify({...kept, files: mapped(kept.files, (bytes) => (bytes as Buffer).toString('base64'))}, undefined, 1),
  )

/** Throws when the bytes are no plan of fb. */
export function readKept(bytes: Buffer, from: string): KeptPlan {
  const kept = parsed(bytes)
  if (kept?.format !== 1 || typeof kept.files !== 'object') throw noPlan(from)
  // They will be written to Terraform's directory, and to nowhere else.
  if (!Object.keys(kept.files).every((name) => FILES.test(name))) throw noPlan(from)
  return {...kept, files: mapped(kept.files, (text) => Buffer.from(String(text), 'base64'))}
}

/** What a plan needs of a configuration: the document, the hooks, the choice of a provider, and Terraform's own plan. */
const FILES = /^(main\.tf\.json|plan\.tfplan|\.terraform\.lock\.hcl|hooks\/[\w-]+\.zip)$/

const mapped = <T>(all: Record<string, unknown>, change: (value: unknown) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value)]))

function parsed(bytes: Buffer): KeptPlan | undefined {
  try {
    return JSON.parse(bytes.toString()) as KeptPlan
  } catch {
    return undefined
  }
}

const noPlan = (from: string) =>
  new UsageError(`${from} is not a plan of fb.`, {
    code: 'bad_plan',
    because: ['fb infra plan --out FILE makes one.'],
    state: 'Nothing was changed.',
    next: [`fb infra plan --out ${from}`],
  })

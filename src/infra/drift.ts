import {withoutByItself} from './by-itself.js'
import {type Definition, resourcesOf} from './definition.js'
import {type Change, changeOf, isNothing, modulesOf} from './plan.js'
import type {PlanJson, RawChange} from './plan-json.js'

/** Somebody's call that AWS has recorded. */
export type Call = {
  event: string
  who: string
  at: Date
  /** What the call was made with, as it says of itself. */
  agent: string
  /** With the credentials of somebody who is logged in to the console. */
  console: boolean
}

export type Culprit = {who: string; with: string; event: string; at: string}

export type Drifted = Pick<Change, 'address' | 'module' | 'type' | 'id' | 'attributes'> & {
  what: 'changed' | 'gone'
  /** Names by which AWS records calls about it. */
  names: string[]
  /** Whoever has changed it since the state was written, newest first. */
  by: Culprit[]
}

export type Drift = {
  env: string
  account: string
  region: string
  drifted: Drifted[]
  /** Differs too, and the definition leaves it to others: deployments, autoscaling, people. */
  left: number
  /** Why it is not known who is behind. */
  unseen?: string
}

/** What is in AWS and not as Terraform left it, by what a refresh has found. */
export function readDrift(json: unknown, definition: Definition): Drift {
  const {env, account, region} = definition
  const raw = ((json as PlanJson).resource_drift ?? []).filter(({mode}) => mode === 'managed')
  const moduleOf = modulesOf(definition)
  const ignored = ignoredIn(definition)
  const all = raw.flatMap((one) => driftedOf(withoutByItself(one, definition), moduleOf))
  const drifted = all.flatMap((one) => withoutIgnored(one, ignored.get(one.address.replace(/\[[^[]*\]$/, '')) ?? []))
  return {env, account, region, drifted, left: all.length - drifted.length}
}

/** Terraform counts it as drift when the provider reads nothing where it had read another nothing. */
function driftedOf(raw: RawChange, moduleOf: ReturnType<typeof modulesOf>): Drifted[] {
  return changeOf(raw, moduleOf).flatMap(({action, address, module, type, id, attributes}) => {
    const told = attributes.filter(
      ({sensitive, before, after}) => sensitive || !(isNothing(before) && isNothing(after)),
    )
    if (action !== 'destroy' && told.length === 0) return []
    const what = action === 'destroy' ? ('gone' as const) : ('changed' as const)
    return [{address, module, type, id, attributes: told, what, names: namesOf(raw), by: []}]
  })
}

function namesOf({change}: RawChange): string[] {
  const {id, name, arn} = (change.before ?? {}) as Record<string, unknown>
  const texts = [id, name, arn].filter((one): one is string => typeof one === 'string' && one !== '')
  return [...new Set(texts)]
}

function withoutIgnored(one: Drifted, ignored: string[]): Drifted[] {
  if (one.what === 'gone') return [one]
  if (ignored.includes('all')) return []
  const attributes = one.attributes.filter(({name}) => !ignored.includes(name.replace(/[.[].*$/, '')))
  return attributes.length > 0 ? [{...one, attributes}] : []
}

/** By address, the attributes that the definition gives up to others. */
function ignoredIn({document}: Definition): Map<string, string[]> {
  const pairs = resourcesOf(document).map(({address, body}): [string, string[]] => {
    const {ignore_changes: ignored} = (body.lifecycle ?? {}) as {ignore_changes?: string | string[]}
    return [address, [ignored ?? []].flat().map((name) => name.replace(/[.[].*$/, ''))]
  })
  return new Map(pairs)
}

/** The calls that can be behind a drift: those since the state was written, else the newest that no Terraform made. */
export function culprits(calls: Call[], written: Date): Culprit[] {
  const newest = calls.toSorted((a, b) => b.at.getTime() - a.at.getTime())
  const since = newest.filter(({at}) => at > written)
  const others = newest.filter((call) => !/Terraform|OpenTofu/.test(toolOf(call)))
  return (since.length > 0 ? since.slice(0, NAMED) : others.slice(0, 1)).map((call) => ({
    who: call.who,
    with: toolOf(call),
    event: call.event,
    at: call.at.toISOString(),
  }))
}

const NAMED = 3

/** Terraform's own user agent names the SDK of Go too, so it comes first. */
const TOOLS: [RegExp, string][] = [
  [/opentofu/i, 'OpenTofu'],
  [/terraform/i, 'Terraform'],
  [/pulumi/i, 'Pulumi'],
  [/cloudformation/i, 'CloudFormation'],
  [/^Mozilla\/|console\.(aws\.)?amazon|S3Console|signin\.amazonaws/i, 'the AWS console'],
  [/aws-cli/i, 'the AWS CLI'],
  [/boto/i, 'a script (boto3)'],
  [/^[\w.-]+\.amazonaws\.com$/, 'AWS itself'],
  [/aws-sdk/i, 'a program (AWS SDK)'],
]

function toolOf({agent, console}: Call): string {
  if (console) return 'the AWS console'
  const [, tool] = TOOLS.find(([pattern]) => pattern.test(agent)) ?? []
  return tool === 'AWS itself' ? `AWS itself (${agent})` : (tool ?? (agent || 'an unknown tool'))
}

/** Looked at one after the other: CloudTrail answers twice a second. */
const LOOKED_AT = 12

/** Who is behind, as far as CloudTrail tells. */
export async function withCulprits(
  drift: Drift,
  written: Date,
  calls: (name: string) => Promise<Call[]>,
): Promise<Drift> {
  const drifted: Drifted[] = []
  for (const [i, one] of drift.drifted.entries()) {
    const by = i < LOOKED_AT ? culprits(await callsOf(one.names, calls), written) : []
    drifted.push({...one, by})
  }
  return {...drift, drifted}
}

/** AWS records some services by their id, some by a name or an ARN. */
async function callsOf(names: string[], calls: (name: string) => Promise<Call[]>): Promise<Call[]> {
  for (const name of names) {
    const found = await calls(name)
    if (found.length > 0) return found
  }
  return []
}

import type {ParameterTier, ParameterType} from '@aws-sdk/client-ssm'
import {
  HierarchyLevelLimitExceededException,
  HierarchyTypeMismatchException,
  ParameterNotFound,
  ParameterPatternMismatchException,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm'
import type {Account} from './account.js'
import {activeFault} from './faults.js'
import {saying, wireError} from './handlers.js'
import {seedParameters} from './parameters-seed.js'
import {type Facts, openStorage} from './storage.js'

export type ParameterVersion = {
  version: number
  at: number
  by: string
  type: ParameterType
  value: string
  tier: ParameterTier
  description?: string
  keyId?: string
  allowedPattern?: string
  labels: string[]
}

/** The newest version is the last one; the store keeps a hundred. */
export type ParameterRecord = {versions: ParameterVersion[]; tags: Record<string, string>}

export type Parameters = Record<string, ParameterRecord>

export const invalid = (message: string) => wireError('ValidationException', message)

/** A sandbox that began before it had parameters gets them when they are first looked at. */
const parametersIn = (facts: Facts, {state}: Account): Parameters => facts.parameters ?? seedParameters(state)

export const readParameters = (account: Account): Parameters =>
  lagging(withoutMissing(parametersIn(openStorage(account).read(), account), account), account)

/** Under the fault one of the parameters that tasks need is not there. */
function withoutMissing(parameters: Parameters, {state, now, inventory}: Account): Parameters {
  const missing = activeFault(state.faults, 'missing-param', now)?.argument
  const {[`${inventory.parameterPath}${missing}`]: _, ...rest} = parameters
  return missing ? rest : parameters
}

export const changeParameters = <T>(account: Account, change: (parameters: Parameters) => T): T =>
  openStorage(account).update((facts) => {
    facts.parameters ??= parametersIn(facts, account)
    return change(facts.parameters)
  })

/** Reads are eventually consistent: under the fault they see the store as it was some seconds ago. */
function lagging(parameters: Parameters, {state, now}: Account): Parameters {
  const lag = activeFault(state.faults, 'stale-parameters', now)
  if (!lag) return parameters
  const then = now - Number(lag.argument) * 1000
  const seen = Object.entries(parameters).map(([name, record]): [string, ParameterRecord] => [
    name,
    {...record, versions: record.versions.filter(({at}) => at <= then)},
  ])
  return Object.fromEntries(seen.filter(([, {versions}]) => versions.length > 0))
}

export const newest = ({versions}: ParameterRecord): ParameterVersion => versions.at(-1)!

/** By name, or by ARN as task definitions have it. */
export function recordOf(parameters: Parameters, name: string): ParameterRecord {
  const plain = plainName(name)
  const record = Object.hasOwn(parameters, plain) ? parameters[plain] : undefined
  if (!record) throw new ParameterNotFound(saying(`Parameter ${plain} not found.`))
  return record
}

/** In an ARN the name has lost its first slash, and a name without any has none to lose. */
export function plainName(name: string): string {
  const [, path] = /^arn:aws[\w-]*:ssm:[^:]*:[^:]*:parameter\/(.*)$/.exec(name) ?? []
  if (path === undefined) return name
  return path.includes('/') ? `/${path}` : path
}

const SIZES = {Standard: 4096, Advanced: 8192, 'Intelligent-Tiering': 8192}

export function refuseName(name: string): void {
  const levels = name.split('/').length - 1
  if (!/^[\w./-]+$/.test(name))
    throw invalid(
      'Parameter name: can only include the following symbols and letters: a-zA-Z0-9_.-, and / for hierarchies. Formed as a path, it can consist of sub-paths divided by slash symbol.',
    )
  if (/^\/?(aws|ssm)/i.test(name))
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
  if (name.includes('/') && !name.startsWith('/'))
    throw invalid('Parameter name: must be a fully qualified name that begins with a slash.')
  if (name.endsWith('/') || name.includes('//')) throw invalid('Parameter name: must not have empty parts.')
  if (name.length > 1011) throw invalid('Parameter name: must be at most 1011 characters long.')
  if (levels > 15)
    throw new HierarchyLevelLimitExceededException(saying('A parameter hierarchy can have a maximum of 15 levels.'))
}

/** The type, size, pattern and contents that the store refuses. */
export function refuseValue(input: PutParameterCommandInput, before: ParameterVersion | undefined): void {
  const {Value: value = '', Type: type, AllowedPattern: pattern} = input
  if (value === '') throw invalid("Value '' at 'value' failed to satisfy constraint: Member must have length >= 1.")
  if (/\{\{.*\}\}/s.test(value))
    throw invalid("Parameter value: can't nest another parameter. Do not use {{}} syntax in your parameter value.")
  if (!before && !type) throw invalid('A parameter type is required when you create a parameter.')
  if (before && type && type !== before.type)
    throw new HierarchyTypeMismatchException(
      saying(`The parameter type can't be changed from ${before.type} to ${type}. Delete it and create it again.`),
    )
  if (pattern && !new RegExp(pattern).test(value))
    throw new ParameterPatternMismatchException(saying('Parameter value failed to satisfy the allowed pattern.'))
}

/** The tier a value gets; it is never lowered. */
export function tierFor({Value: value = '', Tier: asked}: PutParameterCommandInput, before?: ParameterVersion) {
  const size = Buffer.byteLength(value)
  if (asked === 'Standard' && before?.tier === 'Advanced')
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade it to the standard-parameter tier.",
    )
  const wanted = asked ?? before?.tier ?? 'Standard'
  const tier = wanted === 'Intelligent-Tiering' ? (size > SIZES.Standard ? 'Advanced' : 'Standard') : wanted
  if (size <= SIZES[tier]) return before?.tier === 'Advanced' ? ('Advanced' as const) : tier
  throw invalid(
    tier === 'Standard'
      ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
      : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
  )
}

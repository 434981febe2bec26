import {saysSecret, wordsOf} from './secret-names.js'

/** Where a value stands as to a program's environment: among blocks that may be variables, or in a map of them. */
export type EnvironmentPlace = 'blocks' | 'map' | undefined

type Members = Record<string, unknown>

/** ECS, Batch and CodeBuild have blocks, Lambda a map below `environment`, App Runner and Amplify a map of their own. */
export function environmentPlace(name: string, around: EnvironmentPlace): EnvironmentPlace {
  if (/^environment$/i.test(name)) return 'blocks'
  if (/(^|_)environment_?variables?$/i.test(name)) return 'map'
  return around === 'blocks' && /^variables$/i.test(name) ? 'map' : undefined
}

/**
 * Whether a member is a variable's value that nobody may see. What a program is told may hold a login under any name
 * (`DATABASE_URL`, `BROKER`), so only what an operator looks for, and what is no secret anywhere, is shown.
 */
export function isHiddenVariable(members: Members, name: string, place: EnvironmentPlace): boolean {
  if (!place) return false
  const variable = members.name ?? members.Name
  if (typeof variable !== 'string') return place === 'map' && !isHarmless(name)
  return name.toLowerCase() === 'value' && !isReference(members) && !isHarmless(variable)
}

const HARMLESS = new Set(
  `bucket concurrency count debug enabled env environment format lang level locale mode port region replicas stage table
   threads timeout tz version workers`.split(/\s+/),
)

const isHarmless = (variable: string) => !saysSecret(variable) && HARMLESS.has(wordsOf(variable).at(-1) ?? '')

/** CodeBuild fetches these itself: the state has only where from. */
const isReference = ({type}: Members) => type === 'PARAMETER_STORE' || type === 'SECRETS_MANAGER'

/** What `terraform show -json` says of a plan (format 1.x), as far as fb reads it. */
export type PlanJson = {
  terraform_version?: string
  resource_changes?: RawChange[]
  resource_drift?: RawChange[]
  output_changes?: Record<string, RawValues>
  errored?: boolean
}

export type RawChange = {
  address: string
  previous_address?: string
  mode: 'managed' | 'data'
  type: string
  name: string
  provider_name?: string
  deposed?: string
  action_reason?: string
  change: RawValues
}

/** A value, or for each of its parts, whether something holds. */
export type Mask = boolean | {[name: string]: Mask} | Mask[]

export type RawValues = {
  actions: string[]
  before?: unknown
  after?: unknown
  after_unknown?: Mask
  before_sensitive?: Mask
  after_sensitive?: Mask
  replace_paths?: (string | number)[][]
  importing?: {id?: string}
}

/** The paths at which a mask says yes. */
export function pathsOf(mask: Mask | undefined, at: (string | number)[] = []): (string | number)[][] {
  if (mask === true) return [at]
  if (Array.isArray(mask)) return mask.flatMap((one, i) => pathsOf(one, [...at, i]))
  if (typeof mask !== 'object' || mask === null) return []
  return Object.entries(mask).flatMap(([name, one]) => pathsOf(one, [...at, name]))
}

/** Stands for what only AWS will know. */
export const UNKNOWN = '(known after apply)'

/** A value with a word in place of what is not known yet. */
export function withUnknown(value: unknown, unknown: Mask | undefined): unknown {
  if (unknown === true) return UNKNOWN
  if (Array.isArray(unknown)) {
    const list = Array.isArray(value) ? value : []
    return Array.from({length: Math.max(list.length, unknown.length)}, (_, i) => withUnknown(list[i], unknown[i]))
  }
  if (typeof unknown !== 'object' || unknown === null) return value
  const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const names = new Set([...Object.keys(members), ...Object.keys(unknown)])
  return Object.fromEntries([...names].map((name) => [name, withUnknown(members[name], unknown[name])]))
}

/** A lifecycle rule as S3 has it, as far as fb reads it. */
export type LifecycleRule = {
  ID?: string
  Status?: string
  /** The old way to say which objects; S3 takes it only where no rule has a filter. */
  Prefix?: string
  Filter?: {Prefix?: string; Tag?: unknown; And?: {Prefix?: string; Tags?: unknown[]}}
  Expiration?: {Days?: number; Date?: Date; ExpiredObjectDeleteMarker?: boolean}
  NoncurrentVersionExpiration?: {NoncurrentDays?: number; NewerNoncurrentVersions?: number}
  AbortIncompleteMultipartUpload?: {DaysAfterInitiation?: number}
}

export const KEPT = {days: 90, newest: 50}
export const UPLOADS = 7

const WHOLE = {Status: 'Enabled', Filter: {Prefix: ''}}

/** Both conditions must hold before S3 removes a version: the history of a state that rests for years stays. */
export const OLD_VERSIONS: LifecycleRule = {
  ...WHOLE,
  ID: 'fb-old-versions',
  NoncurrentVersionExpiration: {NoncurrentDays: KEPT.days, NewerNoncurrentVersions: KEPT.newest},
}

export const UNFINISHED_UPLOADS: LifecycleRule = {
  ...WHOLE,
  ID: 'fb-unfinished-uploads',
  AbortIncompleteMultipartUpload: {DaysAfterInitiation: UPLOADS},
}

/** The rules that act on the app's states. Terraform gives its objects no tags. */
export function rulesFor(app: string, rules: LifecycleRule[]): LifecycleRule[] {
  return rules.filter(({Status, Prefix, Filter}) => {
    if (Status !== 'Enabled' || Filter?.Tag || Filter?.And?.Tags?.length) return false
    const prefix = Prefix ?? Filter?.Prefix ?? Filter?.And?.Prefix ?? ''
    return prefix.startsWith(`${app}/`) || `${app}/`.startsWith(prefix)
  })
}

/** What a rule takes away from a state too early, in words. */
export function harm({ID, Expiration, NoncurrentVersionExpiration}: LifecycleRule): string | undefined {
  const name = ID ? `rule ${ID}` : 'a rule'
  if (Expiration?.Days || Expiration?.Date) return `${name} deletes the state itself`
  const days = NoncurrentVersionExpiration?.NoncurrentDays
  return days !== undefined && days < KEPT.days ? `${name} keeps them ${days} days` : undefined
}

/** The same rules without their harm. One that did nothing else is gone: S3 takes none that does nothing. */
export function harmless(app: string, rules: LifecycleRule[]): LifecycleRule[] {
  const ours = new Set(rulesFor(app, rules).filter(harm))
  return rules.map((rule) => (ours.has(rule) ? gentle(rule) : rule)).filter(acts)
}

function gentle({Expiration, NoncurrentVersionExpiration: noncurrent, ...rule}: LifecycleRule): LifecycleRule {
  const days = Math.max(KEPT.days, noncurrent?.NoncurrentDays ?? 0)
  return {
    ...rule,
    ...(Expiration?.ExpiredObjectDeleteMarker ? {Expiration: {ExpiredObjectDeleteMarker: true}} : {}),
    ...(noncurrent ? {NoncurrentVersionExpiration: {...noncurrent, NoncurrentDays: days}} : {}),
  }
}

const acts = ({ID, Status, Prefix, Filter, ...actions}: LifecycleRule) => Object.values(actions).some(Boolean)

/** Others' rules stay; one of the same name is replaced. */
export function withRule(rules: LifecycleRule[], rule: LifecycleRule): LifecycleRule[] {
  return [...rules.filter(({ID}) => ID !== rule.ID).map(filtered), rule]
}

const filtered = ({Prefix, ...rule}: LifecycleRule): LifecycleRule =>
  Prefix === undefined ? rule : {...rule, Filter: {Prefix}}

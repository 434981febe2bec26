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

/** Where fb keeps backups, whatever the app; src/config/names.ts has the rest of their keys. */
const BACKUPS = 'backups/'

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

/** The rules that act on the app's states. */
export const rulesFor = (app: string, rules: LifecycleRule[]): LifecycleRule[] =>
  rules.filter((rule) => actsOn(rule, `${app}/`))

/** Whether anything below the place can be meant. Terraform and fb give their objects no tags. */
function actsOn({Status, Prefix, Filter}: LifecycleRule, place: string): boolean {
  if (Status !== 'Enabled' || Filter?.Tag || Filter?.And?.Tags?.length) return false
  const prefix = Prefix ?? Filter?.Prefix ?? Filter?.And?.Prefix ?? ''
  return prefix.startsWith(place) || place.startsWith(prefix)
}

/** What a rule takes away too early of the app's states or of the backups, in words. */
export function harm(app: string, rule: LifecycleRule): string | undefined {
  const name = rule.ID ? `rule ${rule.ID}` : 'a rule'
  const onStates = actsOn(rule, `${app}/`)
  if (onStates && expires(rule)) return `${name} deletes the state itself`
  if (actsOn(rule, BACKUPS) && expires(rule)) return `${name} deletes backups`
  const days = rule.NoncurrentVersionExpiration?.NoncurrentDays
  return onStates && days !== undefined && days < KEPT.days ? `${name} keeps them ${days} days` : undefined
}

const expires = ({Expiration}: LifecycleRule) => Boolean(Expiration?.Days || Expiration?.Date)

/** The same rules without their harm. One that did nothing else is gone: S3 takes none that does nothing. */
export const harmless = (app: string, rules: LifecycleRule[]): LifecycleRule[] =>
  rules.map((rule) => (harm(app, rule) ? gentle(app, rule) : rule)).filter(acts)

/** A backup has no older versions before somebody deletes it. */
function gentle(app: string, {Expiration, ...rule}: LifecycleRule): LifecycleRule {
  const {NoncurrentVersionExpiration: noncurrent} = rule
  const days = Math.max(KEPT.days, noncurrent?.NoncurrentDays ?? 0)
  return {
    ...rule,
    ...(Expiration?.ExpiredObjectDeleteMarker ? {Expiration: {ExpiredObjectDeleteMarker: true}} : {}),
    ...(noncurrent && actsOn(rule, `${app}/`)
      ? {NoncurrentVersionExpiration: {...noncurrent, NoncurrentDays: days}}
      : {}),
  }
}

const acts = ({ID, Status, Prefix, Filter, ...actions}: LifecycleRule) => Object.values(actions).some(Boolean)

/** Others' rules stay; one of the same name is replaced. */
export function withRule(rules: LifecycleRule[], rule: LifecycleRule): LifecycleRule[] {
  return [...rules.filter(({ID}) => ID !== rule.ID).map(filtered), rule]
}

const filtered = ({Prefix, ...rule}: LifecycleRule): LifecycleRule =>
  Prefix === undefined ? rule : {...rule, Filter: {Prefix}}

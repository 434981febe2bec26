import {Busy, NotFound, Refused, UsageError} from '../errors.js'
import {sameKey} from './beside-value.js'
import {type Fleet, type Rollout, rolloutOf} from './fleet.js'
import {describe, readDescription} from './reason.js'
import type {Kind, Parameter, ReadStore, Tier, Version} from './store.js'
import {bytesOf, refuseValue, SIZES, suspicions} from './values.js'

/** A value that a parameter is to have. */
export type Wish = {
  key: string
  name: string
  value: string
  type?: Kind
  reason?: string
  /** Only over this version; 0 only if there is none. */
  ifVersion?: number
}

/** What holds for all values of one command. */
export type Terms = {
  type?: Kind
  kmsKey?: string
  description?: string
  reason?: string
  tags?: Record<string, string>
  tier?: Tier
  ifVersion?: number
  createOnly?: boolean
  updateOnly?: boolean
  /** The key of the environment, for new parameters. */
  defaultKey: string
}

/** A parameter as it is, and who made it so. */
export type Current = Parameter & Pick<Version, 'keyId' | 'description' | 'by'> & {tier?: Tier}

export type Change = {
  action: 'create' | 'update' | 'same'
  key: string
  name: string
  value: string
  type: Kind
  before?: Current
  tier?: Tier
  /** Only the paid tier takes it, which nobody has asked for. */
  needsAdvanced: boolean
  keyId?: string
  description: string
  tags: Record<string, string>
  suspicions: string[]
  rollout: Rollout
}

/** Works out what each value would change, and refuses what could not work. Reads only. */
export async function planChanges(store: ReadStore, fleet: Fleet, wishes: Wish[], terms: Terms): Promise<Change[]> {
  for (const {value, key} of wishes) refuseValue(value, `The value of ${key}`)
  const found = new Map((await store.some(wishes.map(({name}) => name))).map((one) => [one.name, one]))
  return Promise.all(wishes.map((wish) => planChange(store, fleet, wish, terms, found.get(wish.name))))
}

async function planChange(
  store: ReadStore,
  fleet: Fleet,
  wish: Wish,
  terms: Terms,
  found: Parameter | undefined,
): Promise<Change> {
  const {key, name, value} = wish
  const plain = terms.description === undefined && terms.tier === undefined && terms.kmsKey === undefined
  const ifVersion = wish.ifVersion ?? terms.ifVersion
  const versions =
    found && !(found.value === value && plain && ifVersion === undefined) ? await store.versions(name) : []
  refuseTerms(wish, found, versions.at(-1), {...terms, ifVersion})
  const before = found && currentOf(found, versions)
  const same = before?.value === value && (plain || isAsAsked(before, terms))
  const type = found?.type ?? wish.type ?? terms.type ?? 'SecureString'
  const action = same ? 'same' : found ? 'update' : 'create'
  if (action === 'update') refuseFull(key, versions)
  return {
    action,
    key,
    name,
    value,
    type,
    before,
    ...tierFor(key, value, before, terms.tier),
    keyId: type === 'SecureString' ? (terms.kmsKey ?? (found ? before?.keyId : terms.defaultKey)) : undefined,
    description: describe(terms.description ?? before?.description ?? '', wish.reason ?? terms.reason),
    tags: terms.tags ?? {},
    suspicions: same ? [] : suspicions(value, key),
    rollout: rolloutOf(fleet, name, found?.modifiedAt ?? new Date(0)),
  }
}

/** Whether it has all that is asked for besides its value. From the paid tier there is no way back to ask for. */
const isAsAsked = (before: Current, {description, tier, kmsKey}: Terms): boolean =>
  (description === undefined || readDescription(before.description).description === description) &&
  (tier !== 'Advanced' || before.tier === 'Advanced') &&
  (kmsKey === undefined || before.type !== 'SecureString' || sameKey(before.keyId, kmsKey))

/** Between two reads somebody may have made another version: what is known of the one that was read, counts. */
function currentOf(found: Parameter, versions: Version[]): Current {
  const version = versions.find((one) => one.version === found.version)
  const {tier, keyId, description = '', by = ''} = version ?? {}
  return {...found, tier, keyId, description, by}
}

function refuseTerms(wish: Wish, found: Parameter | undefined, newest: Version | undefined, terms: Terms): void {
  const {key} = wish
  const {ifVersion, createOnly, updateOnly} = terms
  const state = 'Nothing was changed.'
  if (found && createOnly)
    throw new Busy(`${key} is there already, as v${found.version}.`, {
      code: 'exists',
      state,
      next: ['leave --create-only out'],
    })
  if (!found && updateOnly)
    throw new NotFound(`There is no ${key} to update.`, {code: 'no_parameter', state, next: ['fb params list']})
  if (ifVersion !== undefined && ifVersion !== (found?.version ?? 0))
    throw moved(key, `v${found?.version ?? 0}`, `v${ifVersion}`, newest?.by)
  const asked = wish.type ?? terms.type
  if (found && asked && asked !== found.type)
    throw new UsageError(`${key} is a ${found.type}, and the type of a parameter cannot be changed.`, {
      code: 'type_change',
      because: ['It would have to be deleted, with its history, and made again.'],
      state,
      next: ['leave --type out', `fb params unset ${key}`],
    })
}

/** Somebody else wrote it in between. */
export const moved = (key: string, is: string, was: string, by = ''): Busy =>
  new Busy(`${key} is ${is} now, not ${was} any more.`, {
    code: 'version_moved',
    because: by ? [`It was last changed by ${by}.`] : [],
    state: 'Nothing was changed.',
    next: [`fb params history ${key}`],
  })

const MOST_VERSIONS = 100

/** The store drops its oldest version for a new one, unless that has a label. */
function refuseFull(key: string, versions: Version[]): void {
  const [oldest] = versions
  if (versions.length < MOST_VERSIONS || !oldest || oldest.labels.length === 0) return
  const labels = oldest.labels.join(', ')
  throw new Refused(
    `${key} has ${MOST_VERSIONS} versions, and the oldest, v${oldest.version}, has the label ${labels}.`,
    {
      code: 'oldest_labelled',
      because: ['Parameter Store drops the oldest version for a new one, but none with a label.'],
      state: 'Nothing was changed.',
      next: [
        `fb params get ${key}@${oldest.labels[0]}`,
        `aws ssm unlabel-parameter-version --name NAME --parameter-version ${oldest.version} --labels ${oldest.labels.join(' ')}`,
      ],
    },
  )
}

function tierFor(key: string, value: string, before: Current | undefined, asked: Tier | undefined) {
  const tooLarge = bytesOf(value) > SIZES.Standard
  if (before?.tier === 'Advanced') return {tier: undefined, needsAdvanced: false}
  if (tooLarge && asked === 'Standard')
    throw new UsageError(
      `The value of ${key} has ${bytesOf(value).toLocaleString('en')} bytes; the standard tier takes 4,096.`,
      {
        code: 'too_large',
        state: 'Nothing was changed.',
        next: ['--tier advanced (paid, cannot be undone)'],
      },
    )
  return {tier: asked, needsAdvanced: tooLarge && asked === undefined}
}

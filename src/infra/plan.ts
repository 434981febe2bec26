import {attributeChanges} from '../state/document/attribute-changes.js'
import {masked, shownId} from '../state/document/masked.js'
import {type Definition, resourcesOf} from './definition.js'
import {lossOf} from './losses.js'
import {type PlanJson, pathsOf, type RawChange, type RawValues, UNKNOWN, withUnknown} from './plan-json.js'
import {type CostChange, costChanges} from './prices.js'
import {type Unsaved, unsavedIn} from './snapshots.js'

export type Action = 'create' | 'update' | 'replace' | 'destroy' | 'forget' | 'move' | 'import'

/** One attribute that becomes another. Of a sensitive one nothing but that is told. */
export type ChangedAttribute = {
  name: string
  before?: unknown
  after?: unknown
  sensitive?: true
  /** Its change cannot be made in place. */
  replaces?: true
}

export type Change = {
  address: string
  /** The module of infra/modules; empty when the definition has it no more and nothing tells where it was. */
  module: string
  type: string
  name: string
  action: Action
  /** The address that it had before. */
  from?: string
  /** What AWS knows it by. */
  id?: string
  /** Of a replacement: the new one is there before the old one goes. */
  newFirst?: boolean
  /** Why it is replaced or destroyed, as far as Terraform says. */
  reason?: string
  /** What is lost with it. */
  loss?: string
  attributes: ChangedAttribute[]
}

export type Plan = {
  env: string
  account: string
  region: string
  terraformVersion: string
  counts: Record<Action, number>
  changes: Change[]
  outputs: (ChangedAttribute & {action: Action})[]
  costs: CostChange[]
  /** Databases that fb takes a last snapshot of first, because Terraform would not. */
  snapshots: Unsaved[]
  /** Nothing would be done. */
  empty: boolean
}

/** What a plan comes to, without what nobody may see. */
export function readPlan(json: unknown, definition: Definition): Plan {
  const {resource_changes: all = [], output_changes: outputs = {}, terraform_version: version = ''} = json as PlanJson
  const moduleOf = modulesOf(definition)
  const raw = all.filter(({mode}) => mode === 'managed')
  const changes = inOrder(
    raw.flatMap((one) => changeOf(one, moduleOf)),
    definition,
  )
  const changedOutputs = Object.entries(outputs).flatMap(([name, values]) => outputOf(name, values))
  const {env, account, region} = definition
  return {
    env,
    account,
    region,
    terraformVersion: version,
    counts: countsOf(changes),
    changes,
    outputs: changedOutputs,
    costs: costChanges(raw),
    snapshots: unsavedIn(raw),
    empty: changes.length + changedOutputs.length === 0,
  }
}

/** The module of an address. What the definition has no more was where its other resources of that type are. */
export function modulesOf({document}: Definition): (change: Pick<Change, 'address' | 'type'>) => string {
  const all = resourcesOf(document)
  const own = new Map(all.map(({address, module}) => [address, module]))
  return ({address, type}) => {
    const found = own.get(address.replace(/\[[^[]*\]$/, ''))
    if (found !== undefined) return found
    const modules = new Set(all.filter((one) => one.type === type).map(({module}) => module))
    return modules.size === 1 ? [...modules][0]! : ''
  }
}

/** In the definition's order of modules; what it has no more comes last. */
function inOrder(changes: Change[], {document}: Definition): Change[] {
  const modules = [...new Set(resourcesOf(document).map(({module}) => module))]
  const rank = ({module}: Change) => (modules.includes(module) ? modules.indexOf(module) : modules.length)
  return changes.sort((a, b) => rank(a) - rank(b))
}

export function changeOf(raw: RawChange, moduleOf: ReturnType<typeof modulesOf>): Change[] {
  const {address, type, name, change, previous_address: from, action_reason: why} = raw
  const action = actionOf(raw)
  if (!action) return []
  const {before, actions} = change
  const id = shownId({
    type,
    attributes: (before ?? {}) as Record<string, unknown>,
    sensitive: pathsOf(change.before_sensitive),
  })
  return [
    {
      address,
      module: moduleOf({address, type}),
      type,
      name,
      action,
      ...(from && from !== address ? {from} : {}),
      ...(id ? {id} : {}),
      ...(action === 'replace' ? {newFirst: actions[0] === 'create'} : {}),
      ...reasonOf(action, why, change),
      ...lossOf(action, type, before),
      attributes: action === 'update' || action === 'replace' ? attributesOf(raw) : [],
    },
  ]
}

function actionOf({address, previous_address: from, change: {actions, importing}}: RawChange): Action | undefined {
  const does = (action: string) => actions.includes(action)
  if (does('delete') || (does('forget') && does('create'))) return does('create') ? 'replace' : 'destroy'
  if (does('create')) return 'create'
  if (does('update')) return 'update'
  if (does('forget')) return 'forget'
  if (importing) return 'import'
  return from && from !== address ? 'move' : undefined
}

export const NO_MORE = 'the definition has it no more'

/** Terraform's words for why, in ours. */
const REASONS: Record<string, string> = {
  replace_because_tainted: 'it was not made to its end (tainted)',
  replace_by_request: 'asked for',
  replace_by_triggers: 'what it hangs on changes',
  delete_because_no_resource_config: NO_MORE,
  delete_because_no_module: NO_MORE,
  delete_because_wrong_repetition: NO_MORE,
  delete_because_count_index: NO_MORE,
  delete_because_each_key: NO_MORE,
  delete_because_no_move_target: 'it was moved to what the definition does not have',
}

function reasonOf(action: Action, why: string | undefined, {replace_paths: paths = []}: RawValues) {
  const names = [...new Set(paths.map(nameOf))]
  if (action === 'replace' && names.length > 0) return {reason: `AWS cannot change ${names.join(', ')} in place`}
  const reason = why ? (REASONS[why] ?? why.replaceAll('_', ' ')) : undefined
  return reason ? {reason} : {}
}

const nameOf = (path: (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${step}`)).join('')

function attributesOf({address, type, name, change}: RawChange): ChangedAttribute[] {
  const side = (attributes: unknown, mask: RawValues['before_sensitive']) => ({
    address,
    type,
    name,
    module: '',
    mode: 'managed' as const,
    provider: '',
    tainted: false,
    dependencies: [],
    attributes: (attributes ?? {}) as Record<string, unknown>,
    sensitive: pathsOf(mask),
  })
  const before = side(change.before, change.before_sensitive)
  const after = side(withUnknown(change.after, change.after_unknown), change.after_sensitive)
  const replacing = (change.replace_paths ?? []).map(nameOf)
  return telling(attributeChanges(before, after))
    .map((one): ChangedAttribute => (replacing.some((path) => isAt(one.name, path)) ? {...one, replaces: true} : one))
    .filter((one) => one.replaces || one.after !== UNKNOWN || change.actions.length === 1)
}

const isAt = (name: string, path: string) => name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`)

/** Without what only changes from nothing to nothing, unless there is nothing else. */
function telling<T extends ChangedAttribute>(changes: T[]): T[] {
  const all = changes.filter(({before, after, sensitive}) => sensitive || !(isNothing(before) && isNothing(after)))
  return all.length > 0 ? all : changes
}

/** AWS and the provider do not keep these apart. */
export const isNothing = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)

function outputOf(name: string, values: RawValues): (ChangedAttribute & {action: Action})[] {
  const {actions, before, after, after_unknown: unknown, before_sensitive: was, after_sensitive: is} = values
  const [action] = actions
  if (!action || action === 'no-op') return []
  const word = {create: 'create', delete: 'destroy'}[action] ?? 'update'
  if (was === true || is === true) return [{name, action: word as Action, sensitive: true}]
  const shown = (value: unknown) => masked('', {[name]: value}, [])[name]
  return [{name, action: word as Action, before: shown(before), after: shown(withUnknown(after, unknown))}]
}

function countsOf(changes: Change[]): Record<Action, number> {
  const counts = {create: 0, update: 0, replace: 0, destroy: 0, forget: 0, move: 0, import: 0}
  for (const {action} of changes) counts[action]++
  return counts
}

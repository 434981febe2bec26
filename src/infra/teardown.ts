import {FbError, Refused} from '../errors.js'
import {matching, meant} from '../state/document/addresses.js'
import {type Instance, instancesOf, type StateDocument} from '../state/document/document.js'
import {holdsData} from './losses.js'

/** What people have named: what is to stay, what may go although it holds data, and what alone is to go with all that needs it. */
export type Named = {keep: string[]; lose: string[]; only?: string[]}

export type Teardown = {
  /** What Terraform is told to destroy; nothing: all of it. */
  targets?: string[]
  /** What stays, and what that needs. */
  kept: string[]
  /** Image repositories that go; AWS deletes none that has images. */
  repositories: {address: string; name: string}[]
  /** Keys that go, which the last snapshots of databases may be encrypted with. */
  keys: string[]
}

type Place = {name: string; protected: boolean}

/** What goes and what stays. Refuses when data would go that nobody has named, or that AWS would not let go. */
export function planTeardown(state: StateDocument, {keep, lose, only}: Named, place: Place): Teardown {
  const all = [...instancesOf(state)].filter(({mode, deposed}) => mode === 'managed' && !deposed)
  const kept = keep.length > 0 ? withNeeds(matching(all, keep), all) : new Set<Instance>()
  // Throws when one of them is a slip.
  if (lose.length > 0) matching(all, lose)
  const wanted = only
    ? withDependents(
        all.filter(({address}) => only.some((one) => meant(one)({address}))),
        all,
      )
    : all
  const going = [...wanted].filter((one) => !kept.has(one))
  if (going.length === 0) throw nothingGoes(place)
  refuseUnnamed(going, lose, place)
  refuseGuarded(going, place)
  const databases = going.some(({type}) => type === 'aws_db_instance')
  return {
    targets: kept.size > 0 || only ? going.map(({address}) => address) : undefined,
    kept: [...kept].map(({address}) => address),
    repositories: going
      .filter(({type, attributes}) => type === 'aws_ecr_repository' && attributes.force_delete !== true)
      .map(({address, attributes: {name}}) => ({address, name: String(name)})),
    keys: databases ? going.filter(({type}) => type === 'aws_kms_key').map(({address}) => address) : [],
  }
}

/** A database without its network is none: what something needs stays with it. */
function withNeeds(wanted: Instance[], all: Instance[]): Set<Instance> {
  const kept = new Set(wanted)
  // A set that grows is walked to its new end.
  for (const {dependencies} of kept)
    for (const needed of dependencies) for (const one of all.filter(meant(needed))) kept.add(one)
  return kept
}

/** What needs something that goes, goes with it. */
function withDependents(wanted: Instance[], all: Instance[]): Set<Instance> {
  const going = new Set(wanted)
  for (const {address} of going)
    for (const one of all) if (one.dependencies.some((needed) => meant(needed)({address}))) going.add(one)
  return going
}

function refuseUnnamed(going: Instance[], lose: string[], place: Place): void {
  const named = lose.map(meant)
  const unnamed = going.filter((one) => holdsData(one.type, place) && !named.some((means) => means(one)))
  if (unnamed.length === 0) return
  throw new Refused(`What ${place.name} has holds data: say of each what is to become of it.`, {
    code: 'protected_data',
    because: unnamed.map(({address, attributes: {id}}) => (typeof id === 'string' ? `${address} (${id})` : address)),
    state: 'Nothing was changed.',
    next: [
      ...unnamed.slice(0, SHOWN).map(({address}) => `--keep '${address}'   or   --lose '${address}'`),
      ...(unnamed.length > SHOWN ? ["a pattern such as --lose 'aws_ssm_parameter.*' names several"] : []),
    ],
  })
}

const SHOWN = 6

/** AWS refuses these in the middle of the work, when half of what they need is gone. */
const GUARDS: Record<string, {attribute: string; knob: string}> = {
  aws_db_instance: {attribute: 'deletion_protection', knob: 'database.deletionProtection'},
  aws_lb: {attribute: 'enable_deletion_protection', knob: 'loadBalancer.deletionProtection'},
}

function refuseGuarded(going: Instance[], {name}: Place): void {
  const guarded = going.flatMap(({address, type, attributes}) => {
    const guard = GUARDS[type]
    return guard && attributes[guard.attribute] === true ? [{address, ...guard}] : []
  })
  if (guarded.length === 0) return
  throw new Refused('AWS itself keeps these from being deleted.', {
    code: 'deletion_protection',
    because: guarded.map(({address, attribute}) => `${address} has ${attribute} = true`),
    state: 'Nothing was changed.',
    next: [
      ...guarded.map(({knob}) => `set environments.${name}.${knob} to false in fb.yml`),
      `fb infra up --env ${name}`,
    ],
  })
}

const nothingGoes = ({name}: Place) =>
  new FbError(`There is nothing in ${name} to destroy.`, {code: 'nothing_to_do', state: 'Nothing was changed.'})

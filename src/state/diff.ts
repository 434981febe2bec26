import {createHash} from 'node:crypto'

import {inOrder} from './addresses.js'
import {type AttributeChange, attributeChanges} from './attribute-changes.js'
import {canonical} from './canonical.js'
import {type Instance, instancesOf, type StateDocument} from './document.js'
import {shownId} from './masked.js'

/** A resource that one of two states knows otherwise than the other. */
export type Difference = {
  /** `removed`: only the state before knows it. Restoring the state after, it would be an orphan: it exists, and nobody manages it. */
  kind: 'added' | 'removed' | 'changed' | 'moved'
  address: string
  type: string
  id?: string
  /** Set for an object that waits to be destroyed. */
  deposed?: string
  /** Where a moved one was before. */
  from?: string
  /** Of what is changed; of what is moved, when it is changed too. */
  attributes?: AttributeChange[]
}

/** `thing` is what it is in the real world, by an id that may be a secret; `id` is the one to show. */
type Known = Pick<Instance, 'address' | 'mode' | 'type' | 'name' | 'deposed'> & {
  thing?: string
  id?: string
  hash: string
}
type Found = Difference & Known & {before?: Known}

/**
 * What the state after knows otherwise than the state before, in Terraform's order. Data sources are left out: every plan
 * reads them again. Instances are compared by hash, so that two states of 100 MB fit.
 */
export function compareStates(before: StateDocument, after: StateDocument): Difference[] {
  const [old, now] = [known(before), known(after)]
  const removed = [...old.values()].filter((one) => !now.has(keyOf(one)))
  const added = [...now.values()].filter((one) => !old.has(keyOf(one)))
  const moved = movesAmong(removed, added)
  const gone = new Set(moved.values())
  const found = inOrder<Found>([
    ...removed.filter((one) => !gone.has(one)).map((one) => ({...one, kind: 'removed' as const})),
    ...added.map((one) => arrived(one, moved.get(one))),
    ...[...now.values()].flatMap((one) => changedSince(one, old.get(keyOf(one)))),
  ])
  const changes = changesOf(found, before, after)
  return found.map(({kind, address, type, id, deposed, before: from, ...one}) => ({
    kind,
    address,
    type,
    id,
    deposed,
    ...(kind === 'moved' ? {from: from?.address} : {}),
    attributes: changes.get(keyOf({address, deposed, ...one})),
  }))
}

const arrived = (one: Known, before: Known | undefined): Found =>
  before ? {...one, kind: 'moved', before} : {...one, kind: 'added'}

const changedSince = (one: Known, before: Known | undefined): Found[] =>
  before && before.hash !== one.hash ? [{...one, kind: 'changed', before}] : []

const keyOf = ({address, deposed = ''}: Pick<Instance, 'address' | 'deposed'>) => `${address} ${deposed}`

function known(document: StateDocument): Map<string, Known> {
  const all = new Map<string, Known>()
  for (const instance of instancesOf(document)) {
    const {address, mode, type, name, deposed, attributes, tainted, provider} = instance
    if (mode === 'data') continue
    const {id} = attributes
    const thing = typeof id === 'string' && id !== '' ? `${type} ${id}` : undefined
    const hash = createHash('sha256').update(canonical({attributes, tainted, provider})).digest('base64')
    all.set(keyOf(instance), {address, mode, type, name, deposed, thing, id: shownId(instance), hash})
  }
  return all
}

/** What is there under another address with the same type and id, if nothing else has them. */
function movesAmong(removed: Known[], added: Known[]): Map<Known, Known> {
  const [from, to] = [byThing(removed), byThing(added)]
  const pairs = [...to].flatMap(([thing, [one, ...others]]): [Known, Known][] => {
    const before = from.get(thing) ?? []
    return others.length === 0 && before.length === 1 ? [[one!, before[0]!]] : []
  })
  return new Map(pairs)
}

function byThing(all: Known[]): Map<string, Known[]> {
  const things = new Map<string, Known[]>()
  for (const one of all) {
    if (!one.thing || one.deposed) continue
    things.set(one.thing, [...(things.get(one.thing) ?? []), one])
  }
  return things
}

/** Attributes are read again, and only those of what differs. */
function changesOf(found: Found[], before: StateDocument, after: StateDocument): Map<string, AttributeChange[]> {
  const pairs = found.filter(({before, hash}) => before && before.hash !== hash)
  const old = instancesAt(before, new Set(pairs.map(({before}) => keyOf(before!))))
  const now = instancesAt(after, new Set(pairs.map(keyOf)))
  return new Map(pairs.map((one) => [keyOf(one), attributeChanges(old.get(keyOf(one.before!))!, now.get(keyOf(one))!)]))
}

function instancesAt(document: StateDocument, keys: Set<string>): Map<string, Instance> {
  const all = new Map<string, Instance>()
  if (keys.size === 0) return all
  for (const instance of instancesOf(document)) if (keys.has(keyOf(instance))) all.set(keyOf(instance), instance)
  return all
}

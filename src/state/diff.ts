import {createHash} from 'node:crypto'

import {inOrder} from './document/addresses.js'
import {type AttributeChange, attributeChanges} from './document/attribute-changes.js'
import {canonical} from './document/canonical.js'
import {type Instance, instancesIn, resourcesIn, type StateDocument} from './document/document.js'
import type {Range} from './document/json-ranges.js'
import {shownId} from './document/masked.js'

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
  /** Where its resource stands in the bytes. */
  at: Range
}
type Found = Difference & Known & {before?: Known}

/**
 * What the state after knows otherwise than the state before, in Terraform's order. Data sources are left out: every plan
 * reads them again. A state may have 100 MB: what stands in both byte for byte is not looked into, and of what differs only
 * hashes are kept.
 */
export function compareStates(before: StateDocument, after: StateDocument): Difference[] {
  const [inOld, inNow] = [hashesOf(before), hashesOf(after)]
  const [old, now] = [known(before, inNow), known(after, inOld)]
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

const sha256 = (text: Buffer | string) => createHash('sha256').update(text).digest('base64')

const hashAt = ({bytes}: StateDocument, {start, end}: Range) => sha256(bytes.subarray(start, end))

const hashesOf = (document: StateDocument) => new Set(Array.from(resourcesIn(document), (at) => hashAt(document, at)))

/** What a state knows, without the resources that stand in the other one too. */
function known(document: StateDocument, inOther: Set<string>): Map<string, Known> {
  const differing = Array.from(resourcesIn(document)).filter((at) => !inOther.has(hashAt(document, at)))
  const all = new Map<string, Known>()
  for (const at of differing) for (const instance of instancesIn(document, at)) remember(all, instance, at)
  return all
}

function remember(all: Map<string, Known>, instance: Instance, at: Range): void {
  const {address, mode, type, name, deposed, attributes, tainted, provider} = instance
  if (mode === 'data') return
  const {id} = attributes
  const thing = typeof id === 'string' && id !== '' ? `${type} ${id}` : undefined
  const hash = sha256(canonical({attributes, tainted, provider}))
  all.set(keyOf(instance), {address, mode, type, name, deposed, thing, id: shownId(instance), hash, at})
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
  const [old, now] = [reader(before), reader(after)]
  return new Map(pairs.map((one) => [keyOf(one), attributeChanges(old(one.before!), now(one))]))
}

/** Keeps the last resource: instances of count and for_each follow one another. */
function reader(document: StateDocument): (one: Known) => Instance {
  let last: Range | undefined
  let instances = new Map<string, Instance>()
  return (one) => {
    if (one.at !== last) instances = new Map(instancesIn(document, one.at).map((each) => [keyOf(each), each]))
    last = one.at
    return instances.get(keyOf(one))!
  }
}

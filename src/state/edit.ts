import {FbError} from '../errors.js'
import type {Workflow} from '../events.js'
import type {CurrentState} from './current.js'
import {forShell} from './document/address.js'
import {type Instance, instancesOf, readDocument, type StateDocument} from './document/document.js'
import {shownId} from './document/masked.js'
import {digestDiffers} from './locks/digest.js'
import {type Replaced, replaceState, type Writing} from './replace.js'

/** What Terraform is asked to do with a state. */
export type Edit = ['rm', ...addresses: string[]] | ['mv', from: string, to: string]

/** Something of the real world, by where the state has it. */
export type Thing = {address: string; data: boolean; id?: string}

/** One of the objects at an address; a deposed one waits to be destroyed. */
export type Entry = Thing & {deposed: boolean}

export type EditPlan = {
  current: CurrentState
  edit: Edit
  /** The addresses that the state has afterwards. */
  after: string[]
  /** Things that stay as and where they are. */
  rest: number
}

/** The edited state is another one than Terraform had to make when it has anything else than these addresses. */
export async function* editState(
  writing: Writing,
  {current, edit, after}: EditPlan,
  change: (bytes: Buffer, edit: Edit) => Promise<Buffer>,
): Workflow<Replaced> {
  const {bytes, etag, lineage, serial} = current
  const next = async () => {
    const changed = await change(bytes, edit)
    refuseSurprise(addressesIn(readDocument(changed, 'what Terraform made')), after)
    return changed
  }
  return yield* replaceState(writing, {why: commandOf(edit), etag, lineage, above: serial, next})
}

const NAMED = 3

/** The command, for the lock and the backup; it may name thousands. */
function commandOf([verb, ...addresses]: Edit): string {
  const more = addresses.length - NAMED
  const named = ['fb', 'state', verb, ...addresses.slice(0, NAMED).map(forShell)].join(' ')
  return more > 0 ? `${named} and ${more} more` : named
}

/** Everything in a state, without what it is in detail: that may be 100 MB. */
export function readEntries(current: CurrentState): Entry[] {
  if (current.digestMatches) return Array.from(instancesOf(current), entryOf)
  throw digestDiffers()
}

function entryOf(instance: Instance): Entry {
  const {address, mode, deposed} = instance
  return {address, data: mode === 'data', deposed: deposed !== undefined, id: shownId(instance)}
}

const addressesIn = (document: StateDocument) => Array.from(instancesOf(document), ({address}) => address)

/** In the state's own order, and once also where a replaced object still exists beside the new one. */
export const addressesOf = (all: {address: string}[]): string[] => [...new Set(all.map(({address}) => address))]

/** One for each address, with the id of the object that is not about to be destroyed. */
export function thingsOf(entries: Entry[]): Thing[] {
  const settled = new Set(entries.filter(({deposed}) => !deposed).map(({address}) => address))
  return entries
    .filter(({address, deposed}) => !deposed || !settled.has(address))
    .map(({address, data, id}) => ({address, data, id}))
}

export const countManaged = (entries: Entry[]): number => thingsOf(entries).filter(({data}) => !data).length

function refuseSurprise(made: string[], planned: string[]): void {
  const [have, want] = [new Set(made), new Set(planned)]
  const missing = planned.filter((address) => !have.has(address)).map((address) => `missing: ${address}`)
  const extra = made.filter((address) => !want.has(address)).map((address) => `not planned: ${address}`)
  if (missing.length + extra.length === 0) return
  throw new FbError('Terraform made something else of the state than was planned.', {
    code: 'unplanned_result',
    because: [...missing, ...extra].slice(0, 5),
    state: 'Nothing was changed.',
  })
}

import {NotFound, Refused} from '../errors.js'
import type {Canvas, Workflow} from '../events.js'
import {sha256} from './backup.js'
import {countResources, readDocument, type StateDocument} from './document.js'
import {takeLocks} from './lock.js'
import {type Replaced, replaceState, type Writing} from './replace.js'
import type {StateStore} from './store.js'
import {verdict} from './verdict.js'
import {count} from './words.js'

export type AdoptPlan = {from: string; to: string; serial: number; lineage: string; resources: number; sha256: string}

/** Looks at the state under the old key. Throws when the environment has a state already, unless it is this one. */
export async function planAdopt(old: StateStore, store: StateStore): Promise<AdoptPlan & {already: boolean}> {
  const [document, present] = await Promise.all([read(old), store.objects.get(store.key)])
  if (!document) throw notThere(old)
  const {serial, lineage, bytes} = document
  const there = present && readDocument(present.bytes, nameOf(store))
  if (there && there.lineage !== lineage) throw taken(store, there)
  const facts = {serial, lineage, resources: countResources(document), sha256: sha256(bytes)}
  return {from: nameOf(old), to: nameOf(store), ...facts, already: there !== undefined}
}

/** Copies the state as it is to the environment's own key, while nobody can write either of them. */
export async function* adopt(writing: Writing, old: StateStore, plan: AdoptPlan, why: string): Workflow<Replaced> {
  const {clock, worker, signal, lockTimeout} = writing
  const until = new Date(clock.now().getTime() + lockTimeout)
  const free = await takeLocks(old, why, worker, {until, clock, signal})
  try {
    const next = async () => {
      const document = await read(old)
      if (document && sha256(document.bytes) === plan.sha256) return document.bytes
      throw new Refused(`${plan.from} has changed since the plan was made.`, {state: 'Nothing was changed.'})
    }
    return yield* replaceState(writing, {why, etag: undefined, lineage: plan.lineage, above: plan.serial - 1, next})
  } finally {
    await free()
  }
}

async function read(store: StateStore): Promise<StateDocument | undefined> {
  const stored = await store.objects.get(store.key)
  return stored && readDocument(stored.bytes, nameOf(store))
}

const nameOf = ({objects, key}: StateStore) => `${objects.place}${key}`

export function adoptText({from, to, serial, resources}: AdoptPlan, {safe}: Canvas): string[] {
  return [`Copy ${safe(from)}`, `  to ${safe(to)}`, `  serial ${serial}, ${count(resources, 'resource')}, byte by byte`]
}

export function adoptedText({from, to}: AdoptPlan, env: string, already: boolean, canvas: Canvas): string[] {
  const sentence = already ? `${env} has this state already.` : `${env} has its state: ${to}`
  const rest = [`${from} stays as it is; nobody must apply to it any more.`]
  return verdict(
    sentence,
    [
      ['Old', already ? [] : rest],
      ['Next', [`fb state list --env ${env}`]],
    ],
    canvas,
  )
}

const notThere = (old: StateStore) =>
  new NotFound(`There is no state at ${nameOf(old)}.`, {
    code: 'no_state',
    state: 'Nothing was changed.',
    next: ['aws s3 ls --recursive s3://BUCKET/'],
  })

const taken = (store: StateStore, {lineage, serial}: StateDocument) =>
  new Refused(`${nameOf(store)} is a state already, of another lineage.`, {
    code: 'other_lineage',
    because: [`lineage ${lineage}, serial ${serial}`],
    state: 'Nothing was changed.',
    next: ['fb state list', 'fb state backups'],
  })

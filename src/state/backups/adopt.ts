import {Busy, Refused} from '../../errors.js'
import type {Canvas, Workflow} from '../../events.js'
import {noStateAt} from '../current.js'
import {countResources, readDocument, type StateDocument} from '../document/document.js'
import {underLocks} from '../locks/lock.js'
import {type Replaced, replaceState, type Writing} from '../replace.js'
import type {StateStore} from '../store.js'
import {verdict} from '../verdict.js'
import {count} from '../words.js'
import {sha256} from './backup.js'

export type AdoptPlan = {from: string; to: string; serial: number; lineage: string; resources: number; sha256: string}

/** Looks at the state under the old key. Throws when the environment has another state, or one that has fallen behind it. */
export async function planAdopt(old: StateStore, store: StateStore): Promise<AdoptPlan & {already: boolean}> {
  const [document, present] = await Promise.all([read(old), store.objects.get(store.key)])
  if (!document) throw notThere(old)
  const {serial, lineage, bytes} = document
  const there = present && readDocument(present.bytes, nameOf(store))
  const facts = {serial, lineage, resources: countResources(document), sha256: sha256(bytes)}
  const plan = {from: nameOf(old), to: nameOf(store), ...facts}
  if (!there) return {...plan, already: false}
  if (there.lineage !== lineage || there.serial < serial) throw taken(plan, there)
  return {...plan, already: true}
}

/** Copies the state as it is to the environment's own key, while nobody can write either of them. */
export async function* adopt(writing: Writing, old: StateStore, plan: AdoptPlan, why: string): Workflow<Replaced> {
  const {serial, lineage} = plan
  const next = async () => {
    const document = await read(old)
    if (document && sha256(document.bytes) === plan.sha256) return document.bytes
    throw new Busy(`${plan.from} has changed since the plan was made.`, {
      code: 'source_changed',
      state: 'Nothing was changed.',
    })
  }
  const change = {why, etag: undefined, lineage, above: serial - 1, next}
  return yield* underLocks([old], why, writing, () => replaceState(writing, change))
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
  noStateAt(old, {state: 'Nothing was changed.', next: [`aws s3 ls --recursive ${old.objects.place}`]})

const taken = ({from, to, lineage, serial}: AdoptPlan, there: StateDocument) =>
  new Refused(
    there.lineage === lineage
      ? `${from} has gone on since it was adopted: somebody still applies to it.`
      : `${to} is a state already, of another lineage.`,
    {
      code: there.lineage === lineage ? 'diverged' : 'other_lineage',
      because: [
        `${from}: serial ${serial}, lineage ${lineage}`,
        `${to}: serial ${there.serial}, lineage ${there.lineage}`,
      ],
      state: 'Nothing was changed.',
      next: ['fb state list', 'fb state backups'],
    },
  )

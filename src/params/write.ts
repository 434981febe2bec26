import type {Clock} from '../clock.js'
import {Busy, explain, type FbError, Interrupted, PartlyDone} from '../errors.js'
import {type Event, stands, type Workflow} from '../events.js'
import {type Change, moved} from './change.js'
import type {Rollout} from './fleet.js'
import type {Kind, Store, Tier} from './store.js'

/** What became of one parameter; never its value. */
export type Result = {
  key: string
  name: string
  action: 'created' | 'updated' | 'unchanged'
  version: number
  previous?: number
  type: Kind
  /** Not looked up of what stays as it is. */
  tier?: Tier
  rollout: Rollout
}

/** How long a read may show what was before a write, in ms. */
const SEEN_WITHIN = 5000
const LOOK_AGAIN = 250

const INTERLEAVED = 'interleaved'

/** Writes one after the other, each only over the version that the plan was made on, and waits until it can be read. */
export async function* writeChanges(
  store: Store,
  changes: Change[],
  clock: Clock,
  resume: string[],
): Workflow<Result[]> {
  const wanted = changes.filter(({action, tags}) => action !== 'same' || Object.keys(tags).length > 0)
  const results = new Map<Change, Result>()
  const title = wanted.length === 1 ? `Write ${wanted[0]!.key}` : `Write ${wanted.length} parameters`
  if (wanted.length > 0) {
    yield {type: 'plan', steps: {write: title}}
    yield {type: 'start', step: 'write'}
  }
  for (const change of wanted) {
    if (wanted.length > 1)
      yield {type: 'progress', step: 'write', line: `${results.size + 1}/${wanted.length} ${change.key}`}
    try {
      results.set(change, await writeOne(store, change, clock))
    } catch (error) {
      if (error instanceof Interrupted || results.size === 0) throw error
      throw partly([...results.values()], wanted.slice(results.size), explain(error), resume)
    }
    yield standing([...results.values()], wanted.slice(results.size), resume)
  }
  if (wanted.length > 0) yield {type: 'done', step: 'write', detail: sayVersions([...results.values()])}
  return changes.map((change) => results.get(change) ?? unchanged(change))
}

async function writeOne(store: Store, change: Change, clock: Clock): Promise<Result> {
  const {key, name, value, type, tier, keyId, description, tags, before, rollout} = change
  const previous = before?.version ?? 0
  if (change.action === 'same') {
    await store.tag(name, tags)
    return unchanged(change)
  }
  const now = await store.parameter(name)
  if ((now?.version ?? 0) !== previous) throw moved(key, sayVersion(now?.version), sayVersion(previous))
  // Tags come with a new parameter in one call; the store takes them with no new version.
  const written = await store.put({name, value, type, tier, keyId, description, previous, tags})
  if (before && Object.keys(tags).length > 0) await store.tag(name, tags)
  if (written.version > previous + 1) await refuseInterleaved(store, change, written.version)
  await untilSeen(store, name, written.version, clock)
  const done = before ? ('updated' as const) : ('created' as const)
  return {key, name, action: done, ...written, ...(before && {previous}), type, rollout}
}

/** The store has no way to write only over a known version: what came between shows in the number. Our own first try is no stranger. */
async function refuseInterleaved(store: Store, {key, name, value, before}: Change, version: number): Promise<void> {
  const between = await store.parameter(name, String(version - 1))
  if (between?.value === value) return
  throw new Busy(`Somebody else has written ${key} at the same moment: it was ${sayVersion(before?.version)}.`, {
    code: INTERLEAVED,
    state: `Your value is v${version}. The other one is kept as v${version - 1}.`,
    next: [`fb params history ${key}`, `fb params rollback ${key} --to ${version - 1}`],
  })
}

async function untilSeen(store: Store, name: string, version: number, clock: Clock): Promise<void> {
  const giveUp = clock.now().getTime() + SEEN_WITHIN
  while (((await store.parameter(name))?.version ?? 0) < version && clock.now().getTime() < giveUp)
    await clock.sleep(LOOK_AGAIN)
}

const sayVersions = (results: Result[]) => (results.length === 1 ? `v${results[0]!.version}` : '')

const sayVersion = (version: number | undefined) => (version ? `v${version}` : 'missing')

const unchanged = ({key, name, type, before, rollout}: Change): Result => ({
  key,
  name,
  action: 'unchanged',
  version: before!.version,
  type,
  tier: before!.tier,
  rollout,
})

const said = (done: Result[], left: Change[]) =>
  [
    done.length > 0 ? `Written: ${done.map(({key, version}) => `${key} v${version}`).join(', ')}.` : '',
    left.length > 0
      ? `Left as they were: ${left.map(({key}) => key).join(', ')}; what is written stays as it is when it is all done again.`
      : '',
  ]
    .filter(Boolean)
    .join(' ')

const standing = (done: Result[], left: Change[], resume: string[]): Event =>
  stands(said(done, left), left.length > 0 ? resume : [])

function partly(done: Result[], open: Change[], failure: FbError, resume: string[]): PartlyDone {
  const wrote = failure.code === INTERLEAVED
  const left = wrote ? open.slice(1) : open
  return new PartlyDone(
    `${done.length} of ${done.length + open.length} parameters are written, then: ${failure.message}`,
    {
      code: 'partly_written',
      because: failure.because,
      state: [said(done, left), wrote ? failure.state : ''].filter(Boolean).join(' '),
      next: [...resume, ...failure.next],
      cause: failure,
    },
  )
}

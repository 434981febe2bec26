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

/** What is typed for the keys that are left. */
export type Resume = (left: string[]) => string[]

/** How long a read may show what was before a write, in ms. */
const SEEN_WITHIN = 5000
const LOOK_AGAIN = 250

const INTERLEAVED = 'interleaved'
const AFTERWARDS = 'not_completed'

/** Writes one after the other, each only over the version that the plan was made on, and waits until it can be read. */
export async function* writeChanges(store: Store, changes: Change[], clock: Clock, resume: Resume): Workflow<Result[]> {
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
      const result = await writeOne(store, change)
      results.set(change, result)
      yield standing([...results.values()], wanted.slice(results.size), resume)
      await completed(store, change, result, clock)
    } catch (error) {
      const failure = explain(error)
      const alone = results.size === 0 || (wanted.length === 1 && failure.code === INTERLEAVED)
      if (failure instanceof Interrupted || alone) throw error
      throw partly([...results.values()], wanted.slice(results.size), failure, resume)
    }
  }
  if (wanted.length > 0) yield {type: 'done', step: 'write', detail: sayVersions([...results.values()])}
  return changes.map((change) => results.get(change) ?? unchanged(change))
}

async function writeOne(store: Store, change: Change): Promise<Result> {
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
  const done = before ? ('updated' as const) : ('created' as const)
  // What stays the same is no old value to the tasks that have it.
  const tasks = before?.value === value ? rollout.old : rollout.tasks
  return {key, name, action: done, ...written, ...(before && {previous}), type, rollout: {...rollout, tasks}}
}

/** What follows a write. It stands, whatever becomes of this. */
async function completed(
  store: Store,
  change: Change,
  {key, name, action, version}: Result,
  clock: Clock,
): Promise<void> {
  const {before, tags} = change
  if (action === 'unchanged') return
  if (version > (before?.version ?? 0) + 1) await refuseInterleaved(store, change, version)
  try {
    if (before && Object.keys(tags).length > 0) await store.tag(name, tags)
  } catch (error) {
    throw afterwards(`${key} v${version} is written, its tags are not`, error)
  }
  try {
    await untilSeen(store, name, version, clock)
  } catch (error) {
    throw afterwards(`${key} v${version} is written, but could not be read again`, error)
  }
}

function afterwards(what: string, error: unknown): FbError {
  const failure = explain(error)
  if (failure instanceof Interrupted) return failure
  const {message, because, next} = failure
  return new PartlyDone(`${what}: ${message}`, {code: AFTERWARDS, because, next, cause: error})
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

const keysOf = (changes: Change[]) => changes.map(({key}) => key)

const standing = (done: Result[], left: Change[], resume: Resume): Event =>
  stands(said(done, left), left.length > 0 ? resume(keysOf(left)) : [])

function partly(done: Result[], left: Change[], failure: FbError, resume: Resume): PartlyDone {
  const {message, because, code, next} = failure
  const count = `${done.length} of ${done.length + left.length} parameters are written, then: ${message}`
  const only = done.length === 1 && left.length === 0
  const open = [...(code === AFTERWARDS ? [done.at(-1)!.key] : []), ...keysOf(left)]
  return new PartlyDone(only ? message : count, {
    code: 'partly_written',
    because,
    state: [said(done, left), code === INTERLEAVED ? failure.state : ''].filter(Boolean).join(' '),
    next: [...(open.length > 0 ? resume(open) : []), ...next],
    cause: failure,
  })
}

import {Busy, Refused} from '../../errors.js'
import type {Workflow} from '../../events.js'
import {compareStates, type Difference} from '../diff.js'
import {countResources, readDocument, type StateDocument, sameContent, withSerial} from '../document/document.js'
import {type Replaced, replaceState, type Writing} from '../replace.js'
import type {StateStore} from '../store.js'
import {type Manifest, type Owner, sha256} from './backup.js'
import {type Reach, readSource, type Source} from './sources.js'

export type RestorePlan = {
  /** As readSource() takes it, and the SHA-256 of what was planned with. */
  source: {name: string; from: string; sha256: string; serial: number; resources: number; at: Date; manifest?: Manifest}
  /** What is there now: nothing when the state is gone, no serial when it cannot be read. */
  current?: {serial?: number; resources?: number; why?: string}
  etag: string | undefined
  lineage: string
  /** The highest serial that this environment is known to have had. */
  known?: number
  above: number
  /** What will be written. */
  serial: number
  /** There is nothing to do: the current state is this one, perhaps under another serial. */
  same: boolean
  /** From the current state to the restored one; unknown when the current one cannot be read. */
  differences?: Difference[]
}

/** Reads both states and says what the restore would change. Throws when they are not of one lineage. */
export async function planRestore(reach: Reach, name: string): Promise<RestorePlan> {
  const source = await readSource(reach, name)
  const {etag, document, resources, why} = await readCurrent(reach.store)
  const known = document ?? (await newestReadable(reach.store))
  const {lineage, serial} = source.document
  refuseOthers(source, reach.backups.of)
  if (known && known.lineage !== lineage) throw otherLineage(source, known)
  if (!known) await refuseTwin(reach.store, source)
  const above = Math.max(known?.serial ?? 0, serial)
  return {
    source: describeSource(source),
    current: document ? {serial: document.serial, resources} : etag ? {why} : undefined,
    etag,
    lineage,
    known: known?.serial,
    above,
    serial: above + 1,
    same: document !== undefined && sameContent(document, source.document),
    differences: document && compareStates(document, source.document),
  }
}

const describeSource = ({name, from, stored, document, manifest}: Source): RestorePlan['source'] => ({
  name,
  from,
  sha256: sha256(stored.bytes),
  serial: document.serial,
  resources: countResources(document),
  at: manifest ? new Date(manifest.at) : stored.at,
  manifest,
})

type Current = {etag?: string; document?: StateDocument; resources?: number; why?: string}

/** A state that is gone or broken is what a restore is for. */
async function readCurrent({objects, key}: StateStore): Promise<Current> {
  const stored = await objects.get(key)
  if (!stored) return {}
  try {
    const document = readDocument(stored.bytes, `${objects.place}${key}`)
    return {etag: stored.etag, document, resources: countResources(document)}
  } catch (error) {
    return {etag: stored.etag, why: (error as Error).message}
  }
}

const VERSIONS = 20

/** What the broken or missing state was before, as far as its newest versions can be read. */
async function newestReadable({objects, key, versions}: StateStore): Promise<StateDocument | undefined> {
  for (const {versionId, deleted} of await versions(key, VERSIONS)) {
    const stored = deleted ? undefined : await objects.get(key, versionId)
    if (!stored) continue
    try {
      return readDocument(stored.bytes, versionId)
    } catch {}
  }
  return undefined
}

/**
 * The plan for a state that Terraform could not save itself and left in a file: it must be newer than what is there, or
 * somebody has gone on without it.
 */
export async function planRecovery(reach: Reach, file: string): Promise<RestorePlan> {
  const plan = await planRestore(reach, file)
  const {source, known} = plan
  if (known !== undefined && !plan.same && source.serial <= known)
    throw source.serial === known ? forked(source) : overtaken(source, known)
  return {...plan, above: source.serial - 1, serial: source.serial}
}

/** Writes the planned state over the current one. */
export function restore(site: Writing, reach: Reach, plan: RestorePlan, why: string): Workflow<Replaced> {
  const {etag, lineage, above, serial, source} = plan
  const next = async () => {
    const {document, stored} = await readSource(reach, source.name)
    if (sha256(stored.bytes) !== source.sha256) throw sourceChanged(source.name)
    return withSerial(document, serial)
  }
  return replaceState(site, {why, etag, lineage, above, next})
}

/** A backup knows whose it is. */
function refuseOthers({from, manifest}: Source, {app, env}: Owner): void {
  if (!manifest || (manifest.app === app && manifest.env === env)) return
  throw new Refused(`${from} is a backup of ${manifest.app} ${manifest.env}, not of ${app} ${env}.`, {
    code: 'other_environment',
    state: 'Nothing was changed.',
    next: ['fb state backups'],
  })
}

/** Where there was no state yet nothing tells whose this one is, but two environments never have one lineage. */
async function refuseTwin({objects, key}: StateStore, {from, document}: Source): Promise<void> {
  const [app] = key.split('/')
  const keys = (await objects.list(`${app}/`)).filter((other) => other.endsWith('/terraform.tfstate') && other !== key)
  for (const other of keys) {
    const stored = await objects.get(other)
    if (!stored || lineageOf(stored.bytes) !== document.lineage) continue
    throw new Refused(`${from} is the state of another environment: two must never manage the same things.`, {
      code: 'other_environment',
      because: [`${objects.place}${other} has the same lineage, ${document.lineage}`],
      state: 'Nothing was changed.',
    })
  }
}

function lineageOf(bytes: Buffer): string | undefined {
  try {
    return readDocument(bytes, 'another state').lineage
  } catch {
    return undefined
  }
}

const otherLineage = ({from, document}: Source, known: StateDocument) =>
  new Refused(`${from} is a state of something else: its lineage is another one.`, {
    code: 'other_lineage',
    because: [`lineage ${document.lineage}`, `this environment's lineage ${known.lineage}`],
    state: 'Nothing was changed.',
    next: ['fb state backups'],
  })

const sourceChanged = (name: string) =>
  new Busy(`${name} has changed since the plan was made.`, {code: 'source_changed', state: 'Nothing was changed.'})

/** Both went on from the same state, and neither knows what the other did. */
const forked = ({from, serial}: RestorePlan['source']) =>
  new Refused(`${from} and the state that is there are two different ones with the same serial.`, {
    code: 'forked',
    because: [`both have serial ${serial}: each was made of the one before, without the other`],
    state: 'Nothing was changed.',
    next: [`fb state diff current ${from}`, `fb state restore ${from}`],
  })

const overtaken = ({from, serial}: RestorePlan['source'], current: number) =>
  new Refused(`${from} is older than the state that is there: somebody has gone on without it.`, {
    code: 'overtaken',
    because: [`serial ${serial} in the file`, `serial ${current} known in the bucket`],
    state: 'Nothing was changed.',
    next: [`fb state diff current ${from}`, `fb state restore ${from}`],
  })

import type {Clock} from '../clock.js'
import {duration} from '../durations.js'
import {FbError} from '../errors.js'
import {stands, type Workflow} from '../events.js'
import type {RawChange} from './plan-json.js'

/** A database that would go without a last snapshot of itself; AWS knows it by its identifier. */
export type Unsaved = {address: string; identifier: string}

/** Those that a plan destroys or replaces: Terraform takes a snapshot only of what asks for one. */
export const unsavedIn = (changes: RawChange[]): Unsaved[] =>
  changes.flatMap(({address, type, change: {actions, before}}) => {
    const {skip_final_snapshot: skip, identifier} = (before ?? {}) as Record<string, unknown>
    const goes = type === 'aws_db_instance' && actions.includes('delete')
    return goes && skip === true ? [{address, identifier: String(identifier)}] : []
  })

/** The last snapshot of a database, by the name that it gets. */
export type LastSnapshot = Unsaved & {name: string}

export function named(databases: Unsaved[], at: Date): LastSnapshot[] {
  const stamp = at.toISOString().slice(0, 19).replace(/[-:T]/g, '')
  return databases.map((one) => ({...one, name: `${one.identifier}-final-${stamp}`}))
}

/** The steps of `lastSnapshots`. */
export const snapshotSteps = (snapshots: LastSnapshot[]): Record<string, string> =>
  Object.fromEntries(snapshots.map(({name, address}) => [name, `Snapshot ${address}`]))

export type SnapshotAws = {
  /** A snapshot of that name is being made; it may be asked for twice. */
  createSnapshot(database: string, name: string): Promise<void>
  /** How it is, and how much of it is there. */
  snapshot(name: string): Promise<{status: string; percent: number}>
}

const EVERY = 10_000

type Means = {
  clock: Clock
  signal: AbortSignal
  /** The command that needs them. */
  command: string
}

/** Takes the last snapshot of databases that Terraform would let go without one. */
export async function* lastSnapshots(
  aws: SnapshotAws,
  snapshots: LastSnapshot[],
  {clock, signal, command}: Means,
): Workflow<void> {
  for (const {name, identifier} of snapshots) {
    yield {type: 'start', step: name}
    const since = clock.now().getTime()
    await aws.createSnapshot(identifier, name)
    yield stands(`Nothing is destroyed. The snapshot ${name} is there or on its way.`, [command])
    for (;;) {
      const {status, percent} = await aws.snapshot(name)
      if (status === 'available') break
      if (status !== 'creating') throw notTaken(name, status, command)
      const taken = duration(clock.now().getTime() - since)
      const text = `${percent} % after ${taken}; minutes for a small database, longer for a large one`
      yield {type: 'progress', step: name, line: `Snapshot ${name}: ${percent} %`, panel: () => [text]}
      await clock.sleep(EVERY, signal)
    }
    yield {type: 'done', step: name, detail: name}
  }
}

const notTaken = (name: string, status: string, command: string) =>
  new FbError(`The last snapshot ${name} is ${status}.`, {
    code: 'no_snapshot',
    because: [`rds:DescribeDBSnapshots: ${status}`],
    state: 'Nothing is destroyed.',
    next: [command],
  })

import type {Clock} from '../clock.js'
import {duration} from '../durations.js'
import {FbError} from '../errors.js'
import {stands, type Workflow} from '../events.js'
import type {Unsaved} from './teardown.js'

export type SnapshotAws = {
  /** A snapshot of that name is being made; it may be asked for twice. */
  createSnapshot(database: string, name: string): Promise<void>
  /** How it is, and how much of it is there. */
  snapshot(name: string): Promise<{status: string; percent: number}>
}

const EVERY = 10_000

/** Takes the last snapshot of databases that Terraform would let go without one. Their names. */
export async function* lastSnapshots(
  aws: SnapshotAws,
  databases: Unsaved[],
  {clock, signal}: {clock: Clock; signal: AbortSignal},
): Workflow<string[]> {
  const stamp = clock.now().toISOString().slice(0, 19).replace(/[-:T]/g, '')
  const named = databases.map((one) => ({...one, name: `${one.identifier}-final-${stamp}`}))
  yield {type: 'plan', steps: Object.fromEntries(named.map(({name, address}) => [name, `Snapshot ${address}`]))}
  for (const {name, identifier} of named) {
    yield {type: 'start', step: name}
    const since = clock.now().getTime()
    await aws.createSnapshot(identifier, name)
    yield stands(`Nothing is destroyed. The snapshot ${name} is there or on its way.`, ['fb infra down'])
    for (;;) {
      const {status, percent} = await aws.snapshot(name)
      if (status === 'available') break
      if (status !== 'creating') throw notTaken(name, status)
      const taken = duration(clock.now().getTime() - since)
      const text = `${percent} % after ${taken}; minutes for a small database, longer for a large one`
      yield {type: 'progress', step: name, line: `Snapshot ${name}: ${percent} %`, panel: () => [text]}
      await clock.sleep(EVERY, signal)
    }
    yield {type: 'done', step: name, detail: name}
  }
  return named.map(({name}) => name)
}

const notTaken = (name: string, status: string) =>
  new FbError(`The last snapshot ${name} is ${status}.`, {
    code: 'no_snapshot',
    because: [`rds:DescribeDBSnapshots: ${status}`],
    state: 'Nothing is destroyed.',
    next: ['fb infra down'],
  })

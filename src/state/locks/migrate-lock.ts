import type {Canvas, Workflow} from '../../events.js'
import type {StateStore} from '../store.js'
import {verdict} from '../verdict.js'
import {type Means, underLocks} from './lock.js'

/** What locks a state: the DynamoDB table, S3's own lock file, or both. */
export const LOCKS = ['table', 'lockfile', 'both'] as const
export type LockKind = (typeof LOCKS)[number]

/** An environment's state, whose `locks` are both kinds. */
export type Member = {env: string; store: StateStore}

/** The environments that have a state; the others have nothing to migrate. */
export async function withState(members: Member[]): Promise<Member[]> {
  const there = await Promise.all(members.map(({store}) => store.objects.fingerprint(store.key)))
  return members.filter((_, i) => there[i] !== undefined)
}

/**
 * Changes what locks the states while nobody can hold either lock. The digest goes with the table: one that is left behind is
 * wrong after the next change, and Terraform would refuse the state when somebody returns to the table.
 */
export async function* migrateLock(
  members: Member[],
  to: LockKind,
  writeSettings: () => Promise<void>,
  means: Means,
): Workflow<void> {
  yield {type: 'plan', steps: {lock: 'Lock the states both ways', digests: 'Set the digests', settings: 'Write fb.yml'}}
  yield {type: 'start', step: 'lock'}
  const stores = members.map(({store}) => store)
  yield* underLocks(stores, 'fb state migrate-lock', means, async function* () {
    yield {type: 'done', step: 'lock', detail: members.map(({env}) => env).join(', ')}
    means.signal.throwIfAborted()
    yield {type: 'start', step: 'digests'}
    for (const store of stores)
      await store.setDigest(to === 'lockfile' ? undefined : (await store.objects.fingerprint(store.key))?.md5)
    yield {type: 'done', step: 'digests', detail: to === 'lockfile' ? 'none without the table' : 'those of the states'}
    yield {type: 'start', step: 'settings'}
    await writeSettings()
    yield {type: 'done', step: 'settings', detail: lockWords(to)}
  })
}

export const lockWords = (kind: LockKind): string =>
  ({table: 'the DynamoDB table', lockfile: 'the lock file in S3', both: 'the DynamoDB table and the lock file in S3'})[
    kind
  ]

export const migratedText = (to: LockKind, file: string, canvas: Canvas): string[] =>
  verdict(
    `The states are locked by ${lockWords(to)}.`,
    [
      ['Wrote', [file]],
      ['Next', ['give this fb.yml to everybody before the next change: who has the old one takes the old lock']],
    ],
    canvas,
  )

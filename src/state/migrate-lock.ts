import type {Clock} from '../clock.js'
import type {Canvas, Workflow} from '../events.js'
import {takeLocks, type Worker} from './lock.js'
import type {StateStore} from './store.js'
import {verdict} from './verdict.js'

/** What locks a state: the DynamoDB table, S3's own lock file, or both. */
export const LOCKS = ['table', 'lockfile', 'both'] as const
export type LockKind = (typeof LOCKS)[number]

/** An environment's state, whose `locks` are both kinds. */
export type Member = {env: string; store: StateStore}

type Means = {worker: Worker; clock: Clock; signal: AbortSignal; lockTimeout: number}

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
  {worker, clock, signal, lockTimeout}: Means,
): Workflow<void> {
  const titles = members.map(({env}): [string, string] => [env, `Lock ${env} both ways`])
  yield {type: 'plan', steps: {...Object.fromEntries(titles), settings: 'Write fb.yml'}}
  const until = new Date(clock.now().getTime() + lockTimeout)
  const taken: (() => Promise<void>)[] = []
  try {
    for (const {env, store} of members) {
      yield {type: 'start', step: env}
      taken.push(await takeLocks(store, 'fb state migrate-lock', worker, {until, clock, signal}))
      yield {type: 'done', step: env, detail: store.key}
    }
    yield {type: 'start', step: 'settings'}
    signal.throwIfAborted()
    for (const {store} of members)
      await store.setDigest(to === 'lockfile' ? undefined : (await store.objects.fingerprint(store.key))?.md5)
    await writeSettings()
    yield {type: 'done', step: 'settings', detail: to}
  } finally {
    await Promise.all(taken.map((free) => free()))
  }
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

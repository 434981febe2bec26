import {setTimeout as wait} from 'node:timers/promises'

import type {Clock} from '../clock.js'
import {AccessError, explain, isLoggedOut} from '../errors.js'

export type Reads<T> = {[K in keyof T]: {every: () => number; read: () => Promise<T[K]>}}

/** A read that fails at the moment: since when, and what AWS says. One that is `denied` will fail again. */
export type Stale = {read: string; since: Date; reason: string; denied?: boolean}

export type Polled<T> = {at: Date; values: Partial<T>; stale: Stale[]}

/** How long a slow read may hold up the picture of the others, in ms of our own time. */
const SLOW = 5000

/**
 * Repeats each read at its own pace, those that are due side by side, and yields all latest values after every round.
 * A failed read is reported as stale and tried again at its next turn: failing to observe is not failing. Only credentials
 * that have ended for good stop the polling.
 */
export async function* poll<T>(
  reads: Reads<T>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Polled<T>, never, void> {
  const names = Object.keys(reads) as (keyof T & string)[]
  const due = new Map(names.map((name) => [name, 0]))
  const values: Partial<T> = {}
  const stale = new Map<string, Stale>()
  const underway = new Map<string, Promise<void>>()
  let ended: {error: unknown} | undefined
  const fail = (name: string, reason: string, denied = false) =>
    stale.set(name, {read: name, since: stale.get(name)?.since ?? clock.now(), reason, denied})
  const take = async (name: keyof T & string) => {
    try {
      values[name] = await reads[name].read()
      stale.delete(name)
    } catch (error) {
      if (signal.aborted || isLoggedOut(error)) ended = {error}
      const failure = explain(error)
      fail(name, failure.message, failure instanceof AccessError)
    }
    due.set(name, clock.now().getTime() + reads[name].every())
    underway.delete(name)
  }
  for (;;) {
    const now = clock.now().getTime()
    for (const name of names) if (!underway.has(name) && due.get(name)! <= now) underway.set(name, take(name))
    await atMost(SLOW, Promise.all(underway.values()))
    if (ended) throw ended.error
    for (const name of underway.keys()) fail(name, 'AWS has not answered yet')
    yield {at: clock.now(), values: {...values}, stale: [...stale.values()]}
    const next = Math.min(...names.filter((name) => !underway.has(name)).map((name) => due.get(name)!), now + SLOW)
    await clock.sleep(Math.max(1, next - clock.now().getTime()), signal)
  }
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController()
  const patience = wait(ms, undefined, {signal: enough.signal}).catch(() => {})
  await Promise.race([work, patience])
  enough.abort()
}

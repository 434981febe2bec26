import type {Clock} from '../clock.js'
import {AccessError, explain} from '../errors.js'

export type Reads<T> = {[K in keyof T]: {every: () => number; read: () => Promise<T[K]>}}

/** A read that fails at the moment: since when, and what AWS says. */
export type Stale = {read: string; since: Date; reason: string}

export type Polled<T> = {at: Date; values: Partial<T>; stale: Stale[]}

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
  for (;;) {
    const now = clock.now().getTime()
    const turn = names.filter((name) => due.get(name)! <= now)
    await Promise.all(
      turn.map(async (name) => {
        try {
          values[name] = await reads[name].read()
          stale.delete(name)
        } catch (error) {
          const failure = explain(error)
          if (signal.aborted || (failure instanceof AccessError && failure.code === 'bad_credentials')) throw error
          stale.set(name, {read: name, since: stale.get(name)?.since ?? clock.now(), reason: failure.message})
        }
        due.set(name, clock.now().getTime() + reads[name].every())
      }),
    )
    yield {at: clock.now(), values: {...values}, stale: [...stale.values()]}
    await clock.sleep(Math.max(1, Math.min(...due.values()) - clock.now().getTime()), signal)
  }
}

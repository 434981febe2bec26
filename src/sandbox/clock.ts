import {setImmediate as turn, setTimeout as wait} from 'node:timers/promises'

export type Clock = {now(): Date; sleep(ms: number, signal?: AbortSignal): Promise<void>}

/** At the real time `real` the sandbox's time was `at`; since then it runs `speed` times as fast. Speed 0 stands still. */
export type ClockFacts = {at: number; real: number; speed: number}

export const timeOf = (clock: ClockFacts): number => Math.round(clock.at + (Date.now() - clock.real) * clock.speed)

export const rebased = (clock: ClockFacts, change: {speed?: number; advance?: number}): ClockFacts => ({
  at: timeOf(clock) + (change.advance ?? 0),
  real: Date.now(),
  speed: change.speed ?? clock.speed,
})

/** A sleeper on the manual clock is the one who moves it: nothing else would, and a test must not wait. */
export function clockOf(facts: () => ClockFacts, advance: (ms: number) => void): Clock {
  return {
    now: () => new Date(timeOf(facts())),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const {speed} = facts()
      if (speed === 0) {
        advance(ms)
        // Whoever sleeps in a loop must still hear Ctrl-C.
        return turn()
      }
      try {
        await wait(ms / speed, undefined, {signal})
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
  }
}

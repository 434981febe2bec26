import {setImmediate as turn, setTimeout as wait} from 'node:timers/promises'

export type Clock = {
  now(): Date
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  unhurried(ms: number): void
}

/**
 * At the real time `real` the sandbox's time was `at`; since then it runs `speed` times as fast, but until the real time
 * `calm` no faster than ours. Speed 0 stands still.
 */
export type ClockFacts = {at: number; real: number; speed: number; calm?: number}

export function timeOf({at, real, speed, calm = real}: ClockFacts): number {
  const now = Date.now()
  const slow = Math.max(0, Math.min(now, calm) - real)
  return Math.round(at + slow * Math.min(1, speed) + (now - real - slow) * speed)
}

type Change = {speed?: number; advance?: number; calm?: number}

export const rebased = (
  clock: ClockFacts,
  {speed = clock.speed, advance = 0, calm = clock.calm}: Change,
): ClockFacts => ({
  at: timeOf(clock) + advance,
  real: Date.now(),
  speed,
  ...(calm !== undefined && {calm}),
})

/** How long to wait, in ms of our own, until the sandbox's time has gone on by `ms`. */
function realTime(ms: number, {speed, calm = 0}: ClockFacts): number {
  const slow = Math.max(0, calm - Date.now())
  if (speed <= 1 || slow === 0) return ms / speed
  return ms <= slow ? ms : slow + (ms - slow) / speed
}

/** A sleeper on the manual clock is the one who moves it: nothing else would, and a test must not wait. */
export function clockOf(facts: () => ClockFacts, change: (change: Change) => void): Clock {
  return {
    now: () => new Date(timeOf(facts())),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      const clock = facts()
      if (clock.speed === 0) {
        change({advance: ms})
        // Whoever sleeps in a loop must still hear Ctrl-C.
        return turn()
      }
      try {
        await wait(realTime(ms, clock), undefined, {signal})
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
    unhurried: (ms) => change({calm: Date.now() + ms}),
  }
}

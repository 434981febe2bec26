import {setTimeout as wait} from 'node:timers/promises'

/** The time AWS lives in: the system's for AWS itself, the sandbox's own (faster, or set by hand) for the sandbox. */
export type Clock = {
  now(): Date
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs no faster than ours for `ms`, because a person has so long to answer. Absent where it never does. */
  unhurried?(ms: number): void
}

export const systemClock: Clock = {
  now: () => new Date(),
  // Node's timer rejects with an AbortError of its own; whoever is asleep must learn why.
  sleep: (ms, signal) =>
    wait(ms, undefined, {signal}).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error
    }),
}

import type {Clock} from '../clock.js'
import {explain, isLoggedOut, isThrottled} from '../errors.js'

const FIRST = 500
const MOST = 20_000
const LOGIN = 5000
const PASSING = new Set(['throttled', 'no_answer', 'unreachable', 'bad_answer'])

/** Whether trying again later is all there is to do about it: throttling, the network, AWS's own trouble. */
export function isPassing(error: unknown): boolean {
  const {code} = explain(error)
  const status = (error as {$metadata?: {httpStatusCode?: number}}).$metadata?.httpStatusCode ?? 0
  return PASSING.has(code) || (code === 'aws_error' && status >= 500)
}

export type Patience = {
  clock: Clock
  /** Ends the waiting; the error is thrown then. */
  signal: AbortSignal
  /** Wait for a person to log in again, instead of ending. */
  login: boolean
  /** Told of the first failure in a row, and that it is over. */
  note(text: string): void
  /** When to stop waiting, by the clock (ms). */
  end?: number
  random?: () => number
}

/** The end came while a call was still tried again. */
export class TimeIsUp extends Error {}

/** Calls until it works; only what trying again cannot mend is thrown. Waits longer each time, at random (full jitter). */
export async function persist<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const {clock, signal, login, note, end = Number.POSITIVE_INFINITY, random = Math.random} = patience
  const left = () => end - clock.now().getTime()
  let said = ''
  for (let tries = 0; ; tries++) {
    try {
      const answer = await call()
      if (said) note('Reading goes on; nothing was missed.')
      return answer
    } catch (error) {
      const loggedOut = isLoggedOut(error)
      if (signal.aborted || left() <= 0 || !(loggedOut ? login : isPassing(error))) throw error
      const {message, next} = explain(error)
      const reason = loggedOut ? `${message} Type in another window: ${next[0]}` : `${sentence(message)} Trying again.`
      // One throttled call is everyday life.
      if (reason !== said && (loggedOut || tries > 0)) note(reason)
      if (loggedOut || tries > 0) said = reason
      const wait = loggedOut ? LOGIN : 1 + random() * Math.min(MOST, FIRST * 2 ** tries)
      await clock.sleep(Math.min(wait, Math.max(1, left())), signal)
    }
  }
}

/** What AWS says ends with a full stop or does not. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

/**
 * For what comes before the reading: calls that the SDK has repeated already. Where there is nothing to lose yet, a network or
 * a login that is not there is better said at once; throttling passes.
 */
export const outlastThrottling = <T>(call: () => Promise<T>, patience: Patience): Promise<T> =>
  outlast(call, patience, isThrottled)

/** The same for whatever `passes`. */
export async function outlast<T>(
  call: () => Promise<T>,
  patience: Patience,
  passes: (error: unknown) => boolean,
): Promise<T> {
  const {clock, signal, note, end = Number.POSITIVE_INFINITY} = patience
  for (let tries = 0; ; tries++) {
    try {
      return await call()
    } catch (error) {
      if (signal.aborted || clock.now().getTime() >= end || !passes(error)) throw error
      if (tries === 0) note(`${sentence(explain(error).message)} Trying again.`)
      await clock.sleep(MOST, signal)
    }
  }
}

/** Lets pass what an end that was asked for has brought about. */
export const unless = (stop: AbortSignal) => (error: unknown) => {
  if (!stop.aborted) throw error
}

import type {Clock} from '../clock.js'
import {age} from '../durations.js'
import {explain, isLoggedOut} from '../errors.js'
import type {Canvas} from '../events.js'
import {Live} from './live.js'
import {safe, safeLine} from './safe.js'

/** A whole status is some five calls to CodeDeploy, which throttles an account at about forty a minute. */
const REFRESH = 10_000

/** Where the pictures go. `fresh` is a picture, or a reason, unlike the one before it. */
export type Place<T> = {
  show(value: T, fresh: boolean): void
  warn(text: string, last: T, fresh: boolean): void
  end(): void
}

/**
 * Reads something again and again until the signal. Once it was seen, failing to read it again is only said: the last
 * picture stays, and only credentials that have ended for good end it.
 */
export async function keepShowing<T>(
  read: () => Promise<T>,
  place: Place<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<never> {
  let last: {value: T; seen: string; at: number} | undefined
  let said = ''
  const show = (value: T) => {
    const seen = JSON.stringify(value)
    place.show(value, seen !== last?.seen)
    last = {value, seen, at: clock.now().getTime()}
    said = ''
  }
  const warn = (error: unknown) => {
    if (!last || signal.aborted || isLoggedOut(error)) throw error
    const reason = safeLine(explain(error).message).replace(/\.$/, '')
    const ago = age(clock.now().getTime() - last.at)
    place.warn(`last read ${ago} ago: ${reason}, trying again`, last.value, reason !== said)
    said = reason
  }
  try {
    for (;;) {
      await read().then(show, warn)
      await clock.sleep(REFRESH, signal)
    }
  } finally {
    place.end()
  }
}

/** A terminal, drawn over in place. */
export function inPlace<T>(
  terminal: NodeJS.WriteStream,
  draw: (value: T, canvas: Canvas) => string[],
  canvas: () => Canvas,
): Place<T> {
  const live = new Live(terminal)
  const over = (lines: string[]) => live.draw(lines.map((line) => safe(line, {colours: true})))
  return {
    show: (value) => over(draw(value, canvas())),
    // Above the picture, because what is below may not fit on the screen.
    warn: (text, last) => over([`${canvas().paint.warn('!')} ${text}`, '', ...draw(last, canvas())]),
    end: () => live.end(),
  }
}

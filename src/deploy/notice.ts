import type {Clock} from '../clock.js'
import {duration} from '../durations.js'

/** Hears a key while work is shown, until the function it returns is called; undefined where no person is. */
export type Hear = (key: string, heard: () => void) => (() => void) | undefined

/** How long a person has to object. */
const LASTS = 10_000
const KEY = 'k'

/** The time between the announcement of something and the thing itself, in which a person can say no. */
export type Notice = {
  /** How to say no, and until when. */
  how: string
  isOver(now: Date): boolean
  objected(): boolean
  /** The time that is left, for a picture that is drawn again and again. */
  left(): string
  end(): void
}

export function serveNotice(hear: Hear, clock: Clock): Notice {
  const until = new Date(clock.now().getTime() + LASTS)
  let objected = false
  const end = hear(KEY, () => {
    objected = true
  })
  if (end) clock.unhurried?.(LASTS)
  const key = end ? ` · press ${KEY} to let it go on` : ''
  return {
    how: `in ${duration(LASTS)}${key || ' (--no-fail-fast lets it go on)'}`,
    isOver: (now) => now >= until,
    objected: () => objected,
    left: () => (objected ? 'it goes on' : `fb stops it in ${duration(until.getTime() - clock.now().getTime())}${key}`),
    end() {
      end?.()
      clock.unhurried?.(0)
    },
  }
}

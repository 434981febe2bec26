import {clip} from '../columns.js'
import {safe} from './safe.js'

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns'>

/** What is said while something is on its way, and is of no interest afterwards. */
export type Passing = {show(text: string): void; clear(): void}

const OFTEN = 100
const SELDOM = 60_000

/** The last line of a terminal: drawn over, and taken away before anything else is written there. */
export function passingLine(terminal: Terminal, now: () => number): Passing {
  let [drawn, shown] = [Number.NEGATIVE_INFINITY, false]
  return {
    show(text) {
      if (shown && now() - drawn < OFTEN) return
      terminal.write(`\r${clip(safe(text, {colours: true}), (terminal.columns || 80) - 1)}\u001b[K`)
      drawn = now()
      shown = true
    },
    clear() {
      if (shown) terminal.write('\r\u001b[K')
      shown = false
    },
  }
}

/** Elsewhere a line a minute says that it goes on. */
export function heartbeat(write: (line: string) => void, now: () => number): Passing {
  let said = now()
  return {
    show(text) {
      if (now() - said < SELDOM) return
      said = now()
      write(text)
    },
    clear() {},
  }
}

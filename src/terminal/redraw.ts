import {widthOf} from '../columns.js'

type Terminal = {write(text: string): unknown; columns?: number; rows?: number}

/** Draws a screen over the one drawn before, in a single write, so that nothing flickers. What does not fit is cut. */
export function redrawer(terminal: Terminal): (lines: string[]) => void {
  let height = 0
  return (lines) => {
    const {columns = 80, rows = 24} = terminal
    const visible = lines.slice(0, rows - 1)
    const up = height > 0 ? `\u001b[${height}A` : ''
    terminal.write(`${up}${visible.map((line) => `\r${line}\u001b[K\n`).join('')}\u001b[J`)
    height = visible.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)
  }
}

import {Chalk} from 'chalk'

import type {Canvas, Paint} from '../events.js'
import {safeLine} from './safe.js'

type Stream = {isTTY?: boolean; columns?: number; rows?: number}

/** --no-color, then FORCE_COLOR, then NO_COLOR, then TERM=dumb, then whether this stream is a terminal. */
export function hasColour(stream: Stream, allowed: boolean, env: NodeJS.ProcessEnv): boolean {
  if (!allowed) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR) return false
  return env.TERM !== 'dumb' && stream.isTTY === true
}

export function paintFor(coloured: boolean): Paint {
  const chalk = new Chalk({level: coloured ? 1 : 0})
  const {bold, dim, green, red, yellow, blue, cyan} = chalk
  const meanings = {bold, dim, good: green, bad: red, warn: yellow, blue, green, accent: cyan}
  // One argument each: chalk would join all that `map` hands over.
  return Object.fromEntries(
    Object.entries(meanings).map(([name, style]) => [name, (text: string) => style(text)]),
  ) as Paint
}

/** A pipe has no edge: nothing is cut there that a person may want to search for. */
const PIPE = 1000

export function canvasFor(stream: Stream, coloured: boolean): Canvas {
  return {
    ...(stream.isTTY && stream.rows && {height: stream.rows}),
    ...(stream.isTTY && stream.columns && {edge: Math.max(40, stream.columns)}),
    width: stream.isTTY ? Math.max(40, Math.min(stream.columns ?? 80, 120)) : PIPE,
    paint: paintFor(coloured),
    safe: safeLine,
  }
}

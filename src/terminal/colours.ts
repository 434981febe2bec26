import {Chalk} from 'chalk'

import type {Canvas, Paint} from '../events.js'
import {safeLine} from './safe.js'

type Stream = {isTTY?: boolean; columns?: number}

/** --no-color, then FORCE_COLOR, then NO_COLOR, then TERM=dumb, then whether this stream is a terminal. */
export function hasColour(stream: Stream, allowed: boolean, env: NodeJS.ProcessEnv): boolean {
  if (!allowed) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR) return false
  return env.TERM !== 'dumb' && stream.isTTY === true
}

export function paintFor(coloured: boolean): Paint {
  const chalk = new Chalk({level: coloured ? 1 : 0})
  return {
    bold: chalk.bold,
    dim: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    blue: chalk.blue,
    green: chalk.green,
    accent: chalk.cyan,
  }
}

export function canvasFor(stream: Stream, coloured: boolean): Canvas {
  return {width: Math.max(40, Math.min(stream.columns ?? 100, 120)), paint: paintFor(coloured), safe: safeLine}
}

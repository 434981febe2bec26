/** Levels, the least first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type Level = (typeof LEVELS)[number]

const NAMES: Record<string, Level> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  success: 'info',
  warn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
  exception: 'error',
  severe: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emergency: 'fatal',
}

/** A word in any case, or a number as Python's logging has them (10 debug to 50 critical). */
export function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'string') return NAMES[value] ?? NAMES[value.toLowerCase()]
  if (typeof value !== 'number') return undefined
  return LEVELS[Math.min(Math.max(Math.floor(value / 10), 0), 5)]
}

export const rankOf = (level: Level): number => LEVELS.indexOf(level)

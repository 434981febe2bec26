import type {Entry} from './entry.js'
import {type Level, rankOf} from './level.js'
import type {Test} from './where.js'

export type Choice = {
  include?: RegExp[]
  exclude?: RegExp[]
  /** Nothing below; a line that says no level is kept. */
  level?: Level
  where?: Test
  /** A text that a line must have. */
  grep?: string
  /** Paths whose answered health checks are hidden. */
  health?: string[]
}

/** Which entries are shown, and how many health checks were hidden. */
export type Filter = {accepts: Test; hidden: {health: number}}

export function filterOf({include = [], exclude = [], level, where, grep, health = []}: Choice): Filter {
  const hidden = {health: 0}
  const least = level && rankOf(level)
  const some = ({events}: Entry, holds: (message: string) => boolean) => events.some(({message}) => holds(message))
  const wanted = (entry: Entry) =>
    !(least !== undefined && entry.parsed.level && rankOf(entry.parsed.level) < least) &&
    !(grep && !some(entry, (message) => message.includes(grep))) &&
    !(include.length > 0 && !some(entry, (message) => include.some((pattern) => pattern.test(message)))) &&
    !(exclude.length > 0 && some(entry, (message) => exclude.some((pattern) => pattern.test(message)))) &&
    !(where && !where(entry))
  return {
    hidden,
    accepts(entry) {
      if (!wanted(entry)) return false
      if (health.length === 0 || !isHealthCheck(entry, health)) return true
      hidden.health++
      return false
    },
  }
}

/** A load balancer's question that was answered well; one that failed is news. */
function isHealthCheck({parsed: {told, fields}}: Entry, paths: string[]): boolean {
  if (!told || typeof fields.status !== 'number' || fields.status >= 400) return false
  const path = String(fields.path)
  const end = path.indexOf('?')
  return paths.includes(end < 0 ? path : path.slice(0, end))
}

const SPECIAL = /[.*+?^$[\]{}|\\]/g
const LONGEST = 1000

/**
 * CloudWatch's filter pattern for lines that have a text, if it has one: a regular expression, because only that is found
 * anywhere in a line; it knows no parentheses and few other signs.
 */
export function patternFor(text: string): string | undefined {
  if (!/^[\w:#=@/;, .*+?^$[\]{}|\\-]+$/.test(text) || text.length > LONGEST) return undefined
  return `%${text.replace(SPECIAL, '\\$&').replaceAll(' ', '\\s')}%`
}

import {parseDuration} from '../durations.js'
import {UsageError} from '../errors.js'
import {type Zone, zonedTime} from './zone.js'

const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)`
const CLOCK = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,3})\d*)?)?`
const ISO = new RegExp(`^${DATE}(?:[T ]${CLOCK})?\\s*(Z|UTC|[+-]\\d\\d:?\\d\\d)?$`, 'i')
const DAYS = new RegExp(`^(today|yesterday)(?: ${CLOCK})?$`, 'i')
const TIME = new RegExp(`^${CLOCK}$`)

/**
 * A time as people type it, in ms since 1970: `10m` ago, `14:05` (the last one that was), `yesterday 14:05`, `2026-11-22`,
 * `2026-11-22T14:05:11Z`, seconds or milliseconds since 1970, `now`. Without a zone of its own it is in `zone`.
 */
export function parseTime(text: string, now: number, zone: Zone): number {
  const asked = text.trim()
  if (asked === 'now') return now
  if (/^(\d+[smhd])+$/.test(asked)) return now - parseDuration(asked)
  if (/^\d{10}$/.test(asked)) return Number(asked) * 1000
  if (/^\d{13}$/.test(asked)) return Number(asked)
  return timeOfDay(asked, now, zone) ?? date(asked, zone) ?? refuse(text)
}

function timeOfDay(text: string, now: number, zone: Zone): number | undefined {
  const day = DAYS.exec(text)
  const time = day ? day.slice(2) : TIME.exec(text)?.slice(1)
  if (!time) return undefined
  const [year, month, date] = zone.dateOf(now)
  const back = day?.[1]?.toLowerCase() === 'yesterday' ? 1 : 0
  const at = zonedTime([year, month, date - back, ...clock(time, text)], zone)
  if (day || at <= now) return at
  return zonedTime([year, month, date - 1, ...clock(time, text)], zone)
}

function date(text: string, zone: Zone): number | undefined {
  const found = ISO.exec(text)
  if (!found) return undefined
  const [year, month, day] = found.slice(1, 4).map(Number) as [number, number, number]
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) refuse(text)
  const [hour, minute, second, ms] = clock(found.slice(4, 8), text)
  const offset = found[8]
  if (!offset) return zonedTime([year, month, day, hour, minute, second, ms], zone)
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetOf(offset)
}

function clock([hour = '0', minute = '0', second = '0', ms = '0']: (string | undefined)[], text: string) {
  const parts = [Number(hour), Number(minute), Number(second), Number(ms.padEnd(3, '0'))] as const
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) refuse(text)
  return parts
}

function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text) ?? []
  if (!sign) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

function refuse(text: string): never {
  throw new UsageError(`${JSON.stringify(text)} is not a time.`, {
    code: 'bad_time',
    because: [
      'Write it as 10m or 1h30m (ago), 14:05, "yesterday 14:05", 2026-11-22, 2026-11-22T14:05:00Z or 1795356000.',
    ],
  })
}

export type Range = {since: number; until?: number}

/** Where to read from and to; says what is wrong with a range that nothing can be in. */
export function parseRange(asked: {since: string; until?: string}, now: number, zone: Zone): Range {
  const since = Math.max(
    0,
    named('--since', () => parseTime(asked.since, now, zone)),
  )
  const until = asked.until === undefined ? undefined : named('--until', () => parseTime(asked.until!, now, zone))
  if (since > now) throw bad(`--since is ${iso(since)}, and it is only ${iso(now)} there.`, 'future_since')
  if (until !== undefined && until <= since)
    throw bad(`--until (${iso(until)}) is not later than --since (${iso(since)}).`, 'empty_range')
  return {since, ...(until !== undefined && {until})}
}

const bad = (message: string, code: string) =>
  new UsageError(message, {code, because: ['Times without a zone are in that of --tz.'], next: ['--since 1h']})

const iso = (at: number) => new Date(at).toISOString().replace(/\.000Z$/, 'Z')

function named(flag: string, parse: () => number): number {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${flag}: ${error.message}`, {code: error.code, because: error.because, next: [`${flag} 10m`]})
  }
}

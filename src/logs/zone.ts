import {UsageError} from '../errors.js'

const MINUTE = 60_000

/** A time zone: what a clock and a calendar there show. */
export type Zone = {
  name: string
  /** Minutes that a clock there is ahead of UTC at a moment. */
  offset(at: number): number
  /** Year, month (1 to 12) and day there. */
  dateOf(at: number): [number, number, number]
  /** `14:02:11.482`. */
  time(at: number): string
  /** `2026-11-22`. */
  date(at: number): string
}

/** `local`, `utc` or a name such as `Europe/Berlin`. */
export function zoneOf(name: string): Zone {
  const offset = offsetsOf(name)
  const minuteOf = minutes((at) => new Date(at + offset(at) * MINUTE).toISOString())
  const date = (at: number) => minuteOf(at).date
  return {
    name,
    offset,
    date,
    dateOf: (at) => date(at).split('-').map(Number) as [number, number, number],
    time: (at) => minuteOf(at).time + secondsOf(at),
  }
}

/** Lines come many in a minute: only what is within it is worked out for each. */
function minutes(isoOf: (at: number) => string): (at: number) => {date: string; time: string} {
  let known = {minute: Number.NaN, date: '', time: ''}
  return (at) => {
    const minute = Math.floor(at / MINUTE)
    if (minute !== known.minute) {
      const iso = isoOf(minute * MINUTE)
      known = {minute, date: iso.slice(0, 10), time: iso.slice(11, 17)}
    }
    return known
  }
}

/** `11.482`, which is the same everywhere. */
function secondsOf(at: number): string {
  const ms = ((at % MINUTE) + MINUTE) % MINUTE
  return `${ms < 10_000 ? '0' : ''}${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`
}

function offsetsOf(name: string): (at: number) => number {
  if (/^(utc|z)$/i.test(name)) return () => 0
  if (name === 'local') return (at) => -new Date(at).getTimezoneOffset()
  const format = formatOf(name)
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({type, value}) => [type, Number(value)]))
    const there = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
    return Math.round((there - Math.floor(at / 1000) * 1000) / MINUTE)
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const part = '2-digit'
  const fields = {year: 'numeric', month: part, day: part, hour: part, minute: part, second: part} as const
  try {
    return new Intl.DateTimeFormat('en-US', {...fields, hourCycle: 'h23', timeZone})
  } catch (cause) {
    throw new UsageError(`There is no time zone ${JSON.stringify(timeZone)}.`, {
      code: 'bad_zone',
      because: ['Write it as local, utc, or a name such as Europe/Berlin.'],
      next: ['--tz utc'],
      cause,
    })
  }
}

/** The moment at which clock and calendar of a zone show this; in an hour that does not exist, the one after. */
export function zonedTime(
  parts: readonly [number, number, number, number, number, number, number],
  zone: Zone,
): number {
  const [year, month, ...rest] = parts
  const there = Date.UTC(year, month - 1, ...rest)
  const guess = there - zone.offset(there) * MINUTE
  return there - zone.offset(guess) * MINUTE
}

import {UsageError} from './errors.js'

const UNITS = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}

/** `90s`, `5m`, `1h30m`, `2d` in milliseconds. */
export function parseDuration(text: string): number {
  if (!/^(\d+[smhd])+$/.test(text)) {
    throw new UsageError(`${JSON.stringify(text)} is not a duration.`, {
      code: 'bad_duration',
      because: ['Write it as 90s, 5m, 1h30m or 2d.'],
    })
  }
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS],
    0,
  )
}

/** `4s`, `1m52s`, `2h05m`, `3d4h`: two units at most. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m${two(s % 60)}s`
  if (s < 86_400) return `${Math.floor(s / 3600)}h${two(Math.floor((s % 3600) / 60))}m`
  return `${Math.floor(s / 86_400)}d${Math.floor((s % 86_400) / 3600)}h`
}

/** `12s`, `5m`, `3h`, `9d`: one unit, for ages in tables. */
export function age(ms: number): string {
  const [unit, size] = (Object.entries(UNITS) as [string, number][]).filter(([, size]) => ms >= size).at(-1) ?? [
    's',
    1000,
  ]
  return `${Math.max(0, Math.floor(ms / size))}${unit}`
}

/** The time of day in the person's own zone, `18:04`; with `seconds`, `18:04:07`. */
export function timeOfDay(date: Date, {seconds = false} = {}): string {
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  return seconds ? `${time}:${two(date.getSeconds())}` : time
}

/** A moment in the past: its time of day, and the day too unless that is plain. */
export function moment(date: Date, now: Date): string {
  const time = timeOfDay(date, {seconds: true})
  if (now.getTime() - date.getTime() < HALF_A_DAY) return time
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

const HALF_A_DAY = 12 * UNITS.h

const two = (n: number) => String(n).padStart(2, '0')

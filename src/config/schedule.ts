/** One field of a cron expression of AWS: its range, and the names that stand for numbers in it. */
type Field = {name: string; from: number; to: number; names?: string; special?: RegExp}

const FIELDS: Field[] = [
  {name: 'minutes', from: 0, to: 59},
  {name: 'hours', from: 0, to: 23},
  {name: 'day of month', from: 1, to: 31, special: /^(\?|L|LW|\d{1,2}W)$/},
  {name: 'month', from: 1, to: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'},
  {name: 'day of week', from: 1, to: 7, names: 'SUN MON TUE WED THU FRI SAT', special: /^(\?|L|[1-7]L|[1-7]#[1-5])$/},
  {name: 'year', from: 1970, to: 2199},
]

const SHAPE = 'cron(minutes hours day-of-month month day-of-week year), such as cron(0 20 ? * MON-FRI *)'

/**
 * What is wrong with a cron expression of Application Auto Scaling. It has `at(...)` and `rate(...)` besides, which say
 * nothing of hours of the day. Rules: "Cron expressions reference" of EventBridge Scheduler, the same six fields.
 */
export function cronProblem(text: string): string | undefined {
  const [, inner] = /^cron\((.*)\)$/.exec(text) ?? []
  if (inner === undefined) return SHAPE
  const given = inner.trim().split(/\s+/)
  if (given.length !== FIELDS.length) return `it has ${given.length} fields, not six: ${SHAPE}`
  const odd = FIELDS.findIndex((field, i) => !fits(given[i]!.toUpperCase(), field))
  if (odd >= 0) return `${given[odd]} is no ${FIELDS[odd]!.name}: ${SHAPE}`
  if ((given[2] === '?') === (given[4] === '?'))
    return 'either the day of month or the day of week must be ?, and not both'
  return undefined
}

/** `*`, numbers, names, ranges, steps, and lists of them. */
function fits(text: string, {from, to, names = '', special}: Field): boolean {
  if (special?.test(text)) return true
  const number = (part: string) => {
    const at = names.split(' ').indexOf(part)
    return at >= 0 && part ? from + at : /^\d+$/.test(part) ? Number(part) : Number.NaN
  }
  return text.split(',').every((part) => {
    const [range = '', step, ...more] = part.split('/')
    const ends = range === '*' ? [from, to] : range.split('-').map(number)
    const inside = ends.length <= 2 && ends.every((end) => end >= from && end <= to) && ends[0]! <= ends.at(-1)!
    return inside && more.length === 0 && (step === undefined || /^[1-9]\d*$/.test(step))
  })
}

/** Names of time zones as AWS takes them: those of the IANA database, in its letters. */
export function isTimezone(name: string): boolean {
  // An offset such as +01:00 is one to JavaScript alone.
  if (!/^[A-Z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', {timeZone: name})
    return !TIMEZONES().some((known) => known !== name && known.toLowerCase() === name.toLowerCase())
  } catch {
    return false
  }
}

export const TIMEZONES = (): string[] => Intl.supportedValuesOf('timeZone')

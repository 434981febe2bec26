const BEGINS = 'Traceback (most recent call last)'

/** The line that names a Python exception: the last one of a traceback. */
const EXCEPTION = /^(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning)\b.*/

/** Where a log goes on with something else. */
const ELSE = /^(\s*$|(INFO|ERROR|WARNING|DEBUG|CRITICAL)\b|[[{]|\d{4}-\d\d-\d\d)/

const split = (logs: string[]): string[] => logs.flatMap((line) => line.split('\n'))

export const lastException = (logs: string[]): string | undefined =>
  split(logs).findLast((line) => EXCEPTION.test(line))

/** What the application wrote before ECS had it end: how it shuts down says nothing of why. */
export function untilToldToEnd(logs: string[]): string[] {
  const all = split(logs)
  const end = all.findLastIndex((line) => /\bShutting down\b/.test(line))
  return end > 0 ? all.slice(0, end) : all
}

/** The last block of the last Python traceback, whole; without one the last ten lines. */
export function telling(logs: string[]): string[] {
  const all = split(logs)
  const start = all.findLastIndex((line) => line.includes(BEGINS))
  if (start < 0) return all.slice(-10)
  const named = all.findIndex((line, i) => i > start && /^\S/.test(line))
  // The message of an exception can have lines of its own.
  const end = all.findIndex((line, i) => i > named && ELSE.test(line))
  return all.slice(start, named < 0 || end < 0 ? undefined : end).slice(0, 40)
}

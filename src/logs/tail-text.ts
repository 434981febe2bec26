import {duration} from '../durations.js'
import {FbError, NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import type {Summary} from './tail.js'
import type {Shown} from './tail-plan.js'

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** What is read, from when: said before the first line. */
export function headerText(
  {sources, zone, since, follow, lines}: Shown,
  tasks: number | undefined,
  {paint, safe}: Canvas,
): string {
  const services = [...new Set(sources.map(({service}) => service).filter((name) => name !== undefined))]
  const groups = [...new Set(sources.map(({group}) => group))]
  const from =
    lines === undefined
      ? `from ${zone.date(since)} ${zone.time(since).slice(0, 8)}`
      : `the last ${count(lines, 'line')}`
  const facts = [
    ...services.map((name) => paint.bold(safe(name))),
    ...(tasks === undefined ? [] : [count(tasks, 'task')]),
    ...groups.map(safe),
    from,
    ...(follow ? [] : ['what is there now; --follow goes on']),
  ]
  return `${paint.accent('▶')} ${facts.join(paint.dim(' · '))}`
}

/** What was shown, and what was not: said after the last line. */
export function footerText({lines, late, health}: Summary, ms: number, {paint}: Canvas): string {
  const facts = [
    `${count(lines, 'line')} in ${duration(ms)}`,
    ...(late > 0 ? [`${late} out of step`] : []),
    ...(health > 0 ? [`hid ${count(health, 'health check')} (--health shows them)`] : []),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

/** What a script waited for and did not get. */
export function disappointment({reason}: Summary, {untilMatch, failOn}: Shown): FbError | undefined {
  if (reason === 'failed') return new FbError(`A line matches --fail-on ${failOn}.`, {code: 'failed_on'})
  if (reason !== 'end' || !untilMatch) return undefined
  return new NotFound(`No line matched --until-match ${untilMatch}.`, {code: 'no_match', next: ['--for 10m']})
}

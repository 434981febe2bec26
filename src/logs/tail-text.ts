import {duration} from '../durations.js'
import {FbError, NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import type {Summary} from './tail.js'
import type {Shown} from './tail-plan.js'

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** What is read, from when: said before the first line. */
export function headerText(plan: Shown, tasks: number | undefined, {paint, safe}: Canvas): string {
  const {sources, follow} = plan
  const services = [...new Set(sources.map(({service}) => service).filter((name) => name !== undefined))]
  const groups = [...new Set(sources.map(({group}) => group))]
  const facts = [
    ...services.map((name) => paint.bold(safe(name))),
    ...(tasks === undefined ? [] : [count(tasks, 'task')]),
    ...groups.map(safe),
    startText(plan),
    ...(follow ? [] : ['what is there now; --follow goes on']),
  ]
  return `${paint.accent('▶')} ${facts.join(paint.dim(' · '))}`
}

function startText({zone, since, lines, saved}: Shown): string {
  if (saved.length > 0) return 'from where the last run ended'
  if (lines !== undefined) return `the last ${count(lines, 'line')}`
  return `from ${zone.date(since)} ${zone.time(since).slice(0, 8)}`
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

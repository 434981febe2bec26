import {duration} from '../durations.js'
import {FbError, NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import {sourceText} from './source.js'
import {keptOf, type Summary} from './tail.js'
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

function startText(plan: Shown): string {
  return strangers(plan).length === 0 ? 'from where the last run ended' : beginText(plan)
}

function beginText({zone, since, lines}: Shown): string {
  if (lines !== undefined) return `the last ${count(lines, 'line')}`
  return `from ${zone.date(since)} ${zone.time(since).slice(0, 8)}`
}

const strangers = ({sources, saved}: Shown) => sources.filter((source) => !keptOf(source, saved))

/** What the file of an earlier run does not know begins elsewhere: nobody should take it for the place where that ended. */
export const strangersText = (plan: Shown): string[] =>
  plan.saved.length === 0
    ? []
    : strangers(plan).map((source) => `The cursor has no place for ${sourceText(source)}: ${beginText(plan)}.`)

/** What was shown, and what was not: said after the last line. */
export function footerText({reason, lines, read, late, health}: Summary, ms: number, {paint}: Canvas): string[] {
  // An error at once says all there is to say.
  if (reason === 'error' && read === 0) return []
  const facts = [
    `${count(lines, 'line')} in ${duration(ms)}`,
    ...(lines === 0 && read > health ? [`${(read - health).toLocaleString('en-US')} did not match`] : []),
    ...(late > 0 ? [`${late} out of step`] : []),
    ...(health > 0 ? [`hid ${count(health, 'health check')} (--health shows them)`] : []),
  ]
  // The terminal has written ^C where the line would begin.
  return [...(reason === 'interrupted' ? [''] : []), paint.dim(`■ ${facts.join(' · ')}`)]
}

/** What a script waited for and did not get. */
export function disappointment({reason}: Summary, {untilMatch, failOn, follow}: Shown): FbError | undefined {
  if (reason === 'failed') return new FbError(`A line matches --fail-on ${failOn}.`, {code: 'failed_on'})
  if (!untilMatch || (reason !== 'end' && reason !== 'max')) return undefined
  return new NotFound(`No line matched --until-match ${untilMatch}.`, {
    code: 'no_match',
    next: [follow ? '--for 10m' : '--since with a longer range'],
  })
}

import {wrapped} from '../columns.js'
import {age} from '../durations.js'
import type {Canvas} from '../events.js'
import {changeText} from './change-text.js'
import {byModule} from './definition.js'
import type {Drift, Drifted} from './drift.js'
import {counted, placeText} from './words.js'

export const driftCount = ({drifted}: Pick<Drift, 'drifted'>): string =>
  drifted.length === 0 ? 'nothing has changed' : `${counted(drifted.length, 'resource')} changed`

/** What is not as Terraform left it, by module, and who is behind. */
export function driftText(drift: Drift, now: Date, canvas: Canvas): string[] {
  const {paint, width, safe} = canvas
  const {env, drifted, left, unseen} = drift
  const others = left > 0 ? `; ${counted(left, 'resource')} changed in what the definition leaves to others` : ''
  if (drifted.length === 0)
    return wrapped(`${paint.good('✔')} Nothing has drifted${others}: ${placeText(drift, canvas)}`, width, 2)
  const row = (label: string, text: string) => wrapped(`  ${paint.dim(label.padEnd(6))} ${safe(text)}`, width, 9)
  return [
    ...[...byModule(drifted)].flatMap(([module, own]) => [
      paint.bold(module || 'no longer in the definition'),
      ...own.flatMap((one) => driftedText(one, now, canvas)),
      '',
    ]),
    ...wrapped(
      `${paint.bold(driftCount(drift))} since Terraform wrote the state of ${paint.bold(env)}${others}.`,
      width,
      2,
    ),
    ...(unseen ? row('Who', `not known: ${unseen}`) : []),
    ...row('Next', `fb infra plan --env ${env}   (what fb infra up would put back)`),
  ]
}

function driftedText({address, id, what, attributes, by}: Drifted, now: Date, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const known = id && !address.endsWith(id) ? paint.dim(` ${safe(id)}`) : ''
  const mark = what === 'gone' ? paint.bad('-') : paint.warn('~')
  return [
    ...wrapped(`  ${mark} ${safe(address)}${known}${what === 'gone' ? `  ${paint.bad('is gone')}` : ''}`, width, 6),
    ...attributes.flatMap((one) => changeText(one, '      ', canvas)),
    ...by.flatMap(({who, with: tool, event, at}) => {
      const ago = age(now.getTime() - Date.parse(at))
      return wrapped(`      ${paint.dim('by')} ${safe(`${who} with ${tool}, ${ago} ago (${event})`)}`, width, 9)
    }),
  ]
}

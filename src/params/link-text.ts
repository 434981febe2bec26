import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import type {LinkPlan} from './link.js'

type Where = {service: string; env: string; template?: string}

export const linkText = ({links, add, drop}: LinkPlan, {paint, safe, width}: Canvas): string[] => [
  '',
  ...links.flatMap(({variable, valueFrom}) =>
    valueFrom
      ? wrapped(`  ${paint.good('+')} ${paint.bold(safe(variable))}  ${safe(valueFrom)}`, width, 4)
      : [`  ${paint.bad('-')} ${paint.bold(safe(variable))}`],
  ),
  ...(Object.keys(add).length + drop.length === 0 ? [paint.dim('  all of it is so already')] : []),
  '',
]

export function linkedText({links, add}: LinkPlan, {service, env, template}: Where, canvas: Canvas): string[] {
  const {paint, width} = canvas
  const names = links.map(({variable}) => variable).join(', ')
  if (Object.keys(add).length === 0)
    return [`${paint.good('✔')} ${names}: nothing to change in the tasks of ${service}.`]
  const gets = links[0]?.valueFrom ? 'get' : 'lose'
  return [
    `${paint.good('✔')} The next deployment lets the tasks of ${service} ${gets} ${names}. Those that run stay as they are.`,
    ...(template
      ? [`${paint.warn('!')} ${template} has to say so too: a deployment after the next one takes it as it is.`]
      : []),
    `  ${paint.dim('Next  ')} fb params restart --service ${service} --env ${env}, or fb deploy`,
  ].flatMap((line) => wrapped(line, width, 2))
}

import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {type CostChange, PRICES_OF} from './prices.js'
import {counted, listed} from './words.js'

/** Which way the big items go, and roughly how far. */
export function costText(costs: CostChange[], {paint, width}: Canvas): string[] {
  if (costs.length === 0) return []
  const sum = costs.reduce((usd, {monthlyUsd = 0}) => usd + monthlyUsd, 0)
  const unknown = costs.filter(({monthlyUsd}) => monthlyUsd === undefined)
  const total = `about $${Math.round(Math.abs(sum))} a month ${sum < 0 ? 'less' : 'more'}`
  const open = unknown.length > 0 ? `, and what the ${listed(unknown.map(({name}) => name))} costs` : ''
  const items = listed(costs.flatMap(itemTexts))
  return [
    ...wrapped(`${paint.bold('Cost')}  ${(sum < 0 ? paint.good : paint.warn)(total)}${open}: ${items}`, width, 6),
    ...wrapped(`      ${paint.dim(PRICES_OF)}`, width, 6),
    '',
  ]
}

/** `2 NAT gateways more`. */
const itemTexts = ({name, more, less}: CostChange): string[] => [
  ...(more > 0 ? [`${counted(more, name)} more`] : []),
  ...(less > 0 ? [`${counted(less, name)} less`] : []),
]

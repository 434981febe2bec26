import {wrapped} from '../columns.js'
import type {Canvas} from '../events.js'
import {type CostChange, PRICES_OF} from './prices.js'
import {listed} from './words.js'

/** Which way the big items go, and roughly how far. */
export function costText(costs: CostChange[], {paint, width}: Canvas): string[] {
  if (costs.length === 0) return []
  const sum = costs.reduce((usd, {monthlyUsd = 0}) => usd + monthlyUsd, 0)
  const unknown = costs.filter(({monthlyUsd}) => monthlyUsd === undefined)
  const way = sum < 0 ? 'less' : 'more'
  const total = `about $${Math.round(Math.abs(sum))} a month ${way}`
  const open = unknown.length > 0 ? `, and what ${listed(unknown.map(({name}) => name))} costs` : ''
  const head = `${paint.bold('Cost')}  ${(sum < 0 ? paint.good : paint.warn)(total)}${open}`
  return [
    ...wrapped(`${head} ${paint.dim(`for ${listed(costs.map(itemText))}`)}`, width, 6),
    ...wrapped(`      ${paint.dim(PRICES_OF)}`, width, 6),
    '',
  ]
}

function itemText({name, more, less}: CostChange): string {
  const parts = [more > 0 ? `${more} more` : '', less > 0 ? `${less} less` : ''].filter(Boolean)
  return `${parts.join(' and ')} ${name}`
}

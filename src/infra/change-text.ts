import {clip, widthOf} from '../columns.js'
import type {Canvas} from '../events.js'
import type {ChangedAttribute} from './plan.js'
import {UNKNOWN} from './plan-json.js'

/** Beyond it two values side by side are hard to compare, also where there is no edge. */
const ONE_LINE = 100

/** One attribute: in a line where both values fit into it, else one below the other. */
export function changeText(change: ChangedAttribute, indent: string, {paint, safe, width}: Canvas): string[] {
  const {name, before, after, sensitive, replaces} = change
  const mark = replaces ? `  ${paint.bad('forces a new one')}` : ''
  const title = `${indent}${safe(name)}`
  if (sensitive) return [`${title}  ${paint.warn('(sensitive)')}${mark}`]
  if (before === undefined && after === undefined) return [title + mark]
  const [old, now] = [before, after].map((value) => safe(valueText(value)))
  const line = `${title}  ${paint.dim(old!)} ${paint.dim('→')} ${now}${mark}`
  if (widthOf(line) <= Math.min(width, ONE_LINE)) return [line]
  const half = (text: string) => clip(text, width - indent.length - 4)
  return [
    `${title}${mark}`,
    `${indent}  ${paint.bad('-')} ${half(old!)}`,
    `${indent}  ${paint.good('+')} ${half(now!)}`,
  ]
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  return value === UNKNOWN ? UNKNOWN : JSON.stringify(value)
}

import {clip, padEnd, wrapped} from '../columns.js'
import {nearest} from '../config/nearest.js'
import {NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import type {StateDocument} from '../state/document/document.js'
import {valueAt} from '../state/document/json-ranges.js'
import {masked} from '../state/document/masked.js'
import {SENSITIVE} from '../state/document/masked-text.js'

export type Outputs = Record<string, unknown>

/** What the last apply has put out, by name, without what nobody may see. */
export function outputsOf({bytes, outputs}: StateDocument, env: string, name?: string): Outputs {
  const recorded = (outputs ? valueAt(bytes, outputs) : {}) as Record<string, {value?: unknown; sensitive?: boolean}>
  const shown = Object.entries(recorded).map(([key, {value, sensitive}]): [string, unknown] => [
    key,
    sensitive ? SENSITIVE : masked('', {[key]: value}, [])[key],
  ])
  if (name === undefined) return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)))
  const own = shown.find(([key]) => key === name)
  return own ? Object.fromEntries([own]) : noOutput(env, name, Object.keys(recorded))
}

function noOutput(env: string, name: string, known: string[]): never {
  const near = nearest(name, known)
  const has = known.length > 0 ? `It has ${known.sort().join(', ')}.` : 'It has none.'
  throw new NotFound(`The state of ${env} has no output ${name}.`, {
    code: 'no_output',
    because: [near.length > 0 ? `Did you mean ${near.join(' or ')}?` : has],
    next: ['fb infra output'],
  })
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** The value alone, for a pipe. */
export const outputLines = (outputs: Outputs): string[] => Object.values(outputs).map(valueText)

export function outputsText(outputs: Outputs, {paint, safe, width}: Canvas): string[] {
  const names = Object.keys(outputs)
  if (names.length === 0) return wrapped('The state is there and has no output.', width, 2)
  const edge = Math.max(...names.map((name) => name.length)) + 2
  return names.map((name) => {
    const value = safe(valueText(outputs[name]))
    return `${padEnd(paint.bold(safe(name)), edge)}${value === SENSITIVE ? paint.warn(value) : clip(value, width - edge)}`
  })
}

import type {FbError} from '../errors.js'
import type {Canvas} from '../events.js'
import {safe} from './safe.js'

/** A failure for a person: what happened, the evidence, how things stand, what to type next. */
export function errorText({message, because, state, next}: FbError, {paint}: Canvas): string[] {
  const indented = (text: string) => safe(text).replaceAll('\n', '\n  ')
  return [
    `${paint.bad('✖')} ${paint.bold(safe(message))}`,
    ...because.map((line) => `  ${indented(line)}`),
    ...(state ? [`  ${paint.dim('State ')} ${indented(state)}`] : []),
    ...next.map((command, i) => `  ${paint.dim(i === 0 ? 'Next  ' : '      ')} ${indented(command)}`),
  ]
}

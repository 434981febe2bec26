import {wrapped} from '../columns.js'
import type {FbError} from '../errors.js'
import type {Canvas} from '../events.js'
import {safe} from './safe.js'

type Failure = Pick<FbError, 'message' | 'because' | 'state' | 'next'> & {exitCode?: number}

/** Leaving is no failure. */
const INTERRUPTED = 130

/** A failure for a person: what happened, the evidence, how things stand, what to type next. */
export function errorText({message, because, state, next, exitCode}: Failure, {paint, width}: Canvas): string[] {
  const labelled = (label: string, text: string) => wrapped(`  ${paint.dim(label.padEnd(6))} ${safe(text)}`, width, 9)
  return [
    ...wrapped(`${exitCode === INTERRUPTED ? paint.dim('■') : paint.bad('✖')} ${paint.bold(safe(message))}`, width, 2),
    ...because.flatMap((line) => wrapped(`  ${safe(line)}`, width, 2)),
    ...(state ? labelled('State', state) : []),
    ...next.flatMap((step, i) => labelled(i === 0 ? 'Next' : '', step)),
  ]
}

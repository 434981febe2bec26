import {columnsWithin} from '../columns.js'
import type {Canvas} from '../events.js'
import type {Entry} from './formats/entry.js'
import {difference, type Fingerprint, sayDifference} from './mask.js'

export type Compared = {
  key: string
  state: 'only_left' | 'only_right' | 'changed' | 'same'
  differences: string[]
  left?: string
  right?: string
}

/** Two sets of values, by value; with `keysOnly` just which keys there are. */
export function compare(left: Entry[], right: Entry[], keysOnly: boolean): Compared[] {
  const [before, after] = [new Map(left), new Map(right)]
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((key): Compared => {
    const [a, b] = [before.get(key), after.get(key)]
    if (b === undefined) return {key, state: 'only_left', differences: [], left: a}
    if (a === undefined) return {key, state: 'only_right', differences: [], right: b}
    if (keysOnly || a === b) return {key, state: 'same', differences: [], left: a, right: b}
    return {key, state: 'changed', differences: difference(a, b), left: a, right: b}
  })
}

type Names = {left: string; right: string; all: boolean; fingerprint: Fingerprint}

export function compareText(
  compared: Compared[],
  {left, right, all, fingerprint}: Names,
  {paint, safe, width}: Canvas,
): string[] {
  const same = compared.filter(({state}) => state === 'same')
  const mark = (value?: string) => (value === undefined ? '' : `#${fingerprint(value)}`)
  const rows = compared
    .filter(({state}) => all || state !== 'same')
    .map(({key, state, differences, left: a, right: b}) => {
      const name = safe(key)
      if (state === 'only_left') return [`${paint.bad('-')}  ${name}`, `only in ${safe(left)}`, paint.dim(mark(a))]
      if (state === 'only_right') return [`${paint.good('+')}  ${name}`, `only in ${safe(right)}`, paint.dim(mark(b))]
      if (state === 'same') return [`   ${paint.dim(name)}`, paint.dim('the same'), '']
      return [
        `${paint.warn('~')}  ${name}`,
        sayDifference(differences) || 'changed',
        paint.dim(`${mark(a)} → ${mark(b)}`),
      ]
    })
  const summary = `${same.length} of ${compared.length} are the same in ${safe(left)} and ${safe(right)}.`
  return [
    ...columnsWithin(rows, width),
    ...(rows.length > 0 ? [''] : []),
    same.length === compared.length ? `${paint.good('=')} ${summary}` : summary,
  ]
}

export const comparedDocument = ({key, state, differences}: Compared) => ({key, state, differences})

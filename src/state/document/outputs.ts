import {canonical} from './canonical.js'
import {partOf, type StateDocument} from './document.js'

/** What two states say beside their resources. */
export type Beside = {
  /** Names of the outputs that are not the same; values may be secrets. */
  outputs: string[]
  checks: 'same' | 'differ'
  lineage: 'same' | 'differ'
}

export function compareBeside(before: StateDocument, after: StateDocument): Beside {
  const [old, now] = [outputsOf(before), outputsOf(after)]
  const names = [...new Set([...old.keys(), ...now.keys()])].sort()
  const told = (same: boolean) => (same ? 'same' : 'differ')
  return {
    outputs: names.filter((name) => old.get(name) !== now.get(name)),
    checks: told(canonical(partOf(before, before.checks)) === canonical(partOf(after, after.checks))),
    lineage: told(before.lineage === after.lineage),
  }
}

const outputsOf = (document: StateDocument) =>
  new Map(Object.entries(partOf(document, document.outputs) ?? {}).map(([name, output]) => [name, canonical(output)]))

import type {CurrentState} from './current.js'
import {covers, targetOf} from './document/address.js'
import {matching, meant} from './document/addresses.js'
import {addressesOf, countManaged, type EditPlan, type Entry, readEntries, type Thing, thingsOf} from './edit.js'

export type Removal = EditPlan & {
  /** What Terraform forgets and AWS keeps. */
  forgotten: Thing[]
}

/** Finds what the patterns mean. Throws when one of them means nothing. */
export function planRemoval(current: CurrentState, patterns: string[]): Removal {
  const entries = readEntries(current)
  const found = new Set(matching(entries, patterns))
  const rest = entries.filter((entry) => !found.has(entry))
  return {
    current,
    edit: ['rm', ...asTerraformMeans(patterns, entries)],
    forgotten: thingsOf(entries.filter((entry) => found.has(entry))),
    after: addressesOf(rest),
    rest: countManaged(rest),
  }
}

/**
 * A pattern itself where Terraform means the same by it, else what it means. Each has something that none before it has:
 * Terraform refuses what is gone already.
 */
function asTerraformMeans(patterns: string[], entries: Entry[]): string[] {
  const gone = new Set<Entry>()
  return patterns.flatMap((pattern) => {
    const all = entries.filter(meant(pattern))
    const left = all.filter((one) => !gone.has(one))
    for (const one of left) gone.add(one)
    const target = targetOf(pattern)
    const same = left.length > 0 && target && all.every(({address}) => covers(target, address))
    return same ? [pattern] : addressesOf(left)
  })
}

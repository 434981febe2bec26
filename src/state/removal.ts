import {matches, matching} from './addresses.js'
import type {CurrentState} from './current.js'
import {addressesOf, countManaged, type EditPlan, type Entry, readEntries, type Thing, thingsOf} from './edit.js'
import {covers, targetOf} from './target.js'

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
    edit: ['rm', ...new Set(patterns.flatMap((pattern) => asTerraformMeans(pattern, entries)))],
    forgotten: thingsOf(entries.filter((entry) => found.has(entry))),
    after: addressesOf(rest),
    rest: countManaged(rest),
  }
}

/** The pattern itself where Terraform means the same by it: a module's thousands would not fit on a command line. */
function asTerraformMeans(pattern: string, entries: Entry[]): string[] {
  const meant = entries.filter((one) => matches(one, pattern))
  const target = targetOf(pattern)
  return target && meant.every(({address}) => covers(target, address)) ? [pattern] : addressesOf(meant)
}

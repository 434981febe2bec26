import {matches, matching} from './addresses.js'
import type {CurrentState} from './current.js'
import type {Instance} from './document.js'
import {addressesOf, type EditPlan, readInstances, type Thing, thingsOf} from './edit.js'
import {covers, targetOf} from './target.js'

export type Removal = EditPlan & {
  /** What Terraform forgets and AWS keeps. */
  forgotten: Thing[]
}

/** Finds what the patterns mean. Throws when one of them means nothing. */
export function planRemoval(current: CurrentState, patterns: string[]): Removal {
  const instances = readInstances(current)
  const found = new Set(matching(instances, patterns))
  const rest = instances.filter((instance) => !found.has(instance))
  return {
    current,
    edit: ['rm', ...new Set(patterns.flatMap((pattern) => asTerraformMeans(pattern, instances)))],
    forgotten: thingsOf(instances.filter((instance) => found.has(instance))),
    after: addressesOf(rest),
    rest: thingsOf(rest).filter(({data}) => !data).length,
  }
}

/** The pattern itself where Terraform means the same by it: a module's thousands would not fit on a command line. */
function asTerraformMeans(pattern: string, instances: Instance[]): string[] {
  const meant = instances.filter((one) => matches(one, pattern))
  const target = targetOf(pattern)
  return target && meant.every(({address}) => covers(target, address)) ? [pattern] : addressesOf(meant)
}

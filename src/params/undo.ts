import type {Change} from './change.js'
import {describe} from './reason.js'
import type {Result} from './write.js'

/** What of it was written over; a value that stayed is still there, and what is new had nothing before it. */
const overwritten = (changes: Change[], results: Result[]) =>
  changes.flatMap((change) => {
    const {before, key, value} = change
    const written = results.find((result) => result.key === key && result.action === 'updated')
    return before && written && before.value !== value ? [{change, before, written}] : []
  })

/** The changes that put back what was written over. */
export const undone = (changes: Change[], results: Result[], why: string): Change[] =>
  overwritten(changes, results).map(({change, before, written}) => {
    const reason = `restored from v${before.version}: ${why}`
    return {
      ...change,
      action: 'update',
      value: before.value,
      before: {...before, value: change.value, version: written.version},
      keyId: before.keyId,
      tier: undefined,
      needsAdvanced: false,
      suspicions: [],
      tags: {},
      description: describe(before.description, reason),
    }
  })

/** The commands that put back what was written over. */
export const waysBack = (changes: Change[], results: Result[]): string[] =>
  overwritten(changes, results).map(({before, change: {key}}) => `fb params rollback ${key} --to ${before.version}`)

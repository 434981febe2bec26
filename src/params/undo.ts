import type {Change} from './change.js'
import {describe} from './reason.js'
import type {Result} from './write.js'

/** The changes that put back what was written over; what is new had nothing before it, and a value that stayed is still there. */
export const undone = (changes: Change[], results: Result[], why: string): Change[] =>
  changes.flatMap((change) => {
    const {before, key, value} = change
    const written = results.find((result) => result.key === key && result.action === 'updated')
    if (!before || !written || before.value === value) return []
    const reason = `restored from v${before.version}: ${why}`
    return [
      {
        ...change,
        action: 'update' as const,
        value: before.value,
        before: {...before, value, version: written.version},
        keyId: before.keyId,
        tier: undefined,
        needsAdvanced: false,
        suspicions: [],
        tags: {},
        description: describe(before.description, reason),
      },
    ]
  })

/** The commands that put back what was written over. */
export const waysBack = (results: Result[]): string[] =>
  results.flatMap(({key, previous}) => (previous === undefined ? [] : [`fb params rollback ${key} --to ${previous}`]))

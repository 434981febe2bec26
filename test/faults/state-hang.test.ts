import {describe, expect, it} from 'vitest'

import {noMoto} from '../support/moto.js'
import {judged, type Locks, type Name, under} from './state-run.js'

/** Every kind of write, and one read: they wait alike wherever they are. */
const CALLS: [Name, Locks, number, string][] = [
  ['backup', 'table', 4, 'the write of the backup'],
  ['restore', 'table and lock file', 4, 'the lock in the table'],
  ['restore', 'table and lock file', 10, 'the state'],
  ['restore', 'table and lock file', 11, 'the digest'],
  ['restore', 'table and lock file', 12, 'reading it back'],
  ['restore', 'table and lock file', 16, 'freeing the last lock'],
]

describe.skipIf(noMoto)('a call that is never answered', {concurrent: true}, () => {
  it.for(CALLS)('is repeated or looked up: of %s by %s, call %i: %s', async ([name, locks, nth], test) => {
    const run = await under(name, locks, test, () => [{nth, kind: 'no answer'}])
    expect(await judged(run), run.stderr).toMatchObject({code: 0})
    expect(run.net.faulted).toHaveLength(1)
  })
})

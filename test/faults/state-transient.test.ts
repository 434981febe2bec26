import {describe, expect, it} from 'vitest'

import {type Kind, TRANSIENT} from '../support/fault-proxy.js'
import {noMoto} from '../support/moto.js'
import {judged, type Locks, type Name, under, whole} from './state-run.js'

/** S3 and the SDK have checksums against an answer that is cut off and says so nowhere; moto has none. */
const KINDS = TRANSIENT.filter((kind) => kind !== 'answer cut off')

/** How many calls each makes, so that every one of them meets a fault. */
const CALLS: [Name, Locks, number][] = [
  ['backup', 'table', 6],
  ['restore', 'table and lock file', 16],
]

/** Two kinds for each call, others for the next one. */
const CASES = CALLS.flatMap(([name, locks, calls]) =>
  Array.from({length: calls}, (_, i) => i + 1).flatMap((nth) =>
    [0, 1].map((more) => ({name, locks, nth, kind: KINDS[(2 * nth + more) % KINDS.length]!})),
  ),
)

describe.skipIf(noMoto)('a fault that passes', {concurrent: true}, () => {
  it.for(CALLS)('can meet every call of %s, locked by %s: there are %i', async ([name, locks, calls], test) => {
    expect((await whole(name, locks, test)).calls).toBe(calls)
  })

  it.for(CASES)('does no harm: $kind, at call $nth of $name', async ({name, locks, nth, kind}, test) => {
    const run = await under(name, locks, test, () => [{nth, kind}])
    expect(await judged(run), run.stderr).toMatchObject({code: 0})
    expect(run.net.faulted).toHaveLength(1)
  })

  it.for(CALLS.flatMap(([name, locks]) => KINDS.map((kind): [Kind, Name, Locks] => [kind, name, locks])))(
    'does no harm: %s, at the first call of every operation of %s',
    async ([kind, name, locks], test) => {
      const run = await under(name, locks, test, () => [{kind}])
      expect(await judged(run), run.stderr).toMatchObject({code: 0})
    },
  )
})

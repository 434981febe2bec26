import {describe, expect, it} from 'vitest'

import {type Kind, TRANSIENT} from '../support/fault-proxy.js'
import {OPERATIONS, SOMETIMES} from './operations.js'
import {faulted, type Name, SCENARIOS} from './run.js'

const ENDS: Record<Name, number> = {
  deploy: 0,
  migrate: 0,
  replace: 0,
  verify: 0,
  run: 0,
  status: 0,
  releases: 0,
  groups: 0,
  search: 0,
  insights: 0,
  watch: 9,
  rollback: 0,
  stop: 0,
  gate: 0,
  refused: 9,
  approve: 0,
  finish: 0,
  release: 0,
}
/** What each makes once, whatever happens on the way. */
const ONE = {created: 1, registered: 1}
const MADE = {
  deploy: ONE,
  replace: ONE,
  rollback: ONE,
  gate: ONE,
  refused: ONE,
  migrate: {...ONE, started: 1},
  run: {started: 1},
}
const NOTHING = {created: 0, registered: 0, started: 0}
const KINDS: Kind[] = [...TRANSIENT, 'session expired']

describe.concurrent.each(Object.entries(ENDS) as [Name, number][])('%s', (name, code) => {
  it('makes the calls that are put through the faults here, and no other', async (test) => {
    const {proxy} = await faulted(SCENARIOS[name], [], test)
    const sure = (operations: string[]) =>
      [...new Set(operations)].filter((one) => name === 'watch' || !SOMETIMES.includes(one)).sort()
    expect(sure(proxy.reached)).toEqual(sure(OPERATIONS[name]))
  })

  it.for(KINDS.map((kind, i) => ({kind, more: i % 2 ? ['--json'] : []})))(
    'ends as if nothing had happened when the first call of every operation meets: $kind $more',
    async ({kind, more}, test) => {
      const run = await faulted(SCENARIOS[name], [{kind}], test, more)
      expect(run.code, run.stderr).toBe(code)
      expect(run).toMatchObject({...NOTHING, ...MADE[name as keyof typeof MADE]})
    },
  )
})

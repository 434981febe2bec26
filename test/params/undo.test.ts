import {expect, it} from 'vitest'

import {planChanges} from '../../src/params/change.js'
import {undone, waysBack} from '../../src/params/undo.js'
import {memory} from '../support/parameters-in-memory.js'

const fleet = {readers: [], linked: [], tasks: [], unknown: []}

it.each([
  ['the old value of what was written over', 'new', ['old'], ['fb params rollback A --to 1']],
  ['nothing where the value stayed and only its description is another', 'old', [], []],
])('puts back %s', async (_, value, back, ways) => {
  const {store} = memory({'/A': 'old'})
  const terms = {description: 'what for', defaultKey: 'alias/x'}
  const changes = await planChanges(store, fleet, [{key: 'A', name: '/A', value}], terms)
  const {key, name, type, rollout} = changes[0]!
  const written = {key, name, type, rollout, action: 'updated' as const, version: 2, previous: 1}
  expect(undone(changes, [written], 'its restart failed').map((change) => change.value)).toEqual(back)
  expect(waysBack(changes, [written])).toEqual(ways)
})

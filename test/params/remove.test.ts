import {describe, expect, it} from 'vitest'

import {Interrupted} from '../../src/errors.js'
import type {Event} from '../../src/events.js'
import {removeParameters} from '../../src/params/remove.js'
import {planUnset} from '../../src/params/unset.js'
import {memory} from '../support/parameters-in-memory.js'

const fleet = {readers: [], linked: [], tasks: [], unknown: []}
const keys = Array.from({length: 12}, (_, i) => `K${i + 1}`)
const first = keys.slice(0, 10).join(', ')

/** Deletes twelve; the second call fails. Everything said on the way, and the failure. */
async function removed(failure: Error) {
  const {store} = memory(Object.fromEntries(keys.map((key) => [`/${key}`, 'x'])))
  const removals = await planUnset(store, fleet, keys, {path: '/', force: false})
  let calls = 0
  const remove = async (names: string[]) => {
    if (++calls === 2) throw failure
    await store.remove(names)
  }
  const events: Event[] = []
  const ended = (async () => {
    const resume = (left: string[]) => `fb params unset ${left.join(' ')}`
    for await (const event of removeParameters({...store, remove}, removals, resume)) events.push(event)
  })()
  return {error: await ended.catch((error: unknown) => error), events}
}

describe('many parameters are deleted ten at a time', () => {
  it('a failure says which are gone, which are left, and what to type for those', async () => {
    const {error} = await removed(Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'}))
    expect(error).toMatchObject({
      exitCode: 6,
      code: 'partly_deleted',
      state: `Deleted: ${first}. Not deleted: K11, K12.`,
      next: expect.arrayContaining(['fb params unset K11 K12']),
    })
  })

  it('Ctrl-C finds out what is gone and that the call under way may have happened', async () => {
    const {error, events} = await removed(new Interrupted('Interrupted.'))
    expect(error).toBeInstanceOf(Interrupted)
    expect(events.findLast(({type}) => type === 'stands')).toEqual({
      type: 'stands',
      state: `Deleted: ${first}. Not certain to be deleted: K11, K12.`,
      next: ['fb params unset K11 K12'],
    })
  })
})

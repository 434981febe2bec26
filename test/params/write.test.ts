import {describe, expect, it} from 'vitest'

import {Interrupted} from '../../src/errors.js'
import type {Event} from '../../src/events.js'
import {type Change, planChanges} from '../../src/params/change.js'
import type {Store} from '../../src/params/store.js'
import {writeChanges} from '../../src/params/write.js'
import {at, memory} from '../support/parameters-in-memory.js'

const clock = {now: () => at, sleep: async () => {}}
const fleet = {readers: [], linked: [], tasks: [], unknown: []}

const plan = (store: Store, wishes: Record<string, string>): Promise<Change[]> =>
  planChanges(
    store,
    fleet,
    Object.entries(wishes).map(([key, value]) => ({key, name: `/${key}`, value})),
    {defaultKey: 'alias/x'},
  )

async function write(store: Store, changes: Change[]) {
  const run = writeChanges(store, changes, clock, () => ['the same again'])
  for (;;) {
    const {done, value} = await run.next()
    if (done) return value
  }
}

describe('two who write at once', () => {
  it('one who was quicker is seen before the write: nothing is written over it', async () => {
    const {store, put, values} = memory({'/A': 'old'})
    const changes = await plan(store, {A: 'mine'})
    put('/A', 'theirs')
    await expect(write(store, changes)).rejects.toMatchObject({exitCode: 5, message: 'A is v2 now, not v1 any more.'})
    expect(values('/A')).toEqual(['old', 'theirs'])
  })

  it('one who is quicker by a hair is found by the version: both values are kept, and it is said how to get theirs', async () => {
    const {store, values} = memory({'/A': 'old'}, (_, put) => put('/A', 'theirs'))
    const changes = await plan(store, {A: 'mine'})
    await expect(write(store, changes)).rejects.toMatchObject({
      exitCode: 5,
      state: 'Your value is v3. The other one is kept as v2.',
      next: expect.arrayContaining([expect.stringContaining('fb params rollback A --to 2')]),
    })
    expect(values('/A')).toEqual(['old', 'theirs', 'mine'])
  })

  it('our own first try, whose answer was lost, is no other', async () => {
    const {store} = memory({'/A': 'old'}, (_, put) => put('/A', 'mine'))
    expect(await write(store, await plan(store, {A: 'mine'}))).toMatchObject([{action: 'updated', version: 3}])
  })
})

it('a failure in the middle says what is written, what is left, and what to type', async () => {
  const {store} = memory({'/A': '1', '/B': '1', '/C': '1'}, ({name}) => {
    if (name === '/B') throw Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'})
  })
  await expect(write(store, await plan(store, {A: '2', B: '2', C: '2'}))).rejects.toMatchObject({
    exitCode: 6,
    message: expect.stringMatching(/^1 of 3 parameters are written, then: AWS is throttling/),
    state: 'Written: A v2. Left as they were: B, C; what is written stays as it is when it is all done again.',
    next: expect.arrayContaining(['the same again']),
  })
})

it('nothing is done to what is so already', async () => {
  const {store, values} = memory({'/A': '1'})
  expect(await write(store, await plan(store, {A: '1'}))).toMatchObject([{action: 'unchanged', version: 1}])
  expect(values('/A')).toEqual(['1'])
})

describe('a value that is written stands, whatever comes after it', () => {
  const tagged = async (store: Store) => {
    const [change] = await plan(store, {A: '2'})
    return [{...change!, tags: {team: 'x'}}]
  }

  it('tags that AWS refuses are all that is missing', async () => {
    const {store, values} = memory({'/A': '1'})
    const tag = async () => Promise.reject(Object.assign(new Error('no'), {name: 'AccessDeniedException'}))
    await expect(write({...store, tag}, await tagged(store))).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(/^A v2 is written, its tags are not: Your role may not/),
      state: 'Written: A v2.',
      next: expect.arrayContaining(['the same again']),
    })
    expect(values('/A')).toEqual(['1', '2'])
  })

  it('a read that fails is no reason to say that it was not written', async () => {
    const {store} = memory({'/A': '1'})
    let written = false
    const broken: Store = {
      ...store,
      put: (one) => store.put(one).finally(() => (written = true)),
      parameter: async (...asked) =>
        written
          ? Promise.reject(Object.assign(new Error('no'), {name: 'ThrottlingException'}))
          : store.parameter(...asked),
    }
    await expect(write(broken, await plan(store, {A: '2'}))).rejects.toMatchObject({
      exitCode: 6,
      state: 'Written: A v2.',
    })
  })

  it('Ctrl-C right after it leaves that behind', async () => {
    const {store} = memory({'/A': '1'})
    const tag = async () => Promise.reject(new Interrupted('Interrupted.'))
    const seen: Event[] = []
    const run = writeChanges({...store, tag}, await tagged(store), clock, () => ['the same again'])
    const ended = (async () => {
      for await (const event of run) seen.push(event)
    })()
    await expect(ended).rejects.toBeInstanceOf(Interrupted)
    expect(seen.at(-1)).toEqual({type: 'stands', state: 'Written: A v2.', next: []})
  })
})

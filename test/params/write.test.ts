import {describe, expect, it} from 'vitest'

import {type Change, planChanges} from '../../src/params/change.js'
import type {Parameter, Store, Version, Write} from '../../src/params/store.js'
import {writeChanges} from '../../src/params/write.js'

const at = new Date('2026-11-22T12:00:00Z')
const clock = {now: () => at, sleep: async () => {}}
const fleet = {readers: [], linked: [], tasks: [], unknown: []}

/** A store in memory; `before` is what others do in front of a write. */
function memory(
  values: Record<string, string>,
  before: (write: Write, put: (name: string, value: string) => void) => void = () => {},
) {
  const kept = new Map(Object.entries(values).map(([name, value]) => [name, [value]]))
  const parameter = (name: string, version = kept.get(name)?.length ?? 0): Parameter | undefined => {
    const value = kept.get(name)?.[version - 1]
    return value === undefined ? undefined : {name, type: 'SecureString', value, version, modifiedAt: at}
  }
  const put = (name: string, value: string) => void kept.set(name, [...(kept.get(name) ?? []), value])
  const store: Store = {
    parameter: async (name, selector) => parameter(name, selector ? Number(selector) : undefined),
    some: async (names) => names.flatMap((name) => parameter(name) ?? []),
    under: async () => [...kept.keys()].flatMap((name) => parameter(name) ?? []),
    versions: async (name) =>
      (kept.get(name) ?? []).map(
        (_, i): Version => ({
          version: i + 1,
          at,
          by: 'arn:x/ana',
          type: 'SecureString',
          tier: 'Standard',
          description: '',
          labels: [],
        }),
      ),
    values: async (name) => new Map((kept.get(name) ?? []).map((value, i) => [i + 1, value])),
    authors: async () => ({}),
    tag: async () => {},
    remove: async () => {},
    async put(write) {
      before(write, put)
      put(write.name, write.value)
      return {version: kept.get(write.name)!.length, tier: 'Standard'}
    },
  }
  return {store, put, values: (name: string) => kept.get(name)}
}

const plan = (store: Store, wishes: Record<string, string>): Promise<Change[]> =>
  planChanges(
    store,
    fleet,
    Object.entries(wishes).map(([key, value]) => ({key, name: `/${key}`, value})),
    {defaultKey: 'alias/x'},
  )

async function write(store: Store, changes: Change[]) {
  const run = writeChanges(store, changes, clock, ['the same again'])
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

import {createHash} from 'node:crypto'
import {expect, it} from 'vitest'

import {currentState} from '../../src/state/current.js'
import {stateBytes} from '../support/states.js'

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')
const at = new Date('2026-07-01T12:00:00Z')
const stored = (serial: number) => ({bytes: stateBytes({serial}), etag: `"${serial}"`, versionId: `v${serial}`, at})

/** A store whose state and digest are other ones with every read; the last ones stay. */
function store(states: (ReturnType<typeof stored> | undefined)[], digests: (string | undefined)[]) {
  const next = <T>(of: T[]) => (of.length > 1 ? of.shift() : of[0])
  return {
    key: 'app/dev/terraform.tfstate',
    objects: {place: 's3://bucket/', get: async () => next(states)},
    digest: async () => next(digests),
  }
}

it('reads the state and says which bytes it read', async () => {
  const one = stored(4)
  const state = await currentState(store([one], [md5(one.bytes)]))
  expect(state).toMatchObject({serial: 4, etag: '"4"', versionId: 'v4', at, digestMatches: true})
})

it('is content with a state that has no digest', async () => {
  expect(await currentState(store([stored(4)], [undefined]))).toMatchObject({digestMatches: true})
})

it('reads both again before it believes that state and digest differ: somebody may be writing', async () => {
  const [before, after] = [stored(4), stored(5)]
  const writing = store([after], [md5(before.bytes), md5(after.bytes)])
  expect(await currentState(writing)).toMatchObject({serial: 5, digestMatches: true})
  const broken = store([after], [md5(before.bytes)])
  expect(await currentState(broken)).toMatchObject({serial: 5, digestMatches: false})
})

it('says where it looked when there is no state, and what to type', async () => {
  await expect(currentState(store([undefined], [undefined]))).rejects.toMatchObject({
    exitCode: 3,
    code: 'no_state',
    message: 'There is no state at s3://bucket/app/dev/terraform.tfstate.',
    next: ['fb infra up', 'fb state adopt --from-key KEY'],
  })
})

import {createHash} from 'node:crypto'
import {expect, it} from 'vitest'
import {backUp} from '../../src/state/backups/backup.js'
import {currentState} from '../../src/state/current.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')
const at = new Date('2026-07-01T12:00:00Z')
const stored = (serial: number) => ({bytes: stateBytes({serial}), etag: `"${serial}"`, versionId: `v${serial}`, at})

/** A store whose state and digest are other ones with every read; the last ones stay. */
function store(states: (ReturnType<typeof stored> | undefined)[], digests: (string | undefined)[]) {
  const memory = memoryStore().store
  const next = <T>(of: T[]) => (of.length > 1 ? of.shift() : of[0])
  return {
    ...memory,
    objects: {...memory.objects, get: async () => next(states)},
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

it('says of a state that was deleted when, and what it can be restored from', async () => {
  const {store: bucket, put, erase} = memoryStore()
  put(bucket.key, stateBytes({serial: 4}))
  erase()
  await expect(currentState(bucket)).rejects.toMatchObject({
    exitCode: 3,
    code: 'state_deleted',
    because: ['The state was deleted at 1970-01-01T00:00:02Z; the newest version is version1.'],
    next: ['fb state restore version1', 'fb state backups'],
  })
})

it('knows from its backups that there was a state, but not from those of another app', async () => {
  const {store: bucket} = memoryStore()
  const taken = async (app: string) => {
    const place = {objects: bucket.objects, prefix: bucket.backups, of: {app, env: 'dev'}}
    return backUp(place, stored(4), {by: 'me', why: 'fb state backup', at})
  }
  await taken('other')
  await expect(currentState(bucket)).rejects.toMatchObject({code: 'no_state'})
  const {name} = await taken('app')
  await expect(currentState(bucket)).rejects.toMatchObject({
    code: 'state_deleted',
    because: [`The state was deleted; the newest backup is ${name}.`],
    next: [`fb state restore ${name}`, 'fb state backups'],
  })
})

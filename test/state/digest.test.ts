import {expect, it, onTestFinished, vi} from 'vitest'

import {md5} from '../../src/fingerprint.js'
import {currentState} from '../../src/state/current.js'
import {type Digest, digestOf, digestWarning} from '../../src/state/locks/digest.js'
import {mismatchOf} from '../../src/state/locks/mismatch.js'
import {canvas} from '../support/canvas.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const BYTES = stateBytes({serial: 7})

/** A store whose digest is another one with every look; the last one stays. */
function prepared(bytes: Buffer | undefined, ...digests: (string | undefined)[]) {
  const memory = memoryStore()
  if (bytes) memory.put(memory.store.key, bytes)
  return {...memory.store, digest: async () => (digests.length > 1 ? digests.shift() : digests[0])}
}

it.each<[string, Buffer | undefined, (string | undefined)[], Digest]>([
  ['that of the state', BYTES, [md5(BYTES)], 'matches'],
  ['of something else', BYTES, ['0'.repeat(32)], 'differs'],
  ['right at the second look', BYTES, ['0'.repeat(32), md5(BYTES)], 'matches'],
  ['not there', BYTES, [undefined], 'none'],
  ['empty', BYTES, [''], 'none'],
  ['that of a state which is gone', undefined, [md5(BYTES)], 'gone'],
  ['that of nothing, and there is no state', undefined, [md5(Buffer.of())], 'gone'],
  ['not there, and there is no state', undefined, [undefined], 'none'],
])('knows what Terraform thinks of a state whose digest is %s', async (_, bytes, digests, expected) => {
  expect(await digestOf(prepared(bytes, ...digests))).toBe(expected)
  if (bytes) expect((await currentState(prepared(bytes, ...digests))).digestMatches).toBe(expected !== 'differs')
})

const failing = (error: Error) => ({...prepared(BYTES, undefined), digest: () => Promise.reject(error)})

it('reads without the lock table where it only reads, and says so in one line', async () => {
  const denied = Object.assign(new Error('not authorized to perform: dynamodb:GetItem on x'), {
    name: 'AccessDeniedException',
    $metadata: {httpStatusCode: 400},
  })
  await expect(currentState(failing(denied))).rejects.toThrow()
  const state = await currentState(failing(denied), {lenient: true})
  expect(state).toMatchObject({serial: 7, digestMatches: true})
  expect(digestWarning(state)?.(canvas({width: 200}))).toEqual([
    '! The digest of the state was not checked. Your role may not call dynamodb:GetItem.',
  ])
})

it('does not wait for a lock table that is away', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const reading = currentState({...failing(new Error()), digest: () => new Promise(() => {})}, {lenient: true})
  await vi.advanceTimersByTimeAsync(3000)
  const state = await reading
  expect(digestWarning(state)?.(canvas())).toEqual([
    '! The digest of the state was not checked. The lock table does not answer.',
  ])
})

it('says of a digest which version it is of, if of any', async () => {
  const {store, put, seen} = memoryStore()
  for (const serial of [1, 2, 3]) put(store.key, stateBytes({serial}))
  const now = md5(stateBytes({serial: 3}))
  seen.digest = md5(stateBytes({serial: 1}))
  expect(await mismatchOf(store)).toMatchObject({md5: now, version: {versionId: 'version1'}})
  seen.digest = '0'.repeat(32)
  expect(await mismatchOf(store)).toEqual({md5: now, digest: seen.digest, compared: 2})
  seen.digest = now
  expect(await mismatchOf(store)).toBeUndefined()
  seen.digest = '0'.repeat(32)
  const denied = () => Promise.reject(new Error('s3:ListBucketVersions'))
  expect(await mismatchOf({...store, versions: denied})).toEqual({md5: now, digest: seen.digest, compared: 0})
})

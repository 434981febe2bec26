import {expect, it} from 'vitest'

import {md5} from '../../src/fingerprint.js'
import {currentState} from '../../src/state/current.js'
import {type Digest, digestOf} from '../../src/state/digest.js'
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
  ['that of a state which is gone', undefined, [md5(BYTES)], 'differs'],
  ['that of nothing, and there is no state', undefined, [md5(Buffer.of())], 'differs'],
  ['not there, and there is no state', undefined, [undefined], 'none'],
])('knows what Terraform thinks of a state whose digest is %s', async (_, bytes, digests, expected) => {
  expect(await digestOf(prepared(bytes, ...digests))).toBe(expected)
  if (bytes) expect((await currentState(prepared(bytes, ...digests))).digestMatches).toBe(expected !== 'differs')
})

import {expect, it} from 'vitest'

import {md5} from '../../src/fingerprint.js'
import {lockStatus} from '../../src/state/locks/lock-status.js'
import {lockText} from '../../src/state/locks/lock-text.js'
import {unlock, unlockText} from '../../src/state/locks/unlock.js'
import {canvas} from '../support/canvas.js'
import {memoryStore} from '../support/memory-store.js'
import {stateBytes} from '../support/states.js'

const shown = {env: 'dev', now: new Date(3_600_000)}
const liveness = async () => ({alive: 'unknown' as const, because: 'nobody knows'})
const wide = canvas({width: 200})

type Memory = ReturnType<typeof memoryStore>

const textOf = async ({store}: Memory, more = {}) =>
  lockText(await lockStatus(store, {liveness}), {...shown, ...more}, wide).join('\n')

function wrong(digest = '0'.repeat(32)): Memory {
  const memory = memoryStore()
  for (const serial of [1, 2]) memory.put(memory.store.key, stateBytes({serial}))
  memory.seen.digest = digest
  return memory
}

it('shows both sums of a digest that is wrong, and where it comes from', async () => {
  const older = md5(stateBytes({serial: 1}))
  const known = await textOf(wrong(older))
  expect(known).toContain(`MD5 ${md5(stateBytes({serial: 2}))}`)
  expect(known).toContain(older)
  expect(known).toContain('that of version version1, 59m')
  expect(known).toContain('fb state diff version1 --env dev')
  const unknown = await textOf(wrong())
  expect(unknown).toContain('no older version (1 compared): somebody wrote this state by hand or without the lock')
  expect(unknown).toContain('fb state unlock --env dev')
  expect(await textOf(wrong(), {unlocking: true})).not.toContain('fb state unlock')
})

it('calls a state that is gone deleted, and never touches its digest', async () => {
  const memory = wrong()
  memory.erase()
  const text = await textOf(memory)
  expect(text).toContain('The state was deleted at 1970-01-01T00:00:03Z; the newest version is version2.')
  expect(text).toContain('fb state restore version2 --env dev')
  const status = await lockStatus(memory.store, {liveness})
  const writing = {store: memory.store} as Parameters<typeof unlock>[0]
  const unlocked = await unlock(writing, status, [])
  expect(unlocked).toEqual({freed: [], digest: 'gone'})
  expect(memory.seen.digest).toBe('0'.repeat(32))
  expect(unlockText(unlocked, 'dev', status.loss, wide).join('\n')).toMatch(
    /was deleted[\s\S]*fb state restore version2/,
  )
})

it('shows a lock that says little without holes', async () => {
  const memory = memoryStore()
  memory.held.set('table', '')
  const text = await textOf(memory)
  expect(text).toContain('locked by somebody')
  expect(text).toContain('Lock   without an ID, in the table')
  expect(text).not.toMatch(/What|Terraform/)
})

it('calls what Terraform does by its name', async () => {
  const memory = memoryStore()
  memory.held.set(
    'table',
    JSON.stringify({ID: 'x', Who: 'ann@laptop', Operation: 'OperationTypeApply', Version: '1.11.4'}),
  )
  expect(await textOf(memory)).toContain('What   apply · Terraform 1.11.4')
})

import {expect, it} from 'vitest'

import {planChanges, type Terms} from '../../src/params/change.js'
import {changesText} from '../../src/params/change-text.js'
import {canvas} from '../support/canvas.js'
import {at, memory} from '../support/parameters-in-memory.js'

const fleet = {readers: [], linked: [], tasks: [], unknown: []}

const KEY = 'arn:aws:kms:us-east-1:111111111111:key/1b0e6f6a-0000-4000-8000-000000000000'

async function changeFor(terms: Omit<Terms, 'defaultKey'>, keyId = 'alias/a') {
  const {store} = memory({'/A': 'x'})
  const versions: typeof store.versions = async (name) =>
    (await store.versions(name)).map((one) => ({...one, keyId, description: 'what for [fb: why]'}))
  const wish = {key: 'A', name: '/A', value: 'x'}
  const [change] = await planChanges({...store, versions}, fleet, [wish], {...terms, defaultKey: 'alias/d'})
  return change!
}

it.each([
  [{}, 'same'],
  [{description: 'what for'}, 'same'],
  [{description: 'another'}, 'update'],
  [{tier: 'Standard'}, 'same'],
  [{tier: 'Intelligent-Tiering'}, 'same'],
  [{tier: 'Advanced'}, 'update'],
  [{kmsKey: 'alias/a'}, 'same'],
  [{kmsKey: 'alias/b'}, 'update'],
] as const)('the same value with %j is %s', async (terms, action) =>
  expect((await changeFor(terms)).action).toBe(action),
)

it('knows a key by its id and by its ARN', async () => {
  expect((await changeFor({kmsKey: KEY}, KEY.split('/')[1])).action).toBe('same')
  expect((await changeFor({kmsKey: KEY.split('/')[1]}, KEY)).action).toBe('same')
})

it('says what changes beside a value that stays, and that an alias may mean the same key', async () => {
  const change = await changeFor({kmsKey: KEY, tier: 'Advanced', description: 'another'})
  expect(changesText([change], at, () => 'abc', canvas({width: 200}))).toEqual([
    '',
    '  A  SecureString  v1 → v2  last changed by ana, 0s ago',
    '  = ••••••  #abc  the same value',
    `  ~ KMS key alias/a → ${KEY} (an alias may mean the same key)`,
    '  ~ tier Standard → Advanced',
    '  ~ another description',
    '    no service reads it',
    '',
  ])
})

import {expect, it} from 'vitest'

import {planChanges, type Terms} from '../../src/params/change.js'
import {memory} from '../support/parameters-in-memory.js'

const fleet = {readers: [], linked: [], tasks: [], unknown: []}

async function actionFor(terms: Omit<Terms, 'defaultKey'>) {
  const {store} = memory({'/A': 'x'})
  const versions: typeof store.versions = async (name) =>
    (await store.versions(name)).map((one) => ({...one, keyId: 'alias/a', description: 'what for [fb: why]'}))
  const wish = {key: 'A', name: '/A', value: 'x'}
  const [change] = await planChanges({...store, versions}, fleet, [wish], {...terms, defaultKey: 'alias/d'})
  return change!.action
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
] as const)('the same value with %j is %s', async (terms, action) => expect(await actionFor(terms)).toBe(action))

import {expect, it} from 'vitest'

import {listParameters} from '../../src/params/list.js'
import {memory} from '../support/parameters-in-memory.js'

it('what only the next deployment adds is missing too when the store lacks it', async () => {
  const link = {service: 'v1', container: '', variable: 'NEW', parameter: '/app/dev/NEW'}
  const fleet = {readers: [], linked: [link], tasks: [], unknown: []}
  const wanted = {path: '/app/dev/', missingOnly: true}
  expect(await listParameters(memory({}).store, fleet, wanted)).toMatchObject([
    {key: 'NEW', state: 'missing', readers: [], linked: [link]},
  ])
})

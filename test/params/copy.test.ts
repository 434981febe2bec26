import {expect, it} from 'vitest'

import {planCopy} from '../../src/params/copy.js'
import {memory} from '../support/parameters-in-memory.js'

it('a full name is copied like the key that it is', async () => {
  const from = {env: 'dev', path: '/app/dev/', store: memory({'/app/dev/KEY': 'x', '/app/dev/OTHER': 'y'}).store}
  const to = {env: 'prod', path: '/app/prod/', store: memory({}).store}
  const choice = {keys: ['/app/dev/KEY'], all: false, skipExisting: false, force: false}
  expect(await planCopy(from, to, choice)).toMatchObject([{key: 'KEY', name: '/app/prod/KEY', value: 'x'}])
})

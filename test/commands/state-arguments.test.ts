import {expect, it} from 'vitest'

import {emptyHome} from '../support/fb.js'

it('knows the shared stack as a place where a state is', async () => {
  const {stderr, code} = await emptyHome().fb(['state', 'list', '--env', 'nope'])
  expect({stderr, code}).toMatchObject({code: 2, stderr: expect.stringMatching(/Known: .*shared/)})
})

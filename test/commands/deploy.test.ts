import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

it('deploys a good image until all traffic has moved', async () => {
  const {fb} = home()
  const {code, stdout, stderr} = await fb(['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes'])
  expect({code, stdout}).toEqual({code: 0, stdout: expect.stringContaining('v4 (1.1.0) is live in sandbox')})
  expect(stderr).toContain('Shift production traffic: done')
})

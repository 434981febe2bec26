import {expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

it('says while AWS throttles that it is waited for, and leaves nothing of that', async () => {
  const here = home()
  here.sandbox.fault('throttle:8')
  const {until, ended, screen} = terminal(['status', '--env', 'sandbox'], here)
  await until(/^waiting for AWS, \ds$/m)
  expect(await ended).toEqual({code: 0})
  expect(screen()[0]).toMatch(/sandbox v1 is healthy/)
  expect(screen().join('\n')).not.toContain('waiting')
})

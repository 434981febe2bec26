import {expect, it} from 'vitest'

import {systemClock} from '../src/clock.js'

it('a sleep that is aborted rejects with the reason, even one aborted before it began', async () => {
  const reason = new Error('Ctrl-C')
  const abort = new AbortController()
  const asleep = systemClock.sleep(60_000, abort.signal)
  abort.abort(reason)
  await expect(asleep).rejects.toBe(reason)
  await expect(systemClock.sleep(60_000, abort.signal)).rejects.toBe(reason)
})

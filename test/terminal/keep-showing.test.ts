import {expect, it} from 'vitest'

import {AccessError, FbError, Interrupted} from '../../src/errors.js'
import {keepShowing} from '../../src/terminal/keep-showing.js'

/** Shows what is read, in this order, until Ctrl-C after the last one; says what was drawn. */
async function shown(reads: (string | Error)[]) {
  const drawn: string[] = []
  const abort = new AbortController()
  let time = 0
  let ended = false
  const clock = {
    now: () => new Date(time),
    async sleep(ms: number) {
      time += ms
      if (reads.length === 0) abort.abort(new Interrupted('Interrupted.'))
      abort.signal.throwIfAborted()
    },
  }
  const read = async () => {
    const next = reads.shift()!
    if (next instanceof Error) throw next
    return next
  }
  const place = {
    show: (value: string, fresh: boolean) => drawn.push(`${time / 1000} s: ${value}${fresh ? '' : ', the same'}`),
    warn: (text: string, last: string, fresh: boolean) =>
      drawn.push(`${time / 1000} s: ${last}, ${text}${fresh ? '' : ', the same'}`),
    end() {
      ended = true
    },
  }
  const error = await keepShowing(read, place, clock, abort.signal).catch((error: Error) => error)
  expect(ended).toBe(true)
  return {drawn, error}
}

const slow = new FbError('AWS is throttling this account.', {code: 'throttled'})

it('reads no faster than CodeDeploy bears', async () => {
  const {drawn, error} = await shown(['healthy', 'healthy', 'deploying'])
  expect(drawn).toEqual(['0 s: healthy', '10 s: healthy, the same', '20 s: deploying'])
  expect(error).toBeInstanceOf(Interrupted)
})

it('keeps the last picture while it cannot be read, says since when and why, and goes on', async () => {
  const {drawn} = await shown(['healthy', slow, slow, 'deploying', slow])
  expect(drawn).toEqual([
    '0 s: healthy',
    '10 s: healthy, last read 10s ago: AWS is throttling this account, trying again',
    '20 s: healthy, last read 20s ago: AWS is throttling this account, trying again, the same',
    '30 s: deploying',
    '40 s: deploying, last read 10s ago: AWS is throttling this account, trying again',
  ])
})

it('ends when the credentials have ended', async () => {
  for (const code of ['bad_credentials', 'no_credentials']) {
    const gone = new AccessError('Your AWS session has expired.', {code})
    expect(await shown(['healthy', gone, 'healthy'])).toEqual({drawn: ['0 s: healthy'], error: gone})
  }
  const denied = new AccessError('Your role may not look.', {code: 'access_denied'})
  expect((await shown(['healthy', denied, 'deploying'])).drawn.at(-1)).toBe('20 s: deploying')
})

it('ends at once when nothing was ever seen: a wrong name stays wrong', async () => {
  expect(await shown([slow, 'healthy'])).toEqual({drawn: [], error: slow})
})

import {describe, expect, it} from 'vitest'

import {type Exchange, pass} from '../support/fault-proxy.js'
import {noMoto} from '../support/moto.js'
import {md5} from '../support/state-home.js'
import {RESTORED, stateAfter, under, whole} from './state-run.js'

/** Of a restore that takes both locks. */
const CALLS = 16
const ends: Record<'old' | 'new', number> = {old: 0, new: 0}

describe.skipIf(noMoto)('Ctrl-C during a restore', () => {
  it.concurrent.for(Array.from({length: CALLS}, (_, i) => i + 1))(
    'as its call number %i is sent leaves the old state or the new one, as it says, and no lock',
    async (nth, test) => {
      const {home, code, stderr} = await under('restore', 'table and lock file', test, ({kill}) => [
        {
          nth,
          kind: (exchange: Exchange) => {
            kill('SIGINT')
            return pass(exchange)
          },
        },
      ])
      const found = await stateAfter(home, RESTORED)
      ends[found]++
      expect({code, stderr}).toMatchObject(
        found === 'new' ? {code: 0} : {code: 130, stderr: expect.stringContaining('Nothing was changed.')},
      )
      expect(stderr).not.toMatch(/\n {4}at |undefined/)
      expect(await home.digest()).toBe(md5((await home.state())!))
      expect(await home.locks()).toEqual([])
    },
  )

  it('came before and after the point of no return', async (test) => {
    expect((await whole('restore', 'table and lock file', test)).calls).toBe(CALLS)
    expect(Math.min(ends.old, ends.new)).toBeGreaterThan(4)
  })
})

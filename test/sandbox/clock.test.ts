import {expect, it} from 'vitest'

import {timeOf} from '../../src/sandbox/clock.js'
import {manual} from './account.js'

const ago = (seconds: number) => Date.now() - seconds * 1000
const near = (ms: number) => expect(Math.abs(ms)).toBeLessThan(2000)

it('runs no faster than ours while a person has to answer, and then as fast as before', () => {
  near(timeOf({at: 0, real: ago(20), speed: 60, calm: ago(-5)}) - 20_000)
  near(timeOf({at: 0, real: ago(20), speed: 60, calm: ago(10)}) - (10_000 + 600_000))
  near(timeOf({at: 0, real: ago(20), speed: 60}) - 1_200_000)
})

it('never makes a slow clock faster', () => {
  near(timeOf({at: 0, real: ago(20), speed: 0.5, calm: ago(-5)}) - 10_000)
  near(timeOf({at: 0, real: ago(20), speed: 0, calm: ago(-5)}))
})

it('waits in its own time, however long that takes in ours', async () => {
  const sandbox = manual()
  const before = sandbox.clock.now().getTime()
  sandbox.clock.unhurried?.(60_000)
  await sandbox.clock.sleep(45_000)
  expect(sandbox.clock.now().getTime() - before).toBe(45_000)
})

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, it} from 'vitest'

import {beginOf, Ledger, type Saved} from '../../src/logs/ledger.js'
import {eventOf} from '../support/log-lines.js'

const AT = Date.UTC(2026, 10, 22, 14)
/** As CloudWatch makes them: the time, in units of 2^-144 ms, and a number behind it. */
const idOf = (at: number, i: number) => ((BigInt(at) << 144n) + (BigInt(i) << 70n)).toString()

it('tells a million ids of one second apart, and knows each of them again', () => {
  const ledger = new Ledger()
  const again = () => Array.from({length: 1_000_000}, (_, i) => eventOf('', {id: idOf(AT, i), at: AT + (i % 1000)}))
  expect(again().filter((event) => !ledger.admit(event, AT + 1000))).toEqual([])
  expect(again().filter((event) => ledger.admit(event, AT + 1000))).toEqual([])
  expect(ledger.size).toBe(1_000_000)
})

it('forgets by age also where days of seconds are remembered', () => {
  const ledger = new Ledger()
  for (let i = 0; i < 200_000; i++) {
    const at = AT + i * 1000
    ledger.admit(eventOf('', {id: idOf(at, i), at}), at)
  }
  ledger.forget(AT + 100_000_000, AT + 200_000_000)
  expect(ledger.size).toBe(100_000)
})

it('remembers the ids of two minutes, 2000 in a second, in less than 10 MB', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  const taken = () => {
    collect()
    const {heapUsed, arrayBuffers} = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = taken()
  const ledger = new Ledger()
  for (let i = 0; i < 240_000; i++) {
    const at = AT + Math.floor(i / 2)
    ledger.admit(eventOf('', {id: idOf(at, i), at}), AT + 120_000)
  }
  expect(taken() - before).toBeLessThan(10e6)
  expect(ledger.size).toBe(240_000)
})

it('goes on from a file: with all from a time on that was not seen, and before it with what is still to be shown', () => {
  const at = (i: number) => eventOf('', {id: idOf(AT + i * 1000, i), at: AT + i * 1000})
  const events = Array.from({length: 10}, (_, i) => at(i))
  const ledger = new Ledger()
  for (const event of events) ledger.admit(event, AT + 10_000)
  // Shown are all but the third and the eighth; what is older than the sixth is forgotten.
  const again = (saved: Saved) => {
    const next = new Ledger()
    next.load(JSON.parse(JSON.stringify(saved)))
    return next
  }
  const first = again(ledger.save([events[2]!, events[7]!], AT + 5000))
  expect(beginOf(first.save([], AT))).toBe(AT + 2000)
  // All was read, and what is owed did not come, as with another --grep: nobody waits for it any more.
  expect(first.save([], AT + 9000)).toMatchObject({floor: AT + 9000, owed: []})
  // Nothing was read before it ended: the next one owes the same.
  const second = again(first.save([], AT + 2000))
  expect(events.filter((event) => second.admit(event, AT + 10_000))).toEqual([events[2], events[7]])
  expect(beginOf(second.save([], AT + 2000))).toBe(AT + 5000)
  expect(beginOf(second.save([events[2]!], AT + 2000))).toBe(AT + 2000)
})

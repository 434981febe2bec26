import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, it} from 'vitest'

import {Ledger} from '../../src/logs/ledger.js'
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

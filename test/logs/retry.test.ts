import {expect, it} from 'vitest'

import {paceOf, quotaOf} from '../../src/logs/quota.js'
import {outlastThrottling, persist} from '../../src/logs/retry.js'
import {manualClock, START} from '../support/cloudwatch.js'

const named = (name: string, more = {}) => Object.assign(new Error(name), {name, ...more})

/** Calls that fail so, one after the other, and then work. */
function calls(errors: Error[], {login = false} = {}) {
  const clock = manualClock()
  const notes: string[] = []
  const signal = new AbortController().signal
  const left = [...errors]
  const call = async () => {
    const error = left.shift()
    if (error) throw error
    return 'answer'
  }
  const patience = {clock, signal, login, note: (text: string) => notes.push(text), random: () => 1}
  return {
    run: () => persist(call, patience),
    runFirst: (end?: number) => outlastThrottling(call, {...patience, end}),
    notes,
    waited: () => clock.now().getTime() - START,
  }
}

it('waits longer each time it is throttled, says so once, and never gives up', async () => {
  const {run, notes, waited} = calls(Array.from({length: 12}, () => named('ThrottlingException')))
  expect(await run()).toBe('answer')
  expect(notes).toEqual([
    expect.stringMatching(/^AWS is throttling.* Trying again\.$/),
    'Reading goes on; nothing was missed.',
  ])
  expect(waited()).toBeGreaterThan(120_000)
})

it('says nothing of a single call that was throttled', async () => {
  const {run, notes} = calls([named('ThrottlingException')])
  expect(await run()).toBe('answer')
  expect(notes).toEqual([])
})

it('waits for a login to be renewed where a person can do it, and ends elsewhere', async () => {
  const expired = () => named('ExpiredTokenException')
  const waiting = calls([expired(), expired()], {login: true})
  expect(await waiting.run()).toBe('answer')
  expect(waiting.notes[0]).toBe('Your AWS session has expired. Type in another window: aws sso login')
  await expect(calls([expired()]).run()).rejects.toThrow('ExpiredTokenException')
})

it('does not try again what will not get better', async () => {
  const denied = named('AccessDeniedException', {$metadata: {httpStatusCode: 400}})
  await expect(calls([denied]).run()).rejects.toBe(denied)
})

it('is not ended by throttling before there is anything to read, and says at once what it waits for', async () => {
  const {runFirst, notes, waited} = calls(Array.from({length: 12}, () => named('ThrottlingException')))
  expect(await runFirst()).toBe('answer')
  expect(notes).toEqual([expect.stringMatching(/^AWS is throttling.* Trying again\.$/)])
  expect(waited()).toBe(12 * 20_000)
})

it('ends before there is anything to read when its time is up, or nobody is there to log in', async () => {
  const throttled = () => Array.from({length: 12}, () => named('ThrottlingException'))
  await expect(calls(throttled()).runFirst(START + 60_000)).rejects.toThrow('ThrottlingException')
  await expect(calls([named('ExpiredTokenException')], {login: true}).runFirst()).rejects.toThrow('ExpiredToken')
})

it('takes at most 40 % of the quota, whatever Region it is', async () => {
  const perMinute = async (region: string) => {
    const clock = manualClock()
    const pace = paceOf(quotaOf(region), clock)
    let turns = 0
    for (; clock.now().getTime() < START + 60_000; turns++) await pace.turn()
    return turns
  }
  expect(await perMinute('us-east-1')).toBeLessThanOrEqual(601)
  expect(await perMinute('eu-central-1')).toBeLessThanOrEqual(121)
  expect(await perMinute('eu-west-1')).toBeLessThanOrEqual(241)
  expect(quotaOf('xx-new-1')).toEqual({perSecond: 5, known: false})
})

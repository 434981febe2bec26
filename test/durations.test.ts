import {expect, it} from 'vitest'

import {age, duration, moment, parseDuration} from '../src/durations.js'

it.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

it.each(['', '5', 'm', '5 m', '-5m', '1.5h', '5min'])('refuses %j', (text) =>
  expect(() => parseDuration(text)).toThrow(/is not a duration/),
)

it.each([
  [0, '0s'],
  [61_000, '1m01s'],
  [3_661_000, '1h01m'],
  [90_000_000, '1d1h'],
  [-5, '0s'],
])('says %i ms as %s', (ms, text) => expect(duration(ms)).toBe(text))

it('says an age in one unit', () =>
  expect([0, 59_000, 7_300_000, 900_000_000].map(age)).toEqual(['0s', '59s', '2h', '10d']))

it('names the day of what is not of today', () => {
  const then = new Date(2026, 10, 21, 7, 5, 9)
  expect(moment(then, new Date(2026, 10, 21, 9))).toBe('07:05:09')
  expect(moment(then, new Date(2026, 10, 27))).toBe('2026-11-21 07:05:09')
})

import {expect, it} from 'vitest'

import {parseRange, parseTime} from '../../src/logs/time.js'
import {zoneOf} from '../../src/logs/zone.js'

const now = Date.parse('2026-11-22T14:02:11.482Z')
const at = (text: string, zone = 'utc') => new Date(parseTime(text, now, zoneOf(zone))).toISOString()

it.each([
  ['now', '2026-11-22T14:02:11.482Z'],
  ['90s', '2026-11-22T14:00:41.482Z'],
  ['1h30m', '2026-11-22T12:32:11.482Z'],
  ['2d', '2026-11-20T14:02:11.482Z'],
  ['14:00', '2026-11-22T14:00:00.000Z'],
  ['14:05', '2026-11-21T14:05:00.000Z'],
  ['9:05:07.5', '2026-11-22T09:05:07.500Z'],
  ['today', '2026-11-22T00:00:00.000Z'],
  ['yesterday', '2026-11-21T00:00:00.000Z'],
  ['yesterday 14:05', '2026-11-21T14:05:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20 08:15', '2026-11-20T08:15:00.000Z'],
  ['2026-11-20T08:15:30,25', '2026-11-20T08:15:30.250Z'],
  ['2026-11-20T08:15:30Z', '2026-11-20T08:15:30.000Z'],
  ['2026-11-20T08:15:30+01:00', '2026-11-20T07:15:30.000Z'],
  ['2026-11-20T08:15:30-0530', '2026-11-20T13:45:30.000Z'],
  ['1795356000', '2026-11-22T14:00:00.000Z'],
  ['1795356000500', '2026-11-22T14:00:00.500Z'],
])('reads %s', (text, expected) => expect(at(text)).toBe(expected))

it('reads times in the zone asked for, also across a change of its clocks', () => {
  expect(at('2026-11-20 08:15', 'Europe/Berlin')).toBe('2026-11-20T07:15:00.000Z')
  expect(at('2026-07-20 08:15', 'Europe/Berlin')).toBe('2026-07-20T06:15:00.000Z')
  expect(at('2026-03-29 03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  expect(at('2026-10-25 04:00', 'Europe/Berlin')).toBe('2026-10-25T03:00:00.000Z')
  expect(at('00:30', 'Asia/Kathmandu')).toBe('2026-11-21T18:45:00.000Z')
  expect(at('today', 'America/New_York')).toBe('2026-11-22T05:00:00.000Z')
})

it.each(['', 'soon', '25:00', '14:60', '2026-13-01', '2026-02-30', '10 m', '-5m', '2026-11-20T25:00Z'])(
  'does not guess what %j means',
  (text) => expect(() => at(text)).toThrow('is not a time'),
)

it('shows times in a zone', () => {
  const berlin = zoneOf('Europe/Berlin')
  expect([berlin.time(now), berlin.date(now)]).toEqual(['15:02:11.482', '2026-11-22'])
  expect(zoneOf('Asia/Tokyo').time(now + 5_000)).toBe('23:02:16.482')
  expect(() => zoneOf('Mars/Olympus')).toThrow('There is no time zone "Mars/Olympus".')
})

it('refuses ranges that nothing can be in', () => {
  const range = (since: string, until?: string) => parseRange({since, until}, now, zoneOf('utc'))
  expect(range('10m', '5m')).toEqual({since: now - 600_000, until: now - 300_000})
  expect(() => range('2026-11-23')).toThrow('--since is 2026-11-23T00:00:00Z, and it is only 2026-11-22T14:02:11.482Z')
  expect(() => range('5m', '10m')).toThrow('is not later than --since')
  expect(() => range('soon')).toThrow('--since: "soon" is not a time.')
})

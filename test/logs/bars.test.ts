import {describe, expect, it} from 'vitest'

import {widthOf} from '../../src/columns.js'
import {tallyDocument, tallyText} from '../../src/logs/bars.js'
import {type Key, Tally} from '../../src/logs/tally.js'
import {zoneOf} from '../../src/logs/zone.js'
import {canvasFor} from '../../src/terminal/colours.js'

const hour = 3_600_000
const start = Date.UTC(2026, 10, 22, 13)
const canvas = canvasFor({isTTY: true, columns: 80}, false)
const utc = zoneOf('utc')

function chart(by: Key, counts: [string | number, number][], ms = hour) {
  const tally = new Tally(by)
  for (const [key, count] of counts) tally.count(key, count)
  return tallyText(tally, {from: start, to: start + ms, zone: utc, whole: true, bare: false}, canvas)
}

describe('a chart', () => {
  it('fits on 80 columns, however long the names and however many the lines', () => {
    const lines = chart('path', [
      ['/api/v1/items', 12_345_678],
      [`/api/${'long/'.repeat(30)}`, 3],
      ['/health', 1],
    ])
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80)
    expect(lines[0]).toMatch(/^PATH +LINES$/)
    expect(lines[1]).toMatch(/^\/api\/v1\/items +12,345,678 {2}█+$/)
    expect(lines[2]).toMatch(/…/)
    expect(lines.at(-1)).toBe('12,345,682 lines')
  })

  it('shows the least of all that is there, and nothing of what is not', () => {
    expect(
      chart('level', [
        ['info', 100_000],
        ['error', 1],
      ])[2],
    ).toMatch(/^error +1 {2}▏$/)
  })

  it('has a line for each stretch of time, also for those without any', () => {
    const lines = chart('minute', [
      [start, 5],
      [start + 60_000, 5],
      [start + 30 * 60_000, 10],
    ])
    expect(lines.slice(0, 3)).toEqual(['2 MINUTES  LINES', `13:00         10  ${'█'.repeat(60)}`, '13:02          0'])
    expect(lines).toHaveLength(1 + 30 + 1)
    expect(lines[16]).toMatch(/^13:30 +10 +█+$/)
  })

  it('names the day when there are several, and widens the steps', () => {
    const lines = chart('minute', [[start, 5]], 48 * hour)
    expect(lines[0]).toMatch(/^2 HOURS +LINES$/)
    expect(lines[1]).toMatch(/^11-22 12:00 +5 /)
    expect(lines.length).toBeLessThan(30)
  })

  it.each([
    [20 * 24, 'DAY', '11-22'],
    [120 * 24, '7 DAYS', '2026-11-19'],
    [800 * 24, '30 DAYS', '2026-11-03'],
  ])('of %i hours has at most thirty lines, by %s', (hours, title, first) => {
    const lines = chart('minute', [[start, 5]], hours * hour)
    expect(lines[0]).toMatch(new RegExp(`^${title} +LINES$`))
    expect(lines[1]).toMatch(new RegExp(`^${first} +5 `))
    expect(lines.length).toBeLessThanOrEqual(1 + 31 + 1)
  })

  it.each([
    ['back, by the day', '2026-10-23T22:00Z', 20 * 24, ['10-24        1440', '10-25        1500', '10-26        1440']],
    [
      'forward, by the day',
      '2026-03-27T23:00Z',
      20 * 24,
      ['03-28        1440', '03-29        1380', '03-30        1440'],
    ],
    ['back, by three hours', '2026-10-24T22:00Z', 80, ['10-25 00:00    240', '10-25 03:00    180']],
    ['forward, by three hours', '2026-03-28T23:00Z', 80, ['03-29 00:00    120', '03-29 03:00    180']],
    ['back, by two hours', '2026-10-24T22:00Z', 48, ['10-25 00:00    120', '10-25 02:00    180', '10-25 04:00    120']],
    [
      'back, by the hour',
      '2026-10-24T22:00Z',
      24,
      ['00:00     60', '01:00     60', '02:00     60', '02:00     60', '03:00     60'],
    ],
  ])('has each step once where a clock is put %s', (_, begin, hours, lines) => {
    const tally = new Tally('minute')
    const from = Date.parse(begin)
    const to = from + hours * hour
    for (let at = from; at < to; at += 60_000) tally.count(at, 1)
    const zone = zoneOf('Europe/Berlin')
    const drawn = tallyText(tally, {from, to, zone, whole: true, bare: true}, canvas)
    const told = drawn
      .slice(1, 1 + lines.length)
      .map((line) => line.replace(/ +█.*/, '').replace(/^10-25 (?=\d\d:\d\d +60$)/, ''))
    expect(told.map((line) => line.replace(/ +/g, ' '))).toEqual(lines.map((line) => line.replace(/ +/g, ' ')))
  })

  it('has the short step too where a clock is put forward and nothing happens in it', () => {
    const tally = new Tally('minute')
    const from = Date.parse('2026-03-28T23:00Z')
    tally.count(from, 1)
    const zone = zoneOf('Europe/Berlin')
    const lines = tallyText(tally, {from, to: from + 48 * hour, zone, whole: true, bare: true}, canvas)
    expect(lines.slice(1, 5).map((line) => line.slice(0, 11))).toEqual(
      ['00', '03', '04', '06'].map((time) => `03-29 ${time}:00`),
    )
  })

  it('tells long names by their ends', () => {
    const lines = chart('path', [
      [`/api/v1/${'x'.repeat(60)}/orders`, 1],
      [`/api/v1/${'x'.repeat(60)}/items`, 2],
    ])
    expect(lines[1]).toMatch(/^\/api\/.*…x*\/items +2 /)
    expect(lines[2]).toMatch(/^\/api\/.*…x*\/orders +1 /)
  })

  it('has figures that a program can read, in a pipe', () => {
    const tally = new Tally()
    tally.count(undefined, 3329)
    expect(tallyText(tally, {from: start, to: start + 1, zone: utc, whole: true, bare: true}, canvas)).toEqual(['3329'])
  })

  it('begins its steps where a clock of that zone does', () => {
    const tally = new Tally('minute')
    tally.count(start, 1)
    const span = {from: start, to: start + 24 * hour, zone: zoneOf('Asia/Kolkata'), whole: true, bare: false}
    const lines = tallyText(tally, span, canvas)
    expect(lines[1]).toMatch(/^11-22 18:00 /)
  })

  it('puts the most frequent first, and what is too much into one line', () => {
    const lines = chart(
      'task',
      Array.from({length: 40}, (_, i) => [`${i}`.padStart(8, '0').repeat(4), i + 1]),
    )
    expect(lines[1]).toMatch(/^00000039 +40 /)
    expect(lines).toHaveLength(1 + 30 + 1 + 1)
    expect(lines[31]).toBe('and 55 in 10 others')
  })

  it('of nothing is a zero', () => {
    expect(chart('level', [])).toEqual(['0'])
  })
})

it('programs get every minute by itself, also those between them without any', () => {
  const tally = new Tally('minute')
  tally.count(start + 2 * 60_000, 2)
  tally.count(start, 5)
  const search = {from: start + 1000, to: start + 3 * 60_000}
  expect(tallyDocument(tally, {search, engine: 'filter'})).toEqual({
    count: 7,
    by: 'minute',
    rows: [
      {key: '2026-11-22T13:00:00.000Z', count: 5},
      {key: '2026-11-22T13:01:00.000Z', count: 0},
      {key: '2026-11-22T13:02:00.000Z', count: 2},
    ],
    from: '2026-11-22T13:00:01.000Z',
    to: '2026-11-22T13:03:00.000Z',
    engine: 'filter',
    scanned: undefined,
  })
})

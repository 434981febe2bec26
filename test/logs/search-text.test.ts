import {expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import type {Row} from '../../src/logs/insights.js'
import {priceIn} from '../../src/logs/price.js'
import {rowsFooterText, rowsText} from '../../src/logs/rows-text.js'
import {endRecord} from '../../src/logs/search-end.js'
import {footerText, headerText, nothingFound} from '../../src/logs/search-text.js'
import {zoneOf} from '../../src/logs/zone.js'
import {canvas} from '../support/canvas.js'

const search = {from: 0, to: 1, sources: [{group: 'g'}], text: 'x', filter: filterOf({})}
const when = {zone: zoneOf('utc'), now: 1, onlyText: false}
const price = priceIn('us-east-1')
const course = {ms: 2000, price, reason: 'end'} as const
const summary = {shown: 5, more: false, last: false, scanned: 300 * 2 ** 30}

it('says behind the lines that Logs Insights has not sent all of them', () => {
  expect(footerText({...summary, cut: true}, course, canvas())).toBe(
    '■ 5 lines in 2s · Logs Insights has not sent all: --engine filter · 322 GB scanned for 1.50 USD',
  )
})

it('says behind the lines what it would cost to go on', () => {
  expect(footerText({...summary, unpaid: 2.25}, course, canvas())).toContain(
    ' · there may be more, for 2.25 USD in all: --max-cost 3 · ',
  )
})

it('says up to what it would cost where fb knows only the dearest Region', () => {
  const elsewhere = priceIn('eu-central-1')
  expect(footerText(summary, {...course, price: elsewhere}, canvas())).toContain('scanned for up to 2.70 USD')
})

it('does not say that nothing matches when not all was looked at', () => {
  const found = {...summary, shown: 0}
  expect(nothingFound({search, price}, found, when)).toMatchObject({code: 'no_match', exitCode: 3})
  expect(nothingFound({search, price}, {...found, cut: true}, when)).toMatchObject({
    code: 'cut',
    exitCode: 1,
    next: ['--engine filter'],
  })
  expect(nothingFound({search, price}, {...found, unpaid: 2.25}, when)).toMatchObject({
    code: 'cut',
    because: ['To go on would cost 2.25 USD in all.'],
    next: ['--max-cost 3', '--engine filter'],
  })
})

it.each([
  [3, 'fields @message', undefined],
  [10_000, 'fields @message', '| limit 100000'],
  [2, 'stats count(*) by path | sort n | LIMIT 2', '| limit 20'],
  [1, 'stats count(*) by path | limit 2', undefined],
  [2, 'limit 5 | fields @message | limit 2', '| limit 20'],
  // What some Regions return at most.
  [10_000, 'fields a | limit 50000', '--since with a shorter range'],
  [100_000, 'fields a | limit 100000', '--since with a shorter range'],
])('says of %i rows of a query %j whether it was cut, and how to get more', (count, query, next) => {
  const rows = Array.from({length: count}, (): Row => ({}))
  const text = rowsFooterText({rows, scanned: 5}, query, course, canvas())
  expect(text).toMatch(/^■ [\d,]+ rows? in 2s · .*5 B scanned for less than 0\.01 USD$/)
  expect(/there may be more: (.*?) ·/.exec(text)?.[1]).toBe(next)
})

it.each([
  ['09:00 to 10:00', '2026-11-22T09:00Z', '2026-11-22T10:00Z'],
  ['09:00:00 to 09:05:00', '2026-11-22T09:00Z', '2026-11-22T09:05Z'],
  ['2026-11-21 09:00 to 10:00', '2026-11-21T09:00Z', '2026-11-21T10:00Z'],
  ['2026-11-21 23:00 to 2026-11-22 01:00', '2026-11-21T23:00Z', '2026-11-22T01:00Z'],
  ['from 09:00', '2026-11-22T09:00Z', '2026-11-22T12:00Z'],
])('says where it looks: %s', (text, from, to) => {
  const now = Date.parse('2026-11-22T12:00Z')
  const span = {...search, from: Date.parse(from), to: Date.parse(to)}
  const prepared = {search: span, engine: 'filter', volume: {perSecond: 20}, price} as const
  expect(headerText(prepared, {zone: zoneOf('utc'), now}, canvas())).toEqual([`▶ g · ${text}`])
})

it('says what reading takes when it takes long', () => {
  const prepared = {search, engine: 'filter', volume: {bytes: 2 ** 30, perSecond: 20}, price} as const
  expect(headerText(prepared, when, canvas()).join(' ')).toContain('1.1 GB, up to 51s')
})

it.each([
  [1, "fb logs search 'x' --since 24h"],
  [30, "fb logs search 'x' --since 14d"],
  [24 * 30, "fb logs search 'x' --since 90d"],
  [24 * 100, undefined],
])('advises to look further back than %i hours', (hours, next) => {
  const now = hours * 3_600_000
  const looked = {...search, from: 0, to: now}
  const failure = nothingFound({search: looked, price}, {...summary, shown: 0}, {...when, now, onlyText: true})
  expect(failure.next).toEqual(next ? [next] : [])
})

it('advises what a shell takes, and only a flag where more was asked for', () => {
  const now = 3_600_000
  const quoted = {...search, text: "it's", to: now}
  const none = {...summary, shown: 0}
  expect(nothingFound({search: quoted, price}, none, {...when, now, onlyText: true}).next).toEqual([
    String.raw`fb logs search 'it'\''s' --since 24h`,
  ])
  expect(nothingFound({search: quoted, price}, none, {...when, now}).next).toEqual(['--since 24h'])
})

it('says how far it came when it was ended, for people and for programs', () => {
  const ended = {...course, reason: 'interrupted'} as const
  const some = {shown: 5, more: false, last: false, done: 0.123}
  expect(footerText(some, ended, canvas())).toBe('■ 5 lines so far in 2s · 12 % read')
  expect(JSON.parse(endRecord(summary, ended, 'insights'))).toMatchObject({
    type: 'end',
    reason: 'interrupted',
    engine: 'insights',
    usd: 1.5,
  })
  expect(rowsFooterText({rows: [{}], scanned: 5}, 'fields a', ended, canvas())).toContain('■ 1 row so far in 2s')
})

it('names --last only where it can be had', () => {
  const more = {shown: 5, more: true, last: false, limit: 5}
  expect(footerText(more, course, canvas())).toContain('--limit 50, or --last for the newest')
  for (const other of [{last: true}, {scanned: 7}])
    expect(footerText({...more, ...other}, course, canvas())).toMatch(/--limit 50(?!, or)/)
})

it('draws rows as a table, figures to the right, and without what only AWS reads', () => {
  const rows = [
    {path: '/a', n: '12', '@ptr': 'x'},
    {path: '/long', n: '3', '@ptr': 'y'},
  ]
  expect(rowsText(rows, canvas())).toEqual(['path    n', '/a     12', '/long   3'])
})

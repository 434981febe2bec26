import {expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import type {Row} from '../../src/logs/insights.js'
import {priceIn} from '../../src/logs/price.js'
import {footerText, nothingFound, rowsFooterText} from '../../src/logs/search-text.js'
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

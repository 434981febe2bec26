import {describe, expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {type Insights, type InsightsQuery, MOST_ROWS, type Row} from '../../src/logs/insights.js'
import {priceIn} from '../../src/logs/price.js'
import {queried} from '../../src/logs/queried.js'
import {manualClock, START} from '../support/cloudwatch.js'

/** Logs Insights over lines with these times: whole seconds, and no more rows than the limit. */
function fake(times: number[], most = MOST_ROWS, scanned = 5) {
  const asked: InsightsQuery[] = []
  const row = (at: number, i: number): Row => ({
    '@timestamp': new Date(at).toISOString().replace('T', ' ').replace('Z', ''),
    '@message': `line ${i}`,
    '@log': '1:g',
    '@ptr': String(i),
  })
  const rows = times.map((at, i) => ({at, row: row(at, i)}))
  const api: Insights = {
    startQuery: async (query) => String(asked.push(query)),
    async queryState() {
      const {text} = asked.at(-1)!
      const [from = 0, to = 0] = [.../toMillis\(@timestamp\) .= (\d+)/g[Symbol.matchAll](text)].map(([, at]) =>
        Number(at),
      )
      const limit = Math.min(most, Number(/limit (\d+)$/.exec(text)![1]))
      const found = rows.filter(({at}) => at >= from && at <= to)
      const sent = found.slice(0, limit).map((one) => one.row)
      return {status: 'Complete', rows: sent, scanned, matched: found.length}
    },
    stopQuery: async () => {},
    stopCommand: () => '',
    listCommand: () => '',
  }
  return {api, asked}
}

async function found(
  api: Insights,
  most: number,
  to: number,
  choice: Parameters<typeof filterOf>[0] = {},
  usd = Number.POSITIVE_INFINITY,
) {
  const clock = manualClock()
  const notes: string[] = []
  const note = (text: string) => void notes.push(text)
  const patience = {clock, signal: new AbortController().signal, login: false, note}
  const means = {patience, stands() {}}
  const search = {from: START, to, sources: [{group: 'g'}], text: 'line', filter: filterOf(choice)}
  const ids: string[] = []
  let cut = false
  let unpaid: number | undefined
  for await (const batch of queried(search, {most, usd, price: priceIn('us-east-1')}, api, means)) {
    ids.push(...batch.entries.map(({event}) => event.id))
    cut ||= batch.cut ?? false
    unpaid = batch.unpaid
  }
  return {ids, cut, notes, unpaid}
}

describe('a search by way of Logs Insights', () => {
  it('goes on behind the last row that a query can return, and shows none twice', async () => {
    const times = Array.from({length: 25_000}, (_, i) => START + i * 10)
    const {api, asked} = fake(times, 10_000)
    const {ids, cut} = await found(api, Number.POSITIVE_INFINITY, START + 250_000, {})
    expect(ids).toEqual(times.map((_, i) => String(i)))
    expect(cut).toBe(false)
    expect(asked).toHaveLength(3)
  })

  it('finds what is behind the first 100,000 rows that a filter lets go', async () => {
    const {api} = fake(Array.from({length: 120_000}, (_, i) => START + i))
    expect((await found(api, MOST_ROWS, START + 120_000, {include: [/line 119999$/]})).ids).toEqual(['119999'])
  })

  it('says when a single second has more than can be had', async () => {
    const times = [...Array.from({length: 100_001}, () => START), START + 5000]
    const {ids, cut} = await found(fake(times).api, MOST_ROWS, START + 9000, {include: [/line 100001$/]})
    expect({ids, cut}).toEqual({ids: ['100001'], cut: true})
  })

  describe('that takes further queries, each of which scans again', () => {
    const times = Array.from({length: 25_000}, (_, i) => START + i * 10)
    const many = (usd: number) =>
      found(fake(times, 10_000, 100 * 2 ** 30).api, Number.POSITIVE_INFINITY, START + 250_000, {}, usd)

    it('says what each of them costs before it begins', async () => {
      const {notes, unpaid} = await many(Number.POSITIVE_INFINITY)
      expect(notes).toEqual([
        'Logs Insights has sent 10,000 lines and sends no more at once: the next query scans about 64.9 GB for 0.30 USD more.',
        expect.stringContaining('the next query scans about'),
      ])
      expect(unpaid).toBeUndefined()
    })

    it('begins none that would make all of them cost more than is allowed, and says what that would be', async () => {
      const {ids, notes, unpaid} = await many(1)
      expect(ids).toHaveLength(19_900)
      expect(notes).toHaveLength(1)
      expect(unpaid).toBeCloseTo(1.17)
    })
  })
})

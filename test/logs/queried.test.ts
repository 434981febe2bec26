import {describe, expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {type Insights, type InsightsQuery, MOST_ROWS, type Row} from '../../src/logs/insights.js'
import {queried} from '../../src/logs/search.js'
import {manualClock, START} from '../support/cloudwatch.js'

/** Logs Insights over lines with these times: whole seconds, and no more rows than the limit. */
function fake(times: number[], most = MOST_ROWS) {
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
      const {from, to, text} = asked.at(-1)!
      const limit = Math.min(most, Number(/limit (\d+)$/.exec(text)![1]))
      const found = rows.filter(({at}) => at >= Math.floor(from / 1000) * 1000 && at <= to)
      const sent = found.slice(0, limit).map((one) => one.row)
      return {status: 'Complete', rows: sent, scanned: 5, matched: found.length}
    },
    stopQuery: async () => {},
  }
  return {api, asked}
}

async function found(api: Insights, most: number, to: number, choice: Parameters<typeof filterOf>[0] = {}) {
  const clock = manualClock()
  const patience = {clock, signal: new AbortController().signal, login: false, note: () => {}}
  const means = {clock, patience, pace: {turn: async () => {}}, page: async () => ({events: []})}
  const search = {from: START, to, sources: [{group: 'g'}], text: '', filter: filterOf(choice)}
  const ids: string[] = []
  let cut = false
  for await (const batch of queried(search, most, api, means)) {
    ids.push(...batch.entries.map(({event}) => event.id))
    cut ||= batch.cut ?? false
  }
  return {ids, cut}
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
})

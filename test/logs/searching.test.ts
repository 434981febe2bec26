import {describe, expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import type {Insights, QueryState, Row} from '../../src/logs/insights.js'
import {priceIn} from '../../src/logs/price.js'
import {wantedOf} from '../../src/logs/search-plan.js'
import {count, lines, type Work} from '../../src/logs/searching.js'
import {type Key, Tally} from '../../src/logs/tally.js'
import {manualClock, START} from '../support/cloudwatch.js'

const HOUR = 3_600_000
const GB = 2 ** 30
const written = (at: number) => new Date(at).toISOString().replace('T', ' ').replace('Z', '')
const rowAt = (i: number): Row => ({
  '@timestamp': written(START + i * 1000),
  '@message': `line ${i}`,
  '@log': '1:g',
  '@logStream': 's',
  '@ptr': String(i),
})
const rowsOf = (many: number) => Array.from({length: many}, (_, i) => rowAt(i))

type Asked = {states: Partial<QueryState>[]; filters?: boolean; allowed?: number; text?: string}

/** Logs Insights whose only query goes like this, and each further one too; what was asked of it, and what was noted. */
function insightsWork({states, filters = false, allowed = Number.POSITIVE_INFINITY, text = 'line'}: Asked) {
  const asked: string[] = []
  const notes: string[] = []
  let at = 0
  const insights: Insights = {
    startQuery: async (query) => {
      at = 0
      return String(asked.push(query.text))
    },
    queryState: async () => ({status: 'Complete', rows: [], scanned: GB, matched: 0, ...states[at++]}),
    stopQuery: async () => {},
    stopCommand: () => '',
    listCommand: () => '',
  }
  const clock = manualClock()
  const note = (told: string) => void notes.push(told)
  const patience = {clock, signal: new AbortController().signal, login: false, note}
  const work: Work = {
    search: {from: START, to: START + HOUR, sources: [{group: 'g'}], text, filter: filterOf({})},
    engine: 'insights',
    volume: {perSecond: 10},
    price: priceIn('us-east-1'),
    means: {page: async () => ({events: []}), pace: {turn: async () => {}}, patience, stands() {}},
    insights,
    filters,
    allowed,
    progress: {show() {}, clear() {}},
  }
  return {work, asked, notes}
}

const wanted = (limit?: number) =>
  wantedOf('line', {since: '1h', engine: 'auto', limit}, {now: START + HOUR, onScreen: false})

async function found(work: Work, limit?: number) {
  const messages: string[] = []
  const run = lines(work, wanted(limit))
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {...value, messages}
    messages.push(...value.map(({event}) => event.message))
  }
}

describe('lines by way of Logs Insights', () => {
  it('are asked for with one more than wanted, which tells that there are more', async () => {
    const {work, asked} = insightsWork({states: [{rows: rowsOf(4)}]})
    expect(await found(work, 3)).toMatchObject({messages: ['line 0', 'line 1', 'line 2'], more: true, scanned: GB})
    expect(asked).toEqual([expect.stringMatching(/limit 4$/)])
    expect(await found(insightsWork({states: [{rows: rowsOf(3)}]}).work, 3)).toMatchObject({more: false})
  })

  it('are all asked for where fb filters them itself', async () => {
    const {work, asked} = insightsWork({states: [{rows: rowsOf(4)}], filters: true})
    await found(work, 3)
    expect(asked).toEqual([expect.stringMatching(/limit 100000$/)])
  })

  it('are those that there were when the query failed, and that is told also where they are as many as wanted', async () => {
    const states = [{status: 'Running', rows: rowsOf(3)} as const, {status: 'Failed', rows: rowsOf(3)} as const]
    for (const limit of [2, 3, 9]) {
      const {messages, error} = await found(insightsWork({states}).work, limit)
      expect(messages).toHaveLength(Math.min(3, limit))
      expect(error).toMatchObject({message: 'Logs Insights has not finished the query: it failed.'})
    }
  })

  it('tell what it would cost to go on', async () => {
    const {work} = insightsWork({states: [{rows: rowsOf(10_000), scanned: 300 * GB}], allowed: 1.6})
    work.search = {...work.search, to: START + 4 * HOUR}
    expect((await found(work)).unpaid).toBeGreaterThan(1.6)
  })

  it('tell that some cannot be had', async () => {
    const rows = Array.from({length: 100_000}, (_, i) => ({...rowAt(1), '@ptr': String(i)}))
    const {work} = insightsWork({states: [{rows}], allowed: 0, filters: true})
    work.search = {...work.search, from: START + 1000}
    expect(await found(work)).toMatchObject({cut: true})
  })

  it('may come in pieces where tracebacks are put together', async () => {
    const {work, notes} = insightsWork({states: [{rows: []}], text: ''})
    await found(work)
    expect(notes).toEqual([expect.stringContaining('a traceback may come in pieces')])
  })
})

describe('a count by way of Logs Insights', () => {
  const counted = async (rows: Row[], by?: Key, text?: string) => {
    const {work, notes} = insightsWork({states: [{rows}], text})
    const tally = new Tally(by)
    return {...(await count(work, tally)), total: tally.total, rows: tally.rows(), notes}
  }

  it('is what the query has counted, by the minute or the task', async () => {
    expect(await counted([{events: '7'}])).toMatchObject({total: 7, scanned: GB, notes: []})
    const minutes = [
      {key: written(START + 60_000), events: '2'},
      {key: written(START), events: '1'},
    ]
    expect((await counted(minutes, 'minute')).rows).toEqual([
      {key: START, count: 1},
      {key: START + 60_000, count: 2},
    ])
    const tasks = [
      {key: 'ecs-v1/app/0f3c6f0b9a1d4e5f8a7b6c5d4e3f2a1b', events: '3'},
      {key: 'other', events: '4'},
    ]
    expect((await counted(tasks, 'task')).rows).toEqual([
      {key: 'other', count: 4},
      {key: '0f3c6f0b9a1d4e5f8a7b6c5d4e3f2a1b', count: 3},
    ])
  })

  it('tells what it does not know as fb does', async () => {
    expect((await counted([{events: '7'}], undefined, '')).notes).toEqual([
      'Logs Insights counts each line of a traceback.',
    ])
    const many = Array.from({length: 100_000}, (_, i) => ({key: `s${i}`, events: '1'}))
    expect((await counted(many, 'task')).notes).toEqual([expect.stringContaining('the count is too small')])
  })

  it('is as far as it came when the query fails', async () => {
    const {work} = insightsWork({
      states: [
        {status: 'Running', rows: [{events: '5'}]},
        {status: 'Failed', rows: [{events: '6'}]},
      ],
    })
    const tally = new Tally()
    expect(await count(work, tally)).toMatchObject({error: expect.any(Error), scanned: GB})
    expect(tally.total).toBe(6)
  })
})

it('a count that fb makes itself is as far as it came when reading fails', async () => {
  const {work} = insightsWork({states: []})
  let pages = 0
  const page: Work['means']['page'] = async () => {
    if (++pages > 1) throw new Error('over')
    const event = {id: 'e', at: START, ingestedAt: START, group: 'g', stream: 's', message: 'line 1'}
    return {events: [event, {...event, id: 'f', at: START + 60_000}], next: 'more'}
  }
  const tally = new Tally()
  const ended = await count({...work, engine: 'filter', means: {...work.means, page}}, tally)
  expect({total: tally.total, error: ended.error}).toEqual({
    total: 1,
    error: expect.objectContaining({message: 'over'}),
  })
})

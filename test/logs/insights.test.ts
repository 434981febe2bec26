import {describe, expect, it} from 'vitest'

import {countQuery, eventOf, type Insights, linesQuery, type QueryState, runQuery} from '../../src/logs/insights.js'

const query = {from: 0, to: 1, groups: ['g'], text: 'stats count(*)'}
const still = {now: () => new Date(0), sleep: async () => {}}

function fake(statuses: QueryState['status'][]) {
  const stopped: string[] = []
  const states = [...statuses]
  const api: Insights = {
    startQuery: async () => 'q1',
    queryState: async () => ({
      status: states.length > 1 ? states.shift()! : states[0]!,
      rows: [],
      scanned: 7,
      matched: 0,
    }),
    stopQuery: async (id) => void stopped.push(id),
  }
  return {api, stopped}
}

async function seen(api: Insights, signal = new AbortController().signal, clock = still) {
  const statuses: string[] = []
  for await (const {status} of runQuery(api, query, clock, signal)) statuses.push(status)
  return statuses
}

describe('a query', () => {
  it('is followed until it is complete, and not stopped then', async () => {
    const {api, stopped} = fake(['Scheduled', 'Running', 'Complete'])
    expect(await seen(api)).toEqual(['Scheduled', 'Running', 'Complete'])
    expect(stopped).toEqual([])
  })

  it('is stopped in AWS when nobody waits for it any more', async () => {
    const {api, stopped} = fake(['Running'])
    for await (const _ of runQuery(api, query, still, new AbortController().signal)) break
    expect(stopped).toEqual(['q1'])
  })

  it('is stopped in AWS by Ctrl-C', async () => {
    const {api, stopped} = fake(['Running'])
    const abort = new AbortController()
    const clock = {
      ...still,
      async sleep() {
        abort.abort(new Error('ended'))
        abort.signal.throwIfAborted()
      },
    }
    await expect(seen(api, abort.signal, clock)).rejects.toThrow('ended')
    expect(stopped).toEqual(['q1'])
  })

  it.each([
    ['Failed', 'it failed'],
    ['Timeout', 'it ran for an hour'],
    ['Cancelled', 'somebody has stopped it'],
  ] as const)('that ends as %s says so', async (status, why) => {
    const {api, stopped} = fake(['Running', status])
    await expect(seen(api)).rejects.toThrow(`Logs Insights has not finished the query: ${why}.`)
    expect(stopped).toEqual([])
  })
})

describe('what is asked of Insights', () => {
  const source = {group: '/ecs/app', prefix: 'ecs-v1/app/'}

  it('are the lines of the sources that have the text, whatever signs it has', () => {
    expect(linesQuery([source], 'say "a\\b"', 5)).toBe(
      'filter @message like "say \\"a\\\\b\\"" | filter ((@logStream like /^ecs-v1\\/app\\//)) | fields @timestamp, @ingestionTime, @logStream, @log, @message | sort @timestamp asc | limit 5',
    )
  })

  it('tells groups apart when there are several, and leaves out what is no condition', () => {
    const two = [source, {group: '/ecs/b', streams: ['x']}]
    expect(countQuery(two, '', 'task')).toBe(
      'filter ((@log like /:\\/ecs\\/app/ and @logStream like /^ecs-v1\\/app\\//) or (@log like /:\\/ecs\\/b/ and @logStream in ["x"])) | stats count(*) as events by @logStream as key | limit 100000',
    )
    expect(countQuery([{group: 'g'}], '')).toBe('stats count(*) as events')
    expect(countQuery([{group: 'g'}], 'x', 'minute')).toContain('by bin(1m) as key')
  })

  it('comes back as events', () => {
    const row = {
      '@timestamp': '2026-11-22 14:02:11.482',
      '@log': '1234:/ecs/app',
      '@logStream': 's',
      '@message': 'm',
      '@ptr': 'p',
    }
    const at = Date.UTC(2026, 10, 22, 14, 2, 11, 482)
    expect(eventOf(row)).toEqual({id: 'p', at, ingestedAt: at, group: '/ecs/app', stream: 's', message: 'm'})
  })
})

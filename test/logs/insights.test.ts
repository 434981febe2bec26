import {describe, expect, it} from 'vitest'

import {FbError} from '../../src/errors.js'
import {type Insights, type QueryState, runQuery} from '../../src/logs/insights.js'
import {countQuery, eventOf, linesQuery} from '../../src/logs/insights-query.js'

const query = {from: 0, to: 1, groups: ['g'], text: 'stats count(*)'}
const named = (name: string) => Object.assign(new Error(name), {name})

/** Logs Insights whose answers to GetQueryResults come in this order, the last one again and again. */
function fake(answers: (QueryState['status'] | Error)[], more: Partial<Insights> = {}) {
  const stopped: string[] = []
  const left = [...answers]
  const api: Insights = {
    startQuery: async () => 'q1',
    queryState: async () => {
      const status = left.length > 1 ? left.shift()! : left[0]!
      if (status instanceof Error) throw status
      return {status, rows: [], scanned: 7, matched: 0}
    },
    stopQuery: async (id) => void stopped.push(id),
    stopCommand: (id) => `stop ${id}`,
    listCommand: () => 'list',
    ...more,
  }
  return {api, stopped}
}

/** How a query goes; `ended` is called instead of the first wait. */
function running(api: Insights, ended?: () => void, abort = new AbortController()) {
  const [notes, standing] = [[] as string[], [] as unknown[]]
  const sleep = async () => {
    ended?.()
    if (ended) abort.abort(new Error('ended'))
    abort.signal.throwIfAborted()
  }
  const note = (text: string) => void notes.push(text)
  const patience = {clock: {now: () => new Date(0), sleep}, signal: abort.signal, login: false, note}
  const stands = (...state: unknown[]) => void standing.push(state)
  return {run: runQuery(api, query, {patience, stands}), notes, standing}
}

async function seen({run}: ReturnType<typeof running>) {
  const statuses: string[] = []
  for await (const {status} of run) statuses.push(status)
  return statuses
}

describe('a query', () => {
  it('is followed until it is complete, and not stopped then', async () => {
    const {api, stopped} = fake(['Scheduled', 'Running', 'Complete'])
    const one = running(api)
    expect(await seen(one)).toEqual(['Scheduled', 'Running', 'Complete'])
    expect(stopped).toEqual([])
    expect(one.standing.at(-1)).toEqual([])
  })

  it('is stopped in AWS when nobody waits for it any more', async () => {
    const {api, stopped} = fake(['Running'])
    for await (const _ of running(api).run) break
    expect(stopped).toEqual(['q1'])
  })

  it('is stopped in AWS by Ctrl-C, and that is how things stand then', async () => {
    const {api, stopped} = fake(['Running'])
    const one = running(api, () => {})
    await expect(seen(one)).rejects.toThrow('ended')
    expect(stopped).toEqual(['q1'])
    expect(one.notes).toEqual(['Stopping the query in AWS.'])
    expect(one.standing.at(-1)).toEqual(['The query is stopped in AWS.'])
  })

  it('that cannot be stopped is told with what stops it', async () => {
    const denied = async () => {
      throw named('AccessDeniedException')
    }
    const one = running(fake(['Running'], {stopQuery: denied}).api, () => {})
    await expect(seen(one)).rejects.toThrow('ended')
    expect(one.notes.at(-1)).toMatch(/^The query is not stopped\. Your role may not /)
    expect(one.standing.at(-1)).toEqual(['Query q1 goes on in AWS, and what it scans is paid for.', ['stop q1']])
  })

  it('that AWS may have started is told of before its id is known, and waited for after Ctrl-C, to stop it', async () => {
    const abort = new AbortController()
    const at: unknown[] = []
    const {api, stopped} = fake(['Running'], {
      async startQuery() {
        at.push(one.standing.at(-1))
        abort.abort(new Error('ended'))
        at.push(one.notes.at(-1))
        return 'q1'
      },
      async queryState() {
        abort.signal.throwIfAborted()
        throw new Error('not aborted')
      },
    })
    const one = running(api, undefined, abort)
    await expect(seen(one)).rejects.toThrow('ended')
    expect(at).toEqual([
      ['A query may go on in AWS, and what it scans is paid for.', ['list']],
      'Waiting for AWS to say which query it has started, to stop it.',
    ])
    expect(stopped).toEqual(['q1'])
    expect(one.standing.at(-1)).toEqual(['The query is stopped in AWS.'])
  })

  it('that AWS has refused leaves nothing behind', async () => {
    const startQuery = async () => {
      throw named('AccessDeniedException')
    }
    const one = running(fake([], {startQuery}).api)
    await expect(seen(one)).rejects.toThrow('AccessDenied')
    expect(one.standing.at(-1)).toEqual([])
  })

  it('is not over as long as AWS does not know how it is', async () => {
    expect(await seen(running(fake(['Unknown', 'Complete']).api))).toEqual(['Unknown', 'Complete'])
  })

  it('outlasts throttling, also that of its beginning', async () => {
    const throttled = named('ThrottlingException')
    const starts = [throttled, named('ThrottlingException')]
    const startQuery = async () => {
      const error = starts.shift()
      if (error) throw error
      return 'q1'
    }
    const one = running(fake([throttled, throttled, 'Running', throttled, 'Complete'], {startQuery}).api)
    expect(await seen(one)).toEqual(['Running', 'Complete'])
    expect(one.notes[0]).toMatch(/^AWS is throttling .* Trying again\.$/)
  })

  it('waits until an account has a query left', async () => {
    const starts = [new FbError('Too many run.', {code: 'queries_full'})]
    const startQuery = async () => {
      const error = starts.shift()
      if (error) throw error
      return 'q1'
    }
    const one = running(fake(['Complete'], {startQuery}).api)
    expect(await seen(one)).toEqual(['Complete'])
    expect(one.notes).toEqual(['Too many run. Trying again.'])
    // What was refused is not under way while fb waits.
    expect(one.standing.slice(0, 3)).toEqual([[expect.any(String), ['list']], [], [expect.any(String), ['list']]])
  })

  it.each([
    ['Failed', 'it failed'],
    ['Timeout', 'it ran for an hour'],
    ['Cancelled', 'somebody has stopped it'],
  ] as const)('that ends as %s says so', async (status, why) => {
    const {api, stopped} = fake(['Running', status])
    await expect(seen(running(api))).rejects.toThrow(`Logs Insights has not finished the query: ${why}.`)
    expect(stopped).toEqual([])
  })
})

describe('what is asked of Insights', () => {
  const span = {from: 5, to: 1500}
  const source = {group: '/ecs/app', prefix: 'ecs-v1/app/'}

  it('are the lines of the sources that have the text, whatever signs it has', () => {
    expect(linesQuery([source], 'say "a\\b"', span, 5)).toBe(
      'filter @message like "say \\"a\\\\b\\"" | filter ((@logStream like /^ecs-v1\\/app\\//)) | filter toMillis(@timestamp) >= 5 and toMillis(@timestamp) <= 1500 | fields @timestamp, @ingestionTime, @logStream, @log, @message | sort @timestamp asc, @ingestionTime asc | limit 5',
    )
  })

  it('tells groups apart when there are several, and leaves out what is no condition', () => {
    const two = [source, {group: '/ecs/b', streams: ['x']}]
    expect(countQuery(two, '', span, 'task')).toBe(
      'filter ((@log like /:\\/ecs\\/app$/ and @logStream like /^ecs-v1\\/app\\//) or (@log like /:\\/ecs\\/b$/ and @logStream in ["x"])) | filter toMillis(@timestamp) >= 5 and toMillis(@timestamp) <= 1500 | stats count(*) as events by @logStream as key | limit 100000',
    )
    expect(countQuery([{group: 'g'}], '', span)).toBe(
      'filter toMillis(@timestamp) >= 5 and toMillis(@timestamp) <= 1500 | stats count(*) as events',
    )
    expect(countQuery([{group: 'g'}], 'x', span, 'minute')).toContain('by bin(1m) as key')
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

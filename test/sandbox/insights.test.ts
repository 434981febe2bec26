import {
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import {queryOf} from '../../src/sandbox/insights/query.js'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {clientsOf, cluster, manual} from './account.js'

const logGroupName = `/ecs/${cluster}`

async function started(sandbox: Sandbox, queryString: string, more: object = {}) {
  const {logs} = clientsOf(sandbox)
  const endTime = Math.floor(sandbox.clock.now().getTime() / 1000)
  const command = new StartQueryCommand({logGroupName, queryString, startTime: endTime - 600, endTime, ...more})
  const {queryId} = await logs.send(command)
  const results = (nextToken?: string, maxItems?: number) =>
    logs.send(new GetQueryResultsCommand({queryId, nextToken, maxItems}))
  return {logs, queryId, results}
}

describe('a query', () => {
  test('waits, runs with a part of its rows, and completes with what FilterLogEvents finds too', async () => {
    const sandbox = manual()
    const startTime = (Math.floor(sandbox.clock.now().getTime() / 1000) - 600) * 1000
    const {logs, results} = await started(
      sandbox,
      'fields @timestamp, @message | filter @message like "GET /health" | sort @timestamp asc',
    )
    expect(await results()).toMatchObject({status: 'Scheduled', results: []})
    sandbox.advance(1000)
    const part = await results()
    expect(part.status).toBe('Running')
    sandbox.advance(3000)
    const whole = await results()
    expect(whole).toMatchObject({status: 'Complete', statistics: {recordsMatched: whole.results!.length}})
    expect(whole.results!.length).toBeGreaterThan(part.results!.length)
    const {events} = await logs.send(
      new FilterLogEventsCommand({logGroupName, startTime, filterPattern: '"GET /health"'}),
    )
    const first = Object.fromEntries(whole.results![0]!.map(({field, value}) => [field, value]))
    expect(first).toMatchObject({'@message': events![0]!.message, '@ptr': expect.any(String)})
    expect(Date.parse(`${first['@timestamp']}Z`)).toBe(events![0]!.timestamp)
  })

  test('is handed out in pages', async () => {
    const sandbox = manual()
    const {results} = await started(sandbox, 'fields @message | limit 25')
    sandbox.advance(5000)
    const [one, two] = [await results(undefined, 20), await results(Buffer.from('20').toString('base64url'), 20)]
    expect([one.results!.length, two.results!.length, two.nextToken]).toEqual([20, 5, undefined])
    expect(one.nextToken).toBeDefined()
  })

  test('is stopped once, and cannot be stopped when it is over', async () => {
    const sandbox = manual()
    const {logs, queryId, results} = await started(sandbox, 'stats count(*)')
    expect(await logs.send(new StopQueryCommand({queryId}))).toMatchObject({success: true})
    expect((await results()).status).toBe('Cancelled')
    await expect(logs.send(new StopQueryCommand({queryId}))).rejects.toMatchObject({name: 'InvalidParameterException'})
    await expect(logs.send(new GetQueryResultsCommand({queryId: 'nope'}))).rejects.toThrow('not found')
  })

  test('that cannot be read is refused with the place', async () => {
    const refused = started(manual(), 'fields @message | filtr x')
    await expect(refused).rejects.toMatchObject({
      name: 'MalformedQueryException',
      queryCompileError: {location: {startCharOffset: 18}},
    })
  })
})

describe('the query language', () => {
  const lines = [
    '{"level":"error","status":500,"ms":40,"user":{"id":"u1"}}',
    '{"level":"info","status":200,"ms":10}',
    '{"level":"info","status":201,"ms":30}',
    'plain took 12ms by ana',
  ]
  const events = lines.map((text, i) => ({text, at: i * 60_000, ingestedAt: 0, id: String(i), stream: 's', log: 'l'}))
  const rows = (query: string) =>
    queryOf(query)(events).rows.map((row) => {
      const {'@ptr': _, ...rest} = row
      return Object.values(rest)
    })

  test.each([
    ['fields level | filter ispresent(level) | sort status desc', [['error'], ['info'], ['info']]],
    ['fields status | filter status >= 201 and level = "info"', [[201]]],
    ['fields user.id as who | filter level in ["error", "fatal"]', [['u1']]],
    ['fields @message | filter @message like /(?i)PLAIN/', [['plain took 12ms by ana']]],
    ['fields status | filter not (level = "info" or level = "error") or status = 500', [[500], [undefined]]],
    ['stats count(*) as n, avg(ms) as mean by level | sort n desc | limit 1', [['info', 2, 20]]],
    [
      'filter status > 0 | stats count(*) by bin(2m) as at | sort at asc',
      [
        ['1970-01-01 00:00:00.000', 2],
        ['1970-01-01 00:02:00.000', 1],
      ],
    ],
    ['parse @message "took *ms by *" as took, who | filter ispresent(who) | display took, who', [['12', 'ana']]],
    ['parse @message /took (?<t>\\d+)/ | stats max(t) as most', [['12']]],
    ['fields level | dedup level | filter ispresent(level)', [['info'], ['error']]],
    [
      '# a comment\nstats pct(ms, 50) as p50, sum(ms) as all, min(ms) as least, count_distinct(level) as kinds',
      [[30, 80, 10, 2]],
    ],
  ])('%s', (query, expected) => {
    expect(rows(query).sort()).toEqual([...expected].sort())
  })

  test.each([
    'fields',
    'filter a ~ 1',
    'stats nope(*)',
    'limit 0',
    'fields a | ',
    'fields a b',
    'stats count(*) by bin(x)',
    'fields ;',
  ])('that cannot be read is refused: %s', (query) =>
    expect(() => queryOf(query)).toThrow(expect.objectContaining({name: 'MalformedQueryException'})),
  )
})

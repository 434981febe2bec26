import {
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import {filterPattern} from '../../src/sandbox/filter-pattern.js'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {clientsOf, cluster, deployTag, manual} from './account.js'

const logGroupName = `/ecs/${cluster}`
const minute = 60_000

/** Every page of a FilterLogEvents, and how many of them were empty. */
async function read(sandbox: Sandbox, input: FilterLogEventsCommandInput) {
  const {logs} = clientsOf(sandbox)
  const events: FilteredLogEvent[] = []
  let [pages, empty] = [0, 0]
  let nextToken: string | undefined
  do {
    const page = await logs.send(new FilterLogEventsCommand({logGroupName, ...input, nextToken}))
    events.push(...page.events!)
    pages++
    if (page.events!.length === 0) empty++
    nextToken = page.nextToken
  } while (nextToken)
  return {events, pages, empty, messages: events.map(({message}) => message!)}
}

const lately = (sandbox: Sandbox, ms: number) => ({startTime: sandbox.clock.now().getTime() - ms})

describe('FilterLogEvents', () => {
  test('hands out every event once and in order, however small the pages are', async () => {
    const sandbox = manual()
    const range = {...lately(sandbox, 5 * minute), endTime: sandbox.clock.now().getTime()}
    const [whole, inPages] = await Promise.all([read(sandbox, range), read(sandbox, {...range, limit: 7})])
    expect(inPages.pages).toBeGreaterThan(10)
    expect(inPages.events).toEqual(whole.events)
    expect(new Set(whole.events.map(({eventId}) => eventId)).size).toBe(whole.events.length)
    expect(whole.events.map(({timestamp}) => timestamp)).toEqual(whole.events.map(({timestamp}) => timestamp).sort())
    expect(whole.events[0]!.eventId).toMatch(/^\d{56}$/)
  })

  test('newest first, when it does not start from the head', async () => {
    const sandbox = manual()
    const range = {...lately(sandbox, 5 * minute), endTime: sandbox.clock.now().getTime()}
    const [forwards, backwards] = await Promise.all([
      read(sandbox, range),
      read(sandbox, {...range, startFromHead: false, limit: 9}),
    ])
    expect(backwards.events).toEqual(forwards.events.reverse())
    await expect(read(sandbox, {startFromHead: false})).rejects.toThrow('on or after 2024-01-01')
  })

  test('has pages that are empty and still have a next one, when little matches', async () => {
    const sandbox = manual()
    const {pages, empty, events} = await read(sandbox, {filterPattern: 'nothing'})
    expect(events).toEqual([])
    expect([pages, empty]).toEqual([empty, pages])
    expect(pages).toBeGreaterThan(5)
  })

  test('has an empty page before every page under empty-pages', async () => {
    const sandbox = manual()
    const range = {...lately(sandbox, 5 * minute), endTime: sandbox.clock.now().getTime(), limit: 50}
    const before = await read(sandbox, range)
    sandbox.fault('empty-pages')
    const {events, pages, empty} = await read(sandbox, range)
    expect(events).toEqual(before.events)
    expect(pages).toBe(before.pages * 2)
    expect(empty).toBeGreaterThanOrEqual(before.pages)
  })

  test('shows what a task wrote when its driver has sent it, each task in a rhythm of its own', async () => {
    const sandbox = manual()
    const {startTime} = lately(sandbox, 0)
    const arrivals = new Map<string, Set<number>>()
    sandbox.advance(2 * minute)
    for (const {logStreamName, timestamp, ingestionTime} of (await read(sandbox, {startTime})).events) {
      expect(ingestionTime! - timestamp!).toBeGreaterThan(0)
      expect(ingestionTime! - timestamp!).toBeLessThan(6100)
      arrivals.set(logStreamName!, (arrivals.get(logStreamName!) ?? new Set()).add(ingestionTime! % 5000))
    }
    expect([...arrivals.values()].map((rhythm) => rhythm.size)).toEqual([1, 1])
  })

  test('late-logs holds some batches back, future-logs dates some lines ahead', async () => {
    const sandbox = manual()
    sandbox.fault('late-logs:60')
    const {startTime} = lately(sandbox, 0)
    sandbox.advance(3 * minute)
    const endTime = startTime + minute
    const now = await read(sandbox, {startTime, endTime})
    expect(now.events.some(({timestamp, ingestionTime}) => ingestionTime! - timestamp! > 60_000)).toBe(true)
    sandbox.clearFaults()
    sandbox.fault('future-logs:900')
    const since = lately(sandbox, 0).startTime
    sandbox.advance(5 * minute)
    const ahead = await read(sandbox, {startTime: since + 6 * minute})
    expect(ahead.events.length).toBeGreaterThan(0)
    for (const {timestamp, ingestionTime} of ahead.events) expect(timestamp).toBeGreaterThan(ingestionTime!)
  })

  test('takes names or one prefix of streams, and says what it does not take', async () => {
    const sandbox = manual()
    const {events} = await read(sandbox, {...lately(sandbox, minute), logStreamNamePrefix: 'ecs-v1/'})
    const [one] = events
    const alone = await read(sandbox, {...lately(sandbox, minute), logStreamNames: [one!.logStreamName!]})
    expect(new Set(alone.events.map(({logStreamName}) => logStreamName))).toEqual(new Set([one!.logStreamName]))
    expect((await read(sandbox, {...lately(sandbox, minute), logStreamNamePrefix: 'other/'})).events).toEqual([])
    const oneMissing = read(sandbox, {logStreamNames: [one!.logStreamName!, 'ecs-v1/app/0']})
    await expect(oneMissing).rejects.toThrow('The specified log stream does not exist.')
    const both = read(sandbox, {logStreamNames: ['a'], logStreamNamePrefix: 'b'})
    await expect(both).rejects.toThrow('mutually exclusive')
    await expect(read(sandbox, {nextToken: 'x', startTime: 2, endTime: 1})).rejects.toThrow('End time')
    await expect(read(sandbox, {filterPattern: 'a:b'})).rejects.toThrow(
      "Invalid filter pattern: it has invalid character(s) in term 'a:b'",
    )
  })
})

describe('a filter pattern', () => {
  const error = '{"level":"error","status":503,"path":"/api/v1/orders","user":null,"tags":["a","b"],"ok":false}'
  const lines = ['plain ERROR here', 'plain WARN here', 'both ERROR WARN', error]
  const matching = (pattern: string) => lines.filter(filterPattern(pattern)).map((line) => lines.indexOf(line))

  test.each([
    ['ERROR', [0, 2]],
    ['ERROR WARN', [2]],
    ['?ERROR ?WARN', [0, 1, 2]],
    ['ERROR -WARN', [0]],
    ['"plain ERROR"', [0]],
    ['%ERR[OA]R here%', [0]],
    ['', [0, 1, 2, 3]],
    ['{ $.level = "error" }', [3]],
    ['{ $.status >= 500 && $.path = "/api/*" }', [3]],
    ['{ $.status = 404 || ($.status = 503 && $.level != "info") }', [3]],
    ['{ $.user IS NULL }', [3]],
    ['{ $.nobody NOT EXISTS }', [3]],
    ['{ $.nobody != "x" }', []],
    ['{ $.tags[1] = b }', [3]],
    ['{ $.path = %orders$% }', [3]],
    ['{ $.ok IS FALSE }', [3]],
  ])('%s', (pattern, expected) => {
    expect(matching(pattern)).toEqual(expected)
  })

  test.each(['{ $.a = 1', '{ a = 1 }', '{ $.a ~ 1 }', '{ ($.a = 1 }', '{ $.a = 1 } x', '"open', '[a, b]', '%(%'])(
    'that cannot be read is refused: %s',
    (pattern) => expect(() => filterPattern(pattern)).toThrow('Invalid filter pattern'),
  )
})

describe('what the application writes', () => {
  test('uvicorn lines and JSON of its own, with health checks', async () => {
    const sandbox = manual()
    const {messages} = await read(sandbox, lately(sandbox, 10 * minute))
    expect(messages.some((line) => /"GET \/health HTTP\/1.1" 200 OK$/.test(line))).toBe(true)
    const said = messages.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
    expect(said[0]).toMatchObject({
      event: expect.any(String),
      level: expect.stringMatching(/^(info|warning)$/),
      logger: expect.stringMatching(/^app\./),
      request_id: expect.stringMatching(/^[0-9a-f]{8}$/),
      version: '1.0.0',
    })
    expect(said[0]).not.toHaveProperty('trace_id')
  })

  test('a new release says so, and what fails in it leaves a traceback', async () => {
    const sandbox = manual()
    await deployTag(clientsOf(sandbox), '1.2.2-errors', {deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce'})
    sandbox.advance(4 * minute)
    const {messages} = await read(sandbox, lately(sandbox, 3 * minute))
    const failed = messages.filter((line) => line.includes('request failed')).map((line) => JSON.parse(line))
    expect(failed[0]).toMatchObject({level: 'error', status: 500, version: '1.2.2-errors'})
    expect(failed[0].trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(failed[0].exception).toMatch(/^Traceback[\s\S]+KeyError: 'price'$/)
    const at = messages.indexOf('ERROR:    Exception in ASGI application')
    expect(messages.slice(at + 1, at + 8)).toContain('Traceback (most recent call last):')
  })

  test('log-burst makes each task write as much more', async () => {
    const sandbox = manual()
    sandbox.fault('log-burst:300')
    sandbox.advance(20_000)
    const {messages} = await read(sandbox, lately(sandbox, 10_000))
    expect(messages.filter((line) => line.startsWith('DEBUG:')).length).toBeGreaterThan(2 * 300 * 3)
  })
})

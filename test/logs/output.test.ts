import {describe, expect, it} from 'vitest'

import type {LogEvent} from '../../src/logs/event.js'
import {filterOf, patternFor} from '../../src/logs/filter.js'
import {jsonLines} from '../../src/logs/format-json.js'
import {prettyFormat} from '../../src/logs/format-pretty.js'
import {Output, type OutputPlan} from '../../src/logs/output.js'
import {zoneOf} from '../../src/logs/zone.js'
import {canvas} from '../support/canvas.js'
import {AT, entryOf, eventOf} from '../support/log-lines.js'

let made = 0
const event = (message: string, ms = made * 10, stream = 'p/c/task1'): LogEvent =>
  eventOf(message, {id: String(made++), at: AT + ms, stream})

const outputOf = (plan: Partial<OutputPlan> = {}) => new Output({filter: filterOf({}), order: 'arrival', ...plan})

function shown(output: Output, events: LogEvent[], now = AT + 60_000) {
  const entries = [...output.take(events, now), ...output.release(now)]
  return entries.map((entry) => prettyFormat({zone: zoneOf('utc')})(entry, canvas()).map((line) => line.slice(13)))
}

const TRACEBACK = [
  'Traceback (most recent call last):',
  '  File "/app/app/pay.py", line 9, in charge',
  '    raise CardError("declined")',
  'app.errors.CardError: declined',
]

describe('tracebacks', () => {
  it('of what was logged long ago stand where they were, and are not called late', () => {
    const [first, ...rest] = TRACEBACK.map((line, i) => event(line, i))
    const after = Array.from({length: 5}, (_, i) => event(`INFO:     ${i}`, 10_000 * (i + 1), 'p/c/task2'))
    const output = outputOf()
    const entries = output.take([first!, ...rest, ...after], AT + 3_600_000)
    expect(entries.map(({events}) => events.length)).toEqual([4, 1, 1, 1, 1, 1])
    expect(output.late).toBe(0)
  })

  it('are one entry, although each line is an event, and other tasks write in between', () => {
    const [first, ...rest] = TRACEBACK.map((line) => event(line, 0))
    const other = event('INFO:     hello', 0, 'p/c/task2')
    expect(shown(outputOf(), [first!, other, ...rest, event('INFO:     next', 1)])).toEqual([
      ['task2    INFO  hello'],
      ['task1    ERROR app.errors.CardError: declined  app/pay.py:9 in charge · 4 lines, --expand'],
      ['task1    INFO  next'],
    ])
  })

  it('end with the last of a chain', () => {
    const chain = [
      ...TRACEBACK,
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      ...TRACEBACK.slice(0, 3),
      'ValueError: bad',
    ]
    expect(
      shown(
        outputOf(),
        chain.map((line) => event(line, 0)),
      ),
    ).toEqual([[expect.stringContaining('ERROR ValueError: bad  app/pay.py:9 in charge · 11 lines')]])
  })

  it('wait for the batch that the rest is in, but not for ever', () => {
    const output = outputOf()
    const [a, b, c, d] = TRACEBACK.map((line) => event(line, 0)) as [LogEvent, LogEvent, LogEvent, LogEvent]
    expect(output.take([a, b], AT)).toEqual([])
    expect(output.take([], AT + 5000)).toEqual([])
    expect(output.take([c, d], AT + 5500)).toEqual([])
    expect(output.take([], AT + 8000)).toMatchObject([{events: [a, b, c, d]}])
  })

  it('are events of their own again for a program', () => {
    const [entry] = outputOf().take([...TRACEBACK.map((line) => event(line, 0)), event('x', 1)], AT)
    const lines = jsonLines(entry!).map((line) => JSON.parse(line))
    expect(lines.map(({msg}) => msg)).toEqual(TRACEBACK)
    expect(lines.map(({level}) => level)).toEqual(['error', 'error', 'error', 'error'])
  })
})

it('keeps whole what --level, --include and --exclude ask for', () => {
  const lines = ['INFO:     a', 'ERROR:    b', 'no level', ...TRACEBACK].map((line) => event(line, 0))
  const texts = (choice: Parameters<typeof filterOf>[0]) =>
    outputOf({filter: filterOf(choice)})
      .take([...lines, event('DEBUG:    end', 1)], AT)
      .map(({event}) => event.message)
  expect(texts({level: 'error'})).toEqual(['ERROR:    b', 'no level', TRACEBACK[0]])
  expect(texts({include: [/declined/]})).toEqual([TRACEBACK[0]])
  expect(texts({exclude: [/declined|level/, /b$/]})).toEqual(['INFO:     a', 'DEBUG:    end'])
  expect(texts({grep: 'raise Card'})).toEqual([TRACEBACK[0]])
})

it('hides health checks that were answered well, and counts them', () => {
  const filter = filterOf({health: ['/health']})
  const check = (status: string) => entryOf(`INFO:     10.0.1.9:4 - "GET /health?x=1 HTTP/1.1" ${status}`)
  expect([check('200 OK'), check('503 Service Unavailable')].map(filter.accepts)).toEqual([false, true])
  expect(filter.hidden.health).toBe(1)
})

it('asks CloudWatch only for what it can find anywhere in a line', () => {
  expect(patternFor('GET /api/v1')).toBe('%GET\\s/api/v1%')
  expect(patternFor('a.b')).toBe('%a\\.b%')
  for (const text of ['(x)', 'a"b', 'ä', '50%', 'x'.repeat(2000)]) expect(patternFor(text)).toBeUndefined()
})

it('brings lines of several tasks in the order of their times, with --order time', () => {
  const output = outputOf({order: 'time'})
  const [a, b, c] = [event('a', 3000), event('b', 1000), event('c', 2000)]
  expect(output.take([a], AT + 5000)).toEqual([])
  expect(output.take([b, c], AT + 8000)).toEqual([])
  expect(output.take([], AT + 10_000).map(({event}) => event.message)).toEqual(['b', 'c'])
  expect(output.take([event('future', 90_000)], AT + 11_000).map(({event}) => event.message)).toEqual(['a'])
  expect(output.take([], AT + 19_000).map(({event}) => event.message)).toEqual(['future'])
})

it('marks what is shown long after younger lines, and is not confused by one from the future', () => {
  const late = (events: LogEvent[]) =>
    outputOf()
      .take(events, AT + 30_000)
      .map(({late = 0}) => late)
  expect(late([event('a', 20_000), event('b', 5000), event('c', 21_000)])).toEqual([0, 15_000, 0])
  expect(late([event('a', 3_600_000), event('b', 29_500)])).toEqual([0, 0])
  const output = outputOf()
  expect(shown(output, [event('a', 20_000), event('b', 5000)])).toEqual([
    ['task1          a'],
    ['task1          b  +15s late'],
  ])
})

it('ends with the line that a script waits for, and holds the rest back', () => {
  const events = ['a', 'ready', 'b'].map((line) => event(line))
  const output = outputOf({untilMatch: /ready/})
  expect(output.take(events, AT).map(({event}) => event.message)).toEqual(['a', 'ready'])
  expect(output.ended).toBe('matched')
  expect(output.held()).toEqual([events[2]])
  const failing = outputOf({untilMatch: /ready/, failOn: /a/})
  expect(failing.take(events, AT)).toHaveLength(1)
  expect(failing.ended).toBe('failed')
  const few = outputOf({max: 2})
  expect(few.take(events, AT)).toHaveLength(2)
  expect(few.ended).toBe('max')
})

it('counts a traceback as one of the lines after which it ends', () => {
  const output = outputOf({max: 2})
  const entries = output.take(
    [...TRACEBACK, 'a', 'b'].map((line) => event(line, 0)),
    AT + 3_600_000,
  )
  expect(entries.map(({events}) => events.length)).toEqual([4, 1])
  expect(output.ended).toBe('max')
})

it('has the entries of a page by time, also when a traceback ends after other lines', () => {
  const output = new Output({filter: filterOf({}), order: 'arrival'})
  const other = {...event('between', 1), stream: 'other'}
  const [first, ...rest] = TRACEBACK.map((line, i) => event(line, i * 2))
  expect(output.select([first!, other, ...rest]).map((entry) => entry.events.length)).toEqual([4, 1])
})

it('writes how many lines a traceback has, and which are of it', () => {
  const output = new Output({filter: filterOf({}), order: 'arrival'})
  const entries = output.take(
    [...TRACEBACK, 'a'].map((line) => event(line, 0)),
    AT + 3_600_000,
  )
  const lines = [...entries, ...output.release(AT)].flatMap(jsonLines).map((line) => JSON.parse(line))
  expect(lines.map(({fold}) => fold)).toEqual([4, 0, 0, 0, 1])
  expect(output.events).toBe(5)
})

it('writes every key of a line, and no character that could move a cursor', () => {
  const [line] = jsonLines(entryOf('{"event":"a","level":"warn","n":1}'))
  expect(JSON.parse(line!)).toEqual({
    v: 1,
    ts: '2026-11-22T14:02:11.482Z',
    fold: 1,
    ingested: '2026-11-22T14:02:11.882Z',
    late_ms: 0,
    service: null,
    task: '0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1a',
    container: 'fastapi-bootstrap-v1',
    group: '/ecs/fastapi-bootstrap-dev',
    stream: 'ecs-v1/fastapi-bootstrap-v1/0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1a',
    id: '1',
    level: 'warn',
    msg: 'a',
    fields: {n: 1},
    raw: '{"event":"a","level":"warn","n":1}',
  })
})

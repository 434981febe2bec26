import {describe, expect, it} from 'vitest'

import {Assembly} from '../../src/logs/assembly.js'
import type {LogEvent} from '../../src/logs/event.js'

let n = 0
const event = (at: number, message: string, stream = 'p/app/1'): LogEvent => ({
  id: String(n++),
  at,
  ingestedAt: at,
  group: 'g',
  stream,
  message,
})
const trace = (at: number) => [
  event(at, 'Traceback (most recent call last):'),
  event(at + 1, '  File "/app/main.py", line 3, in price'),
  event(at + 2, "KeyError: 'price'"),
]
const texts = (entries: {event: LogEvent; events: LogEvent[]}[]) =>
  entries.map(({event: {message}, events}) => `${message.slice(0, 9)} ${events.length}`)

describe('entries of a search', () => {
  const sources = [{group: 'g', service: 'v1'}]

  it('are tracebacks as a whole, in order of time, although other tasks go on', () => {
    const assembly = new Assembly(sources, true)
    const [head, frame, raised] = trace(10) as [LogEvent, LogEvent, LogEvent]
    const others = [event(11, 'other one', 'p/app/2'), event(13, 'other two', 'p/app/2')]
    expect(texts(assembly.take([event(1, 'first one'), head, others[0]!]))).toEqual(['first one 1'])
    expect(assembly.take([frame, raised, others[1]!])).toEqual([])
    const rest = assembly.rest()
    expect(texts(rest)).toEqual(['Traceback 3', 'other one 1', 'other two 1'])
    expect(rest[0]).toMatchObject({service: 'v1', parsed: {level: 'error'}})
  })

  it('wait for the end of a traceback no longer than it can last', () => {
    const assembly = new Assembly(sources, true)
    assembly.take(trace(10))
    expect(texts(assembly.take([event(20_000, 'later one')]))).toEqual(['Traceback 3', 'later one 1'])
  })

  it('are single lines when only some of them were looked for', () => {
    expect(texts(new Assembly(sources, false).take(trace(10)))).toHaveLength(3)
  })
})

import type {Entry} from '../../src/logs/entry.js'
import type {LogEvent} from '../../src/logs/event.js'
import {parse} from '../../src/logs/parse.js'

/** 2026-11-22 14:02:11.482 UTC. */
export const AT = Date.UTC(2026, 10, 22, 14, 2, 11, 482)

export const eventOf = (message: string, given: Partial<LogEvent> = {}): LogEvent => ({
  id: '1',
  at: AT,
  ingestedAt: AT + 400,
  group: '/ecs/fastapi-bootstrap-dev',
  stream: 'ecs-v1/fastapi-bootstrap-v1/0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1a',
  message,
  ...given,
})

export function entryOf(message: string, given: Partial<LogEvent> = {}): Entry {
  const event = eventOf(message, given)
  return {event, events: [event], parsed: parse(message)}
}

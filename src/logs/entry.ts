import {type LogEvent, writerOf} from './event.js'
import type {Parsed} from './parse.js'
import {usedUp} from './parse-json.js'

/** One thing that was logged, as it is shown: an event, or the lines of a traceback that came as events of their own. */
export type Entry = {
  /** The first, when there are several. */
  event: LogEvent
  events: LogEvent[]
  parsed: Parsed
  /** The service that wrote it, when fb knows. */
  service?: string
  /** How much later than a younger line it is shown (ms). */
  late?: number
}

/** A field by its path: `status`, `user.id`, and `level`, `message`, `raw`, `service`, `task`, `stream`, `group` of the entry itself. */
export function valueAt({event, events, parsed, service}: Entry, path: string): unknown {
  // Of a traceback all lines are what was said.
  const whole = events.length > 1 ? events.map(({message}) => message).join('\n') : undefined
  switch (path) {
    case 'level':
      return parsed.level
    case 'message':
    case 'msg':
      return whole ?? parsed.text
    case 'raw':
      return whole ?? event.message
    case 'task':
    case 'container':
      return writerOf(event.stream)[path]
    case 'stream':
    case 'group':
      return event[path]
  }
  return fieldAt(parsed.fields, path) ?? (path === 'service' ? service : usedUp(path, parsed))
}

function fieldAt(fields: Record<string, unknown>, path: string): unknown {
  if (path in fields) return fields[path]
  const dot = path.indexOf('.')
  if (dot < 0) return undefined
  const inner = fields[path.slice(0, dot)]
  return typeof inner === 'object' && inner !== null
    ? fieldAt(inner as Record<string, unknown>, path.slice(dot + 1))
    : undefined
}

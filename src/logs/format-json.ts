import type {Entry} from './entry.js'
import {type LogEvent, writerOf} from './event.js'
import type {Parsed} from './parse.js'

/** One object for each event, one to a line. Keys are fixed: later versions only add some. */
export function jsonLines({event, events, parsed, service, late}: Entry): string[] {
  if (events.length === 1) return [jsonLine(event, parsed, service, late)]
  return events.map((one) => jsonLine(one, {level: parsed.level, text: one.message, fields: {}}, service, late))
}

function jsonLine(event: LogEvent, parsed: Parsed, service?: string, late = 0): string {
  const {task = null, container = null} = writerOf(event.stream)
  return JSON.stringify({
    v: 1,
    ts: iso(event.at),
    ingested: iso(event.ingestedAt),
    late_ms: late,
    service: service ?? null,
    task,
    container,
    group: event.group,
    stream: event.stream,
    id: event.id,
    level: parsed.level ?? null,
    msg: parsed.text,
    fields: parsed.fields,
    ...(parsed.trace && {trace: parsed.trace}),
    raw: event.message,
  })
}

const iso = (at: number) => new Date(at).toISOString()

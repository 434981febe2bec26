import type {Entry} from './entry.js'
import {type LogEvent, writerOf} from './event.js'
import type {Parsed} from './parse.js'
import {zoneOf} from './zone.js'

/**
 * One object for each event, one to a line. Keys are fixed: later versions only add some. `fold` says how many lines are one
 * thing: 1 mostly, and of a traceback whose lines are events of their own as many as it has, followed by those with 0.
 */
export function jsonLines({event, events, parsed, service, late}: Entry): string[] {
  if (events.length === 1) return [jsonLine(event, parsed, 1, service, late)]
  const line = (one: LogEvent): Parsed => ({level: parsed.level, text: one.message, fields: {}})
  return events.map((one, i) => jsonLine(one, line(one), i === 0 ? events.length : 0, service, late))
}

function jsonLine(event: LogEvent, parsed: Parsed, fold: number, service?: string, late = 0): string {
  const {level, text, fields, trace} = parsed
  const when = `"ts":"${iso(event.at)}","ingested":"${iso(event.ingestedAt)}","late_ms":${late}`
  const what = `"level":${level ? `"${level}"` : null},"msg":${JSON.stringify(text)},"fields":${JSON.stringify(fields)}`
  const more = `,"fold":${fold}${trace ? `,"trace":${JSON.stringify(trace)}` : ''}`
  const raw = JSON.stringify(event.message)
  return `{"v":1,${when},${writerJson(event, service)},"id":${event.id ? JSON.stringify(event.id) : null},${what}${more},"raw":${raw}}`
}

const utc = zoneOf('utc')
const iso = (at: number) => `${utc.date(at)}T${utc.time(at)}Z`

type Writer = {service: string | null; group: string; json: string}

const writers = new Map<string, Writer>()

/** The same for all lines of a stream, and there are many of them. */
function writerJson({group, stream}: LogEvent, service: string | null = null): string {
  const known = writers.get(stream)
  if (known?.group === group && known.service === service) return known.json
  const {task = null, container = null} = writerOf(stream)
  const json = JSON.stringify({service, task, container, group, stream}).slice(1, -1)
  if (writers.size > 1000) writers.clear()
  writers.set(stream, {service, group, json})
  return json
}

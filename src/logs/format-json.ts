import type {Entry} from './entry.js'
import {type LogEvent, writerOf} from './event.js'
import type {Parsed} from './parse.js'
import {zoneOf} from './zone.js'

/** One object for each event, one to a line. Keys are fixed: later versions only add some. */
export function jsonLines({event, events, parsed, service, late}: Entry): string[] {
  if (events.length === 1) return [jsonLine(event, parsed, service, late)]
  return events.map((one) => jsonLine(one, {level: parsed.level, text: one.message, fields: {}}, service, late))
}

function jsonLine(event: LogEvent, {level, text, fields, trace}: Parsed, service?: string, late = 0): string {
  const when = `"ts":"${iso(event.at)}","ingested":"${iso(event.ingestedAt)}","late_ms":${late}`
  const what = `"level":${level ? `"${level}"` : null},"msg":${JSON.stringify(text)},"fields":${JSON.stringify(fields)}`
  const more = trace ? `,"trace":${JSON.stringify(trace)}` : ''
  const raw = JSON.stringify(event.message)
  return `{"v":1,${when},${writerJson(event, service)},"id":${event.id ? JSON.stringify(event.id) : null},${what}${more},"raw":${raw}}`
}

const utc = zoneOf('utc')
const iso = (at: number) => `${utc.date(at)}T${utc.time(at)}Z`

const writers = new Map<string, string>()

/** The same for all lines of a stream, and there are many of them. */
function writerJson({group, stream}: LogEvent, service: string | null = null): string {
  const key = `${service} ${group} ${stream}`
  const known = writers.get(key)
  if (known) return known
  const {task = null, container = null} = writerOf(stream)
  const json = JSON.stringify({service, task, container, group, stream}).slice(1, -1)
  if (writers.size > 1000) writers.clear()
  writers.set(key, json)
  return json
}

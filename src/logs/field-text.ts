import type {Fields, Parsed} from './parse.js'

/** The time stands in front of the line already. */
const TIMES = /^(timestamp|asctime|time|@timestamp|ts|created|msecs|relativeCreated)$/
/** What is looked for rather than read: it stands last. */
const IDS = /(^|[._-])(id|ids|trace|span|trace_id|span_id|request_id|correlation_id|xray_trace_id)$|_id$/i
const PLAIN = /^[^\s"'=]+$/

/** `key=value` of each field that the text does not show already, ids last. */
export function fieldTexts({fields, told = []}: Parsed, safe: (text: string) => string): string[] {
  const first: string[] = []
  const last: string[] = []
  for (const key in fields) {
    if (told.includes(key) || TIMES.test(key)) continue
    for (const [path, value] of flat(key, fields[key]))
      (IDS.test(path) ? last : first).push(`${safe(path)}=${safe(value)}`)
  }
  return first.length > 0 ? first.concat(last) : last
}

/** Objects within objects as paths; lists as JSON. */
function flat(path: string, value: unknown): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value as Fields).flatMap(([key, inner]) => flat(`${path}.${key}`, inner))
  return [[path, typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value)]]
}

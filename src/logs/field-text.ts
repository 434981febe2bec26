import type {Fields, Parsed} from './parse.js'

/** The time stands in front of the line already. */
const TIMES = /^(timestamp|asctime|time|@timestamp|ts|created|msecs|relativeCreated)$/
/** What is looked for rather than read: it stands last. */
const IDS = /(^|[._-])(id|ids|trace|span|trace_id|span_id|request_id|correlation_id|xray_trace_id)$|_id$/i
const PLAIN = /^[^\s"'=]+$/

/** `key=value` of each field that the text does not show already, ids last. */
export function fieldText({fields, told}: Parsed): string {
  const first: string[] = []
  const last: string[] = []
  /** Objects within objects are paths; lists are JSON. */
  const add = (path: string, value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const key in value) add(`${path}.${key}`, (value as Fields)[key])
    else (IDS.test(path) ? last : first).push(`${path}=${valueText(value)}`)
  }
  for (const key in fields) if (!told?.includes(key) && !TIMES.test(key)) add(key, fields[key])
  return first.concat(last).join(' ')
}

const valueText = (value: unknown): string =>
  typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value)

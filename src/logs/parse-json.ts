import {type Level, levelOf} from './level.js'
import type {Fields, Parsed} from './parse.js'

/** Where structlog, python-json-logger, loguru, OpenTelemetry, Powertools, Elastic and GCP put what a line says; the first one wins. */
const MESSAGES = ['event', 'message', 'msg', 'text', 'body']
const LEVEL_KEYS = ['level', 'levelname', 'severity', 'severity_text', 'log.level', 'loglevel', 'lvl', 'levelno']
const TRACES = ['exception', 'exc_info', 'exc_text', 'stack_info', 'stack', 'error.stack_trace', 'exception.stacktrace']
/** Copies of something else: the message with colours, the name of an asyncio task that has none. */
const NOISE = new Set(['color_message', 'taskName'])

/** Whether loggers give the level under that name. */
export const isLevel = (path: string): boolean => LEVEL_KEYS.includes(path)

/** What a field says that became the message, the level or the traceback of its line, and is no field any more. */
export function usedUp(path: string, {text, level, trace}: Parsed): string | undefined {
  if (MESSAGES.includes(path)) return text
  if (isLevel(path)) return level
  return TRACES.includes(path) ? trace : undefined
}

/** One JSON object; undefined for anything else. */
export function parseJson(line: string): Parsed | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const object = value as Fields
  const {record} = object
  return isLoguru(record) ? fromLoguru(record) : fromObject(object)
}

function fromObject(object: Fields): Parsed {
  const messageKey = MESSAGES.find((key) => typeof object[key] === 'string')
  const [levelKey, level] = levelIn(object)
  const traceKey = TRACES.find((key) => isTrace(object[key]))
  const fields: Fields = {}
  for (const key in object) {
    if (key === messageKey || key === levelKey || key === traceKey) continue
    if (NOISE.has(key) && (key === 'color_message' || object[key] === null)) continue
    fields[key] = object[key]
  }
  const trace = traceKey && traceText(object[traceKey])
  const text = messageKey ? (object[messageKey] as string) : ''
  return {level: level ?? (trace ? 'error' : undefined), text, fields, ...(trace && {trace})}
}

function levelIn(object: Fields): [string, Level] | [] {
  for (const key of LEVEL_KEYS) {
    const level = levelOf(object[key])
    if (level) return [key, level]
  }
  return []
}

const isTrace = (value: unknown) => (typeof value === 'string' && value !== '') || isFrames(value)

type Raised = {exc_type?: string; exc_value?: string; frames?: {filename?: string; lineno?: number; name?: string}[]}

const isFrames = (value: unknown): value is Raised[] => Array.isArray(value) && typeof value[0]?.exc_type === 'string'

/** structlog's dictionaries as Python itself would print them. */
function traceText(value: unknown): string {
  if (!isFrames(value)) return value as string
  const one = ({exc_type, exc_value, frames = []}: Raised) => [
    'Traceback (most recent call last):',
    ...frames.map(({filename, lineno, name}) => `  File "${filename}", line ${lineno}, in ${name}`),
    `${exc_type}: ${exc_value}`,
  ]
  return value.flatMap(one).join('\n')
}

type Loguru = {
  level: {name: string}
  message: string
  exception?: {type?: string; value?: string} | null
  extra?: Fields
  name?: string
  function?: string
  line?: number
}

const isLoguru = (record: unknown): record is Loguru =>
  typeof record === 'object' && record !== null && typeof (record as Loguru).message === 'string'

function fromLoguru({level, message, exception, extra, name, function: caller, line}: Loguru): Parsed {
  const where = name && {logger: name, ...(caller && {location: `${caller}:${line}`})}
  const trace = exception?.type && `${exception.type}: ${exception.value}`
  return {level: levelOf(level?.name), text: message, fields: {...extra, ...where}, ...(trace && {trace})}
}

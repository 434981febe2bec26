import {type Level, levelOf} from './level.js'
import type {Fields, Parsed} from './parse.js'
import {parseAccess} from './parse-access.js'
import {parseJson} from './parse-json.js'
import {startOfTrace} from './traceback.js'

/** A line of uvicorn, gunicorn, loguru, structlog's console, logfmt or plain `logging`. */
export function parseText(line: string): Parsed {
  const at = line.includes('\n') ? startOfTrace(line) : -1
  if (at < 0) return parseLine(line)
  const trace = line.slice(at).trimEnd()
  const parsed = parseLine(line.slice(0, at).trimEnd())
  return {...parsed, level: parsed.level ?? 'error', trace}
}

function parseLine(line: string): Parsed {
  const head = headOf(line)
  if (!head) return parseAccess(line, undefined) ?? logfmt(line) ?? {level: levelOfRaised(line), text: line, fields: {}}
  const {level, fields, rest} = head
  return parseAccess(rest, level) ?? embedded(rest, level, fields) ?? {level, ...keyValues(rest, fields)}
}

/** The end of a traceback that came without the lines before it, such as by --grep. */
const levelOfRaised = (line: string): Level | undefined =>
  /^(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)(?:: |$)/.test(line) ? 'error' : undefined

type Head = {level: Level; fields: Fields; rest: string}

/** Words of level in front of a message, as each library writes them. */
const WORD = 'TRACE|DEBUG|INFO|SUCCESS|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|EXCEPTION'
const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`
const LOGGER = String.raw`[\w.-]+`

/** Tried in this order. Groups: level, logger, worker, location, rest. */
const HEADS = [
  // uvicorn `INFO:     text`, logging.basicConfig `INFO:root:text`, alembic `INFO  [alembic.runtime] text`
  String.raw`(?<level>${WORD}):(?:(?<logger>${LOGGER}):(?! )|\s+)(?<rest>.*)`,
  String.raw`(?<level>${WORD})\s+\[(?<logger>${LOGGER})\] (?<rest>.*)`,
  // gunicorn and hypercorn `[time] [7] [INFO] text`, celery `[time: INFO/MainProcess] text`
  String.raw`\[${TIME}\] \[(?<worker>\d+)\] \[(?<level>${WORD})\] (?<rest>.*)`,
  String.raw`\[${TIME}: (?<level>${WORD})/(?<worker>[\w-]+)\] (?<rest>.*)`,
  // loguru `time | INFO     | app.main:startup:42 - text`
  String.raw`${TIME} \| (?<level>${WORD})\s*\| (?<logger>${LOGGER}):(?<location>[\w<>.]+:\d+) - (?<rest>.*)`,
  // logging's formats: `time - logger - INFO - text`, `time INFO logger text`, `time [INFO] logger: text`, `[time] INFO in logger: text`
  String.raw`\[?${TIME}\]? - (?<logger>${LOGGER}) - (?<level>${WORD}) - (?<rest>.*)`,
  String.raw`\[?${TIME}\]?[ |-]+(?<level>${WORD})[ |-]+(?<logger>${LOGGER})[ |]+- (?<rest>.*)`,
  String.raw`\[?${TIME}\]? +\[?(?<level>${WORD})\]? +(?:in )?\[?(?<logger>${LOGGER}\.${LOGGER}|${LOGGER}(?=[:\]]))[:\]]? (?<rest>.*)`,
  // structlog's console `time [info     ] text`
  String.raw`(?:${TIME} )?\[(?<level>${WORD})\s*\] (?<rest>.*)`,
  String.raw`\[?${TIME}\]?[ :-]+\[?(?<level>${WORD})\]?[ :-]+(?<rest>.*)`,
  // Python's warnings `/app/main.py:10: DeprecationWarning: text`
  String.raw`(?<location>\S+\.py:\d+): (?=\w*Warning: )(?<rest>.*)`,
].map((source) => new RegExp(`^${source}$`, 'is'))

function headOf(line: string): Head | undefined {
  for (const pattern of candidates(line.charCodeAt(0))) {
    const groups = pattern.exec(line)?.groups
    if (!groups) continue
    const {level: word = 'warning', logger, worker, location, rest = ''} = groups
    return {level: levelOf(word)!, fields: defined(logger, worker, location), rest}
  }
  return undefined
}

const WORDS = HEADS.slice(0, 2)
const BRACKETS = [...HEADS.slice(2, 4), ...HEADS.slice(5, 10)]
const DIGITS = HEADS.slice(4, 10)
const PATHS = HEADS.slice(10)

/** Trying all of them on every line would be most of the work there is. */
function candidates(first: number): RegExp[] {
  if (first === 91) return BRACKETS
  if (first >= 48 && first <= 57) return DIGITS
  if (first === 47) return PATHS
  return (first >= 65 && first <= 90) || (first >= 97 && first <= 122) ? WORDS : []
}

function defined(logger?: string, worker?: string, location?: string): Fields {
  const fields: Fields = {}
  if (logger) fields.logger = logger
  if (worker) fields.worker = worker
  if (location) fields.location = location
  return fields
}

/** `INFO: {"event": ...}`: JSON behind a head of text. */
function embedded(rest: string, level: Level, fields: Fields): Parsed | undefined {
  if (!rest.startsWith('{')) return undefined
  const inner = parseJson(rest)
  return inner && {...inner, level: inner.level ?? level, fields: {...fields, ...inner.fields}}
}

const PAIR = /(?:^|\s)([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']\S*)/g
/** At the end of a line, two spaces apart or not: structlog pads its event and then writes only pairs. */
const TAIL = /\s+(?:\[([\w.-]+)\]\s*)?((?:\s*[A-Za-z_][\w.-]*=(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']\S*))+)\s*$/

function keyValues(rest: string, fields: Fields): {text: string; fields: Fields} {
  if (!rest.includes('=')) return {text: rest.trimEnd(), fields}
  const tail = TAIL.exec(rest)
  if (!tail) return {text: rest.trimEnd(), fields}
  const logger = tail[1] && {logger: tail[1]}
  return {text: rest.slice(0, tail.index).trimEnd(), fields: {...fields, ...logger, ...pairs(tail[2]!)}}
}

function pairs(text: string): Fields {
  const fields: Fields = {}
  for (const [, key, value] of text.matchAll(PAIR)) fields[key!] = plainValue(value!)
  return fields
}

function plainValue(text: string): string | number {
  if (/^-?\d+(\.\d+)?$/.test(text) && text.length < 16) return Number(text)
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, '$1')
  return text.startsWith("'") ? text.slice(1, -1) : text
}

/** `level=info msg="..." key=value` with nothing besides. */
function logfmt(line: string): Parsed | undefined {
  if (!/^[A-Za-z_][\w.-]*=\S/.test(line) || line.replace(PAIR, '').trim() !== '') return undefined
  const {level: word, lvl = word, msg, message = msg, event = message, ...fields} = pairs(line)
  const level = levelOf(lvl)
  return {level, text: event === undefined ? '' : String(event), fields}
}

import type {Level} from './level.js'
import {parseJson} from './parse-json.js'
import {parseText} from './parse-text.js'

export type Fields = Record<string, unknown>

/** What a log line says. */
export type Parsed = {
  level?: Level
  /** The message itself, without time, level and logger. */
  text: string
  fields: Fields
  /** Names of fields that `text` shows already. */
  told?: readonly string[]
  /** A Python traceback inside this one event, or other lines that follow its first. */
  trace?: string
}

const SGR = /\u001b\[[0-9;]*m/g

/** Understands what FastAPI applications write; what it does not know is all text. Never throws. */
export function parse(message: string): Parsed {
  const line = message.includes('\u001b[') ? message.replace(SGR, '') : message
  if (line.charCodeAt(0) !== BRACE) return parseText(line)
  return parseJson(line) ?? parseText(line)
}

const BRACE = '{'.charCodeAt(0)

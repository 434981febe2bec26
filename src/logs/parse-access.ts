import type {Level} from './level.js'
import type {Fields, Parsed} from './parse.js'

/** uvicorn: `10.0.1.7:60084 - "GET /docs HTTP/1.1" 200 OK`, `... - "WebSocket /ws" [accepted]`. */
const UVICORN =
  /^(\(?[\w.:'%, ]{2,60}\)?|\[[\da-f:]+\]:\d+) - "([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?" (?:(\d{3})(?: [\w' -]+)?|\[(\w+)\])$/

/** gunicorn and Apache: `10.0.1.7 - - [22/Nov/2026:14:02:11 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8"`, perhaps with a time at the end. */
const COMBINED =
  /^(\S+) \S+ \S+ \[[^\]]+\] "([A-Z]+) (\S+) HTTP\/[\d.]+" (\d{3}) (\d+|-)(?: "([^"]*)" "([^"]*)")?(?: (\S+))?\s*$/

const TOLD = ['method', 'path', 'status'] as const

/** A request that was answered; its level is that of the answer, because servers log all of them as INFO. */
export function parseAccess(line: string, level: Level | undefined): Parsed | undefined {
  if (!line.includes('"')) return undefined
  const uvicorn = UVICORN.exec(line)
  if (uvicorn) {
    const [, client, method, path, status, socket] = uvicorn
    return access({method, path, client: plainClient(client!)}, status ? Number(status) : socket!, level)
  }
  const combined = COMBINED.exec(line)
  if (!combined) return undefined
  const [, client, method, path, status, bytes, referer, agent, took] = combined
  const known = {client, bytes: bytes === '-' ? undefined : Number(bytes), referer, agent, took}
  const fields = Object.entries(known).filter(([, value]) => value !== undefined && value !== '-')
  return access({method, path, ...Object.fromEntries(fields)}, Number(status), level)
}

/** uvicorn names the other side of a WebSocket as Python prints a tuple: `('10.0.1.7', 60084)`. */
const plainClient = (client: string) => client.replace(/^\('(.+)', (\d+)\)$/, '$1:$2')

function access(fields: Fields, status: number | string, level: Level = 'info'): Parsed {
  return {
    level: levelOfStatus(status) ?? level,
    text: `${fields.method} ${fields.path} ${status}`,
    fields: {...fields, status},
    told: TOLD,
  }
}

function levelOfStatus(status: number | string): Level | undefined {
  if (typeof status === 'string' || status < 400) return undefined
  return status < 500 ? 'warn' : 'error'
}

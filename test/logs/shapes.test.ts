import {readFileSync, writeFileSync} from 'node:fs'
import {expect, it} from 'vitest'

import {prettyFormat} from '../../src/logs/format-pretty.js'
import {parse} from '../../src/logs/parse.js'
import {zoneOf} from '../../src/logs/zone.js'
import {safeLine} from '../../src/terminal/safe.js'
import {canvas} from '../support/canvas.js'

const file = new URL('shapes.txt', import.meta.url)
const at = Date.UTC(2026, 10, 22, 14, 2, 11, 482)
const stream = 'ecs-v1/fastapi-bootstrap-v1/0f3c6f0b9a1d4c2e8f7a6b5c4d3e2f1a'

const typed = (text: string) =>
  text.startsWith('{')
    ? text
    : text
        .replaceAll('\\n', '\n')
        .replaceAll('\\e', '\u001b')
        .replace(/\\u(....)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))

function printed(line: string): string[] {
  const event = {id: '1', at, ingestedAt: at, group: '/ecs/fastapi-bootstrap-dev', stream, message: typed(line)}
  const entry = {event, events: [event], parsed: parse(event.message)}
  return prettyFormat({zone: zoneOf('utc')})(entry, {...canvas(), safe: safeLine}).map((text) =>
    `> ${text.replace('14:02:11.482 0f3c6f0b ', '')}`.trimEnd(),
  )
}

/** Each line that comes, and below it what it prints as. `FB_ACCEPT=1` writes the file anew, to be read before it is committed. */
it('prints what FastAPI applications log as its golden file says', () => {
  const golden = readFileSync(file, 'utf8')
  const cases = golden.split('\n').filter((line) => !line.startsWith('>'))
  const now = cases.flatMap((line) => (line.startsWith('<') ? [line, ...printed(line.slice(2))] : [line])).join('\n')
  if (process.env.FB_ACCEPT) writeFileSync(file, now)
  else expect(now).toBe(golden)
  expect(cases.filter((line) => line.startsWith('<')).length).toBeGreaterThanOrEqual(40)
})

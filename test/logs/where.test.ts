import {expect, it} from 'vitest'

import {parse} from '../../src/logs/parse.js'
import {parseWhere} from '../../src/logs/where.js'
import {entryOf} from '../support/log-lines.js'

const line = JSON.stringify({
  event: 'request failed',
  level: 'error',
  status: 503,
  path: '/v1/items',
  duration: '1.5',
  user: {id: 7},
  done: false,
  tag: 'a "b"',
})
const entry = entryOf(line)
const passes = (where: string) => parseWhere(where)(entry)

it.each([
  'status>=500',
  'status = 503',
  'status==503',
  'status != 500',
  'duration > 1.25',
  'path~=/v1 and status<600',
  'path ~~= "^/v[0-9]/"',
  'path !~= /v2',
  'path !~~= "^/v2"',
  'status in (500, 502,503)',
  'level >= warn',
  'level=error',
  'level>info',
  'severity = ERROR',
  'log.level >= WARNING',
  'level ~~= "warn|error"',
  'event ~= failed',
  'not exception',
  'user.id=7',
  'user',
  'done = false',
  'message ~= failed',
  "msg = 'request failed'",
  'tag = "a \\"b\\""',
  'path ~~= "^/v\\d/"',
  'path > "/v0"',
  'status > "500"',
  'path != 500',
  'raw ~= request',
  'task ~= 0f3c',
  'group=/ecs/fastapi-bootstrap-dev',
  'not status<500',
  '!(status<500)',
  'status<500 or path=/v1/items',
  '(status<500 || path=/v1/items) && user.id in (7)',
  'missing != 1',
  'not missing',
])('finds a line with %s', (where) => expect(passes(where)).toBe(true))

it('looks at every line of a traceback', () => {
  const first = entryOf('Traceback (most recent call last):')
  const events = [first.event, {...first.event, message: "KeyError: 'price'"}]
  const trace = {...first, events, parsed: {level: 'error', text: '', fields: {}} as const}
  for (const where of ['msg ~= KeyError', 'raw ~= Traceback', 'message ~= price'])
    expect(parseWhere(where)(trace), where).toBe(true)
})

it.each(['status>503', 'missing=1', 'missing', 'missing<1', 'path~=/v2', 'level<=warn', 'status<500 and user.id=7'])(
  'does not find it with %s',
  (where) => expect(passes(where)).toBe(false),
)

it.each(['path > 100', 'path <= 100', 'path = 100', 'status > "abc"', 'status < "abc"', 'status in (abc)', 'done < 3'])(
  'knows no order of a number and a text: %s',
  (where) => expect(passes(where)).toBe(false),
)

it.each([
  ['', 1, 'a field is missing'],
  ['status>>500', 8, 'a value is missing'],
  ['status>=', 9, 'a value is missing'],
  ['status 500', 8, '"and" or "or" is expected before "500"'],
  ['(status>500', 12, '")" is missing'],
  ['status in 500', 11, '"in" needs a list'],
  ['path="/v1', 6, 'the quote has no end'],
  ['status>500 and', 15, 'a field is missing'],
  ['level>=loud', 8, '"loud" is no level'],
  ['status>=abc', 9, '"abc" is no number'],
  ['a=1 and timestamp<2026-11-22', 19, '"2026-11-22" is no number; in quotes it is compared as text'],
  ['path~~="(a"', 9, 'is no regular expression: Unterminated group'],
  ['a=1 and path~~=x[', 17, 'is no regular expression: Unterminated character class'],
  ['path~~="\\"\\\\d**"', 15, 'is no regular expression: Nothing to repeat'],
  ["path~~='\\\\**'", 12, 'is no regular expression: Nothing to repeat'],
])('says where %j goes wrong', (where, position, reason) => {
  let refused: {message: string; because: string[]} | undefined
  try {
    parseWhere(where)
  } catch (error) {
    refused = error as never
  }
  expect(refused?.message).toContain(reason)
  expect(refused?.because).toEqual([`Position ${position}:`, where, `${' '.repeat(position - 1)}^`])
})

it('sees the fields of an access line', () => {
  const access = {...entry, parsed: parse('INFO:     10.0.1.7:60084 - "GET /docs HTTP/1.1" 404 Not Found')}
  expect(parseWhere('method=GET and status=404 and level=warn')(access)).toBe(true)
})

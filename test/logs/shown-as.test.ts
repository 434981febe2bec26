import {describe, expect, it} from 'vitest'

import {shownAs} from '../../src/logs/shown-as.js'
import {zoneOf} from '../../src/logs/zone.js'
import {canvasFor} from '../../src/terminal/colours.js'
import {safe} from '../../src/terminal/safe.js'
import {entryOf} from '../support/log-lines.js'

/** What could clear a screen, colour what follows, name a window, write a clipboard, go back over the line, or turn it around. */
const EVIL = '\u001b[2J \u001b[31m \u001b]0;name\u0007 \u001b]52;c;YQ==\u0007 \r over \u009b31m \u202e \u0008'
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/

const LINES = [
  EVIL,
  `INFO:     10.0.1.7:60084 - "GET /${EVIL} HTTP/1.1" 200 OK`,
  JSON.stringify({event: EVIL, level: 'error', [EVIL]: EVIL, exception: `Traceback (most recent call last):\n${EVIL}`}),
  `Traceback (most recent call last):\n  File "${EVIL}", line 1\nValueError: ${EVIL}`,
]

const shown = (output: string, onScreen: boolean, line: string) => {
  const {format, exact} = shownAs(
    {output, include: [/evil/], expand: true},
    [],
    {onScreen, json: false},
    {zone: zoneOf('utc'), now: 0},
  )
  const stream = `s/${EVIL}/${EVIL}`
  return {text: format(entryOf(line, {stream}), canvasFor({isTTY: onScreen}, false)).join('\n'), exact}
}

describe.each(['pretty', 'short', 'raw', 'json'])('a line as %s', (output) => {
  it.each(LINES)('has no control sequence of its own on a terminal: %j', (line) => {
    // What writes lines lets only fb's colours through, and here there are none.
    expect(safe(shown(output, true, line).text, {colours: true})).not.toMatch(CONTROL)
  })
})

it('is in a pipe, as raw, exactly what was logged, and only so', () => {
  for (const line of LINES) expect(shown('raw', false, line)).toEqual({text: line, exact: true})
  for (const output of ['pretty', 'short', 'json']) expect(shown(output, false, EVIL).exact).toBe(false)
})

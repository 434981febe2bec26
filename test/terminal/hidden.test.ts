import {expect, it} from 'vitest'

import {Typed} from '../../src/terminal/hidden.js'

const PASTE = (text: string) => `\u001b[200~${text}\u001b[201~`

/** What came of keys that arrive in these pieces. */
function typed(...pieces: string[]): {state: string; text: string} {
  const line = new Typed()
  const state = pieces.map((piece) => line.take(piece)).at(-1)!
  return {state, text: line.text}
}

it.each([
  ['a line', ['abc\r'], {state: 'done', text: 'abc'}],
  ['a line in pieces', ['a', 'b', '\r'], {state: 'done', text: 'ab'}],
  ['a paste of several lines', [PASTE('one\rtwo\r\nthree\n'), '\r'], {state: 'done', text: 'one\ntwo\nthree\n'}],
  ['a paste whose marks are cut', ['\u001b[2', '00~x\r', 'y\u001b', '[201~\r'], {state: 'done', text: 'x\ny'}],
  ['several lines without marks', ['one\rtwo\r'], {state: 'torn', text: 'one'}],
  ['mistakes that are taken back', ['ab\u007fc😀\u007f\r'], {state: 'done', text: 'ac'}],
  ['a line that is begun again', ['abc\u0015x\r'], {state: 'done', text: 'x'}],
  ['arrows and function keys', ['a\u001b[D\u001bOP\u001b[15~b\r'], {state: 'done', text: 'ab'}],
  ['Ctrl-C', ['abc\u0003'], {state: 'left', text: 'abc'}],
  ['Ctrl-D at the beginning', ['\u0004'], {state: 'left', text: ''}],
  ['a tab and an umlaut', ['a\tä\r'], {state: 'done', text: 'a\tä'}],
  ['not yet all', ['abc'], {state: 'more', text: 'abc'}],
] as [string, string[], object][])('takes %s', (_, pieces, expected) => expect(typed(...pieces)).toEqual(expected))

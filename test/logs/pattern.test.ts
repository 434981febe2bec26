import {expect, it} from 'vitest'

import {parsePattern} from '../../src/logs/pattern.js'

it.each([
  ['(a', '^', 'Unterminated group'],
  ['(a)(b', '   ^', 'Unterminated group'],
  ['x(a|[c)', '    ^', 'Unterminated character class'],
  ['a)', ' ^', 'Unmatched'],
  ['(a**)', '   ^', 'Nothing to repeat'],
  ['(a|*b)', '   ^', 'Nothing to repeat'],
  ['[z-a]', '   ^', 'Range out of order'],
  ['\\(([)]', '  ^', 'Unterminated group'],
  ['(a\\', '  ^', '\\ at end of pattern'],
  ['(?<n>a)(?<n>b)', '        ^', 'Duplicate capture group name'],
])('shows where %j goes wrong', (source, caret, reason) => {
  let refused: {message: string; because: string[]} | undefined
  try {
    parsePattern(source, 'this')
  } catch (error) {
    refused = error as never
  }
  expect(refused?.message).toContain(`this is no regular expression: ${reason}`)
  expect(refused?.because).toEqual([`Position ${caret.length}:`, source, caret])
})

import {expect, it} from 'vitest'

import {clip, columns, wrapped} from '../src/columns.js'

it('aligns cells, whatever their colour', () => {
  expect(
    columns([
      ['a', '\u001b[32mok\u001b[39m', 'x'],
      ['long', 'y', 'z'],
    ]),
  ).toEqual(['a     \u001b[32mok\u001b[39m  x', 'long  y   z'])
})

it('aligns numbers to the right', () => {
  expect(columns([['5 %'], ['100 %']], {right: [0]})).toEqual(['  5 %', '100 %'])
})

it('wraps at words and indents what follows', () => {
  expect(wrapped('one two three four', 9, 2)).toEqual(['one two', '  three', '  four'])
})

it('leaves a word alone that is longer than the line', () => {
  expect(wrapped('a bbbbbbbbbbbbbbb', 6, 1)).toEqual(['a', ' bbbbbbbbbbbbbbb'])
})

it('clips with an ellipsis', () => {
  expect([clip('short', 5), clip('longer', 5)]).toEqual(['short', 'long…'])
})

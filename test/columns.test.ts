import {expect, it} from 'vitest'

import {clip, columns, columnsWithin, wrapped} from '../src/columns.js'

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

it('gives a first cell that is too long for the width a line of its own', () => {
  const rows = [
    ['KEY', 'TYPE', 'AGE'],
    ['short', 'String', '2h'],
    ['a-long-one', 'String', '12d'],
  ]
  expect(columnsWithin(rows, 30)).toEqual(columns(rows))
  expect(columnsWithin(rows, 20)).toEqual([
    'KEY    TYPE    AGE',
    'short  String  2h',
    'a-long-one',
    '       String  12d',
  ])
  expect(columnsWithin([['key', 'one two three', 'four']], 12)).toEqual(['key', '  one two', '  three', '  four'])
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

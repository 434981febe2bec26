import {expect, it} from 'vitest'

import {safe, safeJson, safeLine} from '../../src/terminal/safe.js'

/** One of each class of attack on a terminal; stripping escape sequences alone would leave most of them. */
const ATTACKS = {
  'clear screen': '\u001b[2J\u001b[H',
  clipboard: '\u001b]52;c;cm0gLXJmIC8K\u0007',
  'hidden link': '\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\',
  title: '\u001b]0;pwn\u0007',
  'C1 sequence': '\u009b31m',
  'device control': '\u001bP$q"p\u001b\\',
  overwrite: 'ERROR real\rOK fake',
  backspace: 'abc\b\b\bxyz',
  bidi: 'user\u202etxt.exe',
  'zero width': 'pa\u200bss',
  delete: 'a\u007fb',
  'application command': '\u001b_Gf=100\u001b\\',
  'next line': 'a\u0085b',
  'line separator': 'a\u2028b',
  'soft hyphen': 'pa\u00adss',
  'Arabic letter mark': 'a\u061cb',
  conceal: '\u001b[8mhidden\u001b[0m',
}
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

it.each(Object.entries(ATTACKS))('escapes %s', (_, text) => {
  for (const made of [safe(text), safe(text, {colours: true}), safeLine(text), safeJson({text})])
    expect(made).not.toMatch(dangerous)
})

it('keeps the evidence', () => {
  expect(safe('a\u001b[2Jb')).toBe('a\\u001b[2Jb')
  expect(JSON.parse(safeJson({a: 'x\u202ey'}))).toEqual({a: 'x\u202ey'})
})

it('keeps ordinary text of any language', () => {
  const text = 'Grüße, 世界, 🎉 ok\tand\nmore'
  expect(safe(text)).toBe(text)
})

it('lets only fb’s own colours through where it draws', () => {
  expect(safe('\u001b[32mok\u001b[39m', {colours: true})).toBe('\u001b[32mok\u001b[39m')
})

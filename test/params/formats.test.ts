import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it, onTestFinished} from 'vitest'

import {exported} from '../../src/params/export.js'
import type {Entry} from '../../src/params/formats/entry.js'
import {type Format, format, formatNames, guess, parse} from '../../src/params/formats/formats.js'

/** What breaks formats: alone, together, and among anything else. */
const HARD = [
  'ab#cd',
  ' # ',
  '$HOME',
  '${X}',
  '$(id)',
  '`id`',
  '"',
  "'",
  '\\',
  '\\n',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '😀',
  'é',
  '=',
  'export ',
  '!',
  '%0A',
  '%',
  '<<',
  'EOF',
  '---',
  '{',
  '[',
  ': ',
  '&a',
  '*',
  '|',
  '>',
  '- ',
  'true',
  '08',
  '~',
  ' ',
  '\u2028',
  '\ufeff',
  ',',
]

const piece = fc.oneof(
  fc.constantFrom(...HARD),
  fc.string({unit: 'grapheme', maxLength: 8}),
  fc.string({unit: 'binary', maxLength: 4}),
)
const value = fc
  .array(piece, {minLength: 1, maxLength: 8})
  .map((pieces) => pieces.join('').replaceAll('\0', ''))
  .filter((text) => text !== '')

const cannot: Partial<Record<Format, RegExp>> = {docker: /\n|\r$/, github: /\r$/}
const holds = (name: Format, text: string) => !cannot[name]?.test(text)

describe.each(formatNames)('%s', (name) => {
  it('gives every value back unchanged', () => {
    fc.assert(
      fc.property(fc.array(value, {maxLength: 5}), (values) => {
        const entries = values.filter((text) => holds(name, text)).map((text, i): Entry => [`KEY_${i}`, text])
        const read = parse(name, format(name, entries), 'file')
        expect(read.map(({key, value: text}) => [key, text])).toEqual(entries)
      }),
      {numRuns: 500},
    )
  })

  it('gives a value of 4,096 bytes back', () => {
    for (const text of ['x'.repeat(4096), '"$\\'.repeat(1365), '😀'.repeat(1024)])
      expect(parse(name, format(name, [['KEY', text]]), 'file')[0]?.value).toBe(text)
  })

  it('names both lines of a key that is there twice, and no value', () => {
    const [once, twice] = [format(name, [['KEY', 'hunter2']]), format(name, [['KEY', 'other']])]
    const text = name === 'json' ? '{\n  "KEY": "hunter2",\n  "A": {"KEY": 1},\n  "KEY": "other"\n}' : once + twice
    const failure = failing(() => parse(name, text.replace('"A": {"KEY": 1},', '"A": "x",'), 'prod.env'))
    expect(failure.message).toMatch(/^prod\.env:\d+: KEY is in line \d+ already\.$/)
  })
})

describe('what a format cannot hold', () => {
  it('is refused by name, and never changed', () => {
    expect(failing(() => format('docker', [['CERT', 'one\ntwo']])).message).toBe(
      'docker cannot hold CERT: a value is one line there.',
    )
    expect(failing(() => format('github', [['CERT', 'one\r']])).message).toContain('cannot hold CERT')
    for (const name of ['dotenv', 'shell', 'docker', 'github'] as const)
      expect(failing(() => format(name, [['database/url', 'x']])).message).toContain('cannot hold database/url')
  })
})

describe('what other programs read', () => {
  const samples = fc.sample(value, 300)

  it.each(['sh', 'bash'])('shell: `source` in %s sets every value as it is', (shell) => {
    const entries = samples.map((text, i): Entry => [`FB_${i}`, text])
    const file = written(format('shell', entries))
    const said = execFileSync(shell, [
      '-c',
      `. "$0"; ${entries.map(([key]) => `printf '%s\\0' "$${key}"`).join(';')}`,
      file,
    ])
    expect(said.toString().split('\0').slice(0, -1)).toEqual(entries.map(([, text]) => text))
  })

  it.each(['sh', 'bash'])('docker: its rule, a line is a variable, gives every value back in %s', (shell) => {
    const entries = samples.filter((text) => holds('docker', text)).map((text, i): Entry => [`FB_${i}`, text])
    const file = written(format('docker', entries))
    const loop = `while IFS= read -r line; do export "$line"; done < "$0"; ${entries.map(([key]) => `printf '%s\\0' "$${key}"`).join(';')}`
    expect(execFileSync(shell, ['-c', loop, file]).toString().split('\0').slice(0, -1)).toEqual(
      entries.map(([, text]) => text),
    )
  })

  it('dotenv: a shell that sources it runs nothing', () => {
    const evil = ['$(touch pwned)', '`touch pwned`', "it's $(touch pwned)", '"; touch pwned; "', "'$(touch pwned)'"]
    const entries = evil.map((text, i): Entry => [`FB_${i}`, text])
    const file = written(format('dotenv', entries))
    const said = execFileSync(
      'sh',
      ['-c', `. "$0"; ${entries.map(([key]) => `printf '%s\\0' "$${key}"`).join(';')}; ls`, file],
      {
        cwd: join(file, '..'),
      },
    )
    expect(said.toString().split('\0')).toEqual([...evil, 'file\n'])
  })

  it('github: every line of every value is masked before it is said', () => {
    const {masks} = exported('github', [['KEY', 'one%\n\ntwo\r\nthree']])
    expect(masks).toBe('::add-mask::one%25\n::add-mask::two\n::add-mask::three\n')
  })
})

describe('dotenv as people write it', () => {
  const read = (text: string) =>
    Object.fromEntries(parse('dotenv', text, '.env').map(({key, value: own}) => [key, own]))

  it.each([
    ['export A=b', 'b'],
    ['A = b ', 'b'],
    ['A=ab#cd', 'ab#cd'],
    ['A=ab #cd', 'ab'],
    ['A=#cd', ''],
    ["A='$x #1' # why", '$x #1'],
    ['A="two\nlines"', 'two\nlines'],
    ['A="two\\nlines"', 'two\nlines'],
    ["A='two\\nlines'", 'two\\nlines'],
    ['A=postgres://u:p@h/d?x=1&y=2', 'postgres://u:p@h/d?x=1&y=2'],
    ['A=b\r\n', 'b'],
    ['\ufeffA=b', 'b'],
  ])('%j is %j', (text, expected) => expect(read(text)).toEqual({A: expected}))

  it.each([
    ['A="hunter2', /^\.env:1: the quote is not closed\.$/],
    ['A=1\nhunter2', /^\.env:2: NAME=VALUE is expected\.$/],
    ['A=1\n\n# x\nB="hunter2"hunter2', /^\.env:4: there is something after the closing quote\.$/],
  ])('%j is refused with its line and without its text', (text, expected) => {
    const {message} = failing(() => read(text))
    expect(message).toMatch(expected)
    expect(message).not.toContain('hunter2')
  })
})

describe('broken files', () => {
  it.each<[Format, string]>([
    ['json', '{"A": "hunter2",\n "B": hunter2}'],
    ['json', '["hunter2"]'],
    ['json', '{"A": {"hunter2": 1}}'],
    ['yaml', 'A: "hunter2\nB: [hunter2'],
    ['yaml', 'A:\n  hunter2: x'],
    ['yaml', '- hunter2'],
    ['shell', 'export A=$(hunter2)'],
    ['shell', 'hunter2'],
    ['docker', 'hunter2'],
    ['github', 'A<<END\nhunter2'],
  ])('%s: %j names the line and shows no value', (name, text) => {
    const failure = failing(() => parse(name, text, 'file'))
    expect(failure.message).toMatch(/^file:\d+: /)
    expect(failure.message).not.toContain('hunter2')
  })

  it('YAML: what looks like a number or a date is the text that is written', () => {
    const read = parse('yaml', 'PORT: 0800\nON: true\nDAY: 2026-11-22\nNONE: null\n', 'file')
    expect(read.map(({value: own}) => own)).toEqual(['0800', 'true', '2026-11-22', 'null'])
  })
})

it.each([
  ['.env', 'A=1', 'dotenv'],
  ['prod.yaml', 'A: 1', 'yaml'],
  ['stdin', ' {"A": "1"}', 'json'],
  ['env.sh', 'export A=1', 'shell'],
])('%s is taken as what it is', (file, text, expected) => expect(guess(file, text)).toBe(expected))

function failing(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not fail')
}

function written(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'fb-formats-'))
  onTestFinished(() => rmSync(directory, {recursive: true}))
  const file = join(directory, 'file')
  writeFileSync(file, text)
  return file
}

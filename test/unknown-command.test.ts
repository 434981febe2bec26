import {expect, test} from 'vitest'

import {unknownCommand} from '../src/unknown-command.js'

const ids = ['deploy', 'releases', 'status', 'sandbox:fault', 'sandbox:faults', 'sandbox:reset']

const answer = (typed: string) => {
  const {message, because, next, exitCode} = unknownCommand(typed, ids)
  expect(exitCode).toBe(2)
  return [message, ...because, ...next]
}

test('a slip of the finger is answered with the command it was meant to be', () => {
  expect(answer('deplyo')).toEqual([
    'There is no command "fb deplyo".',
    'Did you mean fb deploy?',
    'fb deploy',
    'fb --help',
  ])
  expect(answer('sandbox:rest')).toEqual([
    'There is no command "fb sandbox rest".',
    'Did you mean fb sandbox reset?',
    'fb sandbox reset',
    'fb sandbox --help',
  ])
})

test('a topic with a typo is answered with the topic', () => {
  expect(answer('sandbx:reset')).toEqual([
    'There is no command "fb sandbx".',
    'Did you mean fb sandbox?',
    'fb sandbox',
    'fb --help',
  ])
})

test('a command without its topic is answered with both', () => {
  expect(answer('reset')).toContain('Did you mean fb sandbox reset?')
})

test('words after the one that leads nowhere may be secrets and are not repeated', () => {
  expect(answer('parms:set:DB_PASSWORD:hunter2').join(' ')).not.toMatch(/hunter2|DB_PASSWORD/)
})

test('an argument after a command that takes none is not taken for a command', () => {
  expect(answer('deploy:hunter2')).toEqual(['fb deploy takes flags only.', 'fb deploy --help'])
})

test('nothing near: only where to read on', () => {
  expect(answer('xyzzy')).toEqual(['There is no command "fb xyzzy".', 'fb --help'])
  expect(answer('--env')).toEqual(['Which command? Flags come after it.', 'fb --help'])
})

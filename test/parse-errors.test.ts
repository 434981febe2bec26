import {Args, Flags, Parser} from '@oclif/core'
import {describe, expect, test} from 'vitest'

import {UsageError} from '../src/errors.js'
import {explainParse} from '../src/parse-errors.js'

const SECRET = 'hunter2-canary'
const flags = {
  cpu: Flags.integer({min: 1}),
  env: Flags.string({char: 'e'}),
  image: Flags.string({exclusive: ['tag']}),
  message: Flags.string({dependsOn: ['env']}),
  strategy: Flags.string({options: ['all-at-once', 'canary', 'linear']}),
  tag: Flags.string(),
  timeout: Flags.string({
    parse: async () => {
      throw new UsageError('not a duration.', {code: 'bad_duration', because: ['Write it as 5m.']})
    },
  }),
}

async function refusal(argv: string[], input: Parameters<typeof Parser.parse>[1] = {flags, strict: true}) {
  const error = await Parser.parse(argv, input).then(
    () => undefined,
    (error: unknown) => error,
  )
  const explained = explainParse(error, input.flags ?? {}, 'deploy')
  expect(explained).toBeInstanceOf(UsageError)
  const {message, code, because, next, exitCode, cause} = explained!
  expect(exitCode).toBe(2)
  expect(cause).toBeUndefined()
  expect(JSON.stringify({message, because, next})).not.toContain(SECRET)
  return {message, code, because, next}
}

describe('what the parser refuses', () => {
  test('an unknown flag is answered with the nearest one', async () => {
    expect(await refusal(['--stratgy', 'canary'])).toEqual({
      message: 'There is no flag --stratgy.',
      code: 'unknown_flag',
      because: ['Did you mean --strategy?'],
      next: ['fb deploy --help'],
    })
  })

  test.each([
    [['--password', SECRET], 'There is no flag --password.'],
    [[`--password=${SECRET}`], 'There is no flag --password.'],
    [[`-p${SECRET}`], 'There is no flag -p.'],
    [[`----${SECRET}`], 'There is no such flag.'],
    [[SECRET], 'There is an argument too many.'],
    [['--strategy', SECRET], '--strategy must be one of: all-at-once, canary, linear.'],
    [['--cpu', SECRET], '--cpu must be a whole number.'],
    [['--image', SECRET, '--tag', SECRET], '--tag and --image do not go together.'],
    [['--message', SECRET], '--message also needs --env.'],
    [['--tag', SECRET, '--tag', SECRET], '--tag is given more than once.'],
  ])('%j names the flag and keeps the value to itself', async (argv, message) => {
    expect((await refusal(argv)).message).toBe(message)
  })

  test('a value close to an option is answered with that option', async () => {
    const {because, next} = await refusal(['--strategy', 'canry'])
    expect(because).toEqual(['Did you mean canary?'])
    expect(next).toEqual(['--strategy canary'])
  })

  test('a flag without its value says what it takes', async () => {
    expect((await refusal(['--tag'])).message).toBe('--tag needs a value.')
    expect(await refusal(['--strategy'])).toMatchObject({
      code: 'value_missing',
      because: ['One of: all-at-once, canary, linear.'],
    })
  })

  test("a number out of range says the range, and a flag's own parser is heard", async () => {
    expect((await refusal(['--cpu', '0'])).message).toBe('--cpu must be a whole number greater than or equal to 1.')
    expect(await refusal(['--timeout', 'x'])).toMatchObject({
      message: '--timeout: not a duration.',
      because: ['Write it as 5m.'],
    })
  })

  test('missing flags and arguments are named', async () => {
    expect((await refusal([], {flags: {tag: Flags.string({required: true})}})).message).toBe('--tag is missing.')
    expect((await refusal([], {args: {id: Args.string({required: true, ignoreStdin: true})}})).message).toBe(
      'ID is missing.',
    )
    const state = Args.string({options: ['on', 'off']})
    expect(await refusal(['onn'], {args: {state}})).toMatchObject({
      message: 'The argument must be one of: on, off.',
      because: ['Did you mean on?'],
    })
  })
})

test('any other error is left alone', () => {
  expect(explainParse(new Error('boom'), {}, 'deploy')).toBeUndefined()
  expect(explainParse('boom', {}, 'deploy')).toBeUndefined()
})

import {describe, expect, it} from 'vitest'

import {withoutValue} from '../../src/aws/ssm-errors.js'
import {FbError} from '../../src/errors.js'

const refused = (message: string) => Object.assign(new Error(message), {name: 'ValidationException'})
const said = (message: string, value: string) => withoutValue(refused(message), value).message

describe('what AWS says of a value that it refuses', () => {
  it('has none of a long one, wherever it is', () => {
    expect(said("Value 'hunter2-hunter2' at 'value' is bad: xhunter2-hunter2x", 'hunter2-hunter2')).toBe(
      "Value '•••' at 'value' is bad: x•••x",
    )
  })

  it.each(['a', '1', 'abc', 'x/y', '$&', '.*', 'ü', "'", 'a\nb'])('is not shown where it repeats %j', (value) => {
    for (const sentence of [
      `Value '${value}' at 'value' failed`,
      `bad value: ${value}`,
      `[${value}]`,
      `bad: ${value}.`,
    ])
      expect(said(sentence, value)).toBe(
        'What AWS says of it (ValidationException) has the value in it, and is not shown.',
      )
  })

  it.each(['a', 'dev', 'ssm', 'pass', '-', 'us'])('stays as it is where %j is in it by chance', (value) => {
    const sentence = 'No password for arn:aws:ssm:us-east-1:111111111111:parameter/app/dev/KEY, v3.'
    expect(said(sentence, value)).toBe(sentence)
  })

  it('is not in a cause, in a stack or in what fb has made of it', () => {
    const error = new FbError('It was refused.', {code: 'x', because: ["Value 'abc'"], cause: refused("Value 'abc'")})
    const {because, cause, stack} = withoutValue(error, 'abc') as FbError
    expect(`${because} ${cause} ${stack} ${(cause as Error).stack}`).not.toMatch(/'abc'/)
  })
})

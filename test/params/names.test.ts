import {expect, it} from 'vitest'

import {refuseElsewhere} from '../../src/params/names.js'

const refuse = (name: string) => () => refuseElsewhere([name], '/app/dev/', ['dev', 'prod'], 'set')

it('a full name does not lead round the protection of another environment', () => {
  expect(refuse('/app/prod/database/url')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      next: ['fb params set database/url --env prod'],
      state: 'Nothing was changed.',
    }),
  )
})

it.each(['/app/dev/KEY', '/app/shared/KEY', '/app/production/KEY', '/other/prod/KEY', '/KEY'])(
  '%s is no other’s',
  (name) => expect(refuse(name)).not.toThrow(),
)

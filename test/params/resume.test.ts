import {Flags, Parser} from '@oclif/core'
import {expect, it} from 'vitest'

import {withoutValue} from '../../src/params/assignments.js'
import {typedAgain} from '../../src/params-again.js'

const flags = {yes: Flags.boolean({char: 'y'}), reason: Flags.string({char: 'm', env: 'REASON'})}

it('the command that goes on is the one that was typed, without what is done and without any value', async () => {
  const argv = ['DONE=@d.txt', 'KEY=@a b.pem', 'TOKEN=hunter2', 'OTHER', '-y', '-m', "it's time"]
  const {raw} = await Parser.parse(argv, {flags, strict: false})
  const again = typedAgain('fb params set', raw, flags, (word) => withoutValue(word, ['KEY', 'TOKEN', 'OTHER']))
  expect(again).toBe("fb params set 'KEY=@a b.pem' TOKEN OTHER --yes --reason 'it'\\''s time'")
})

import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {files} from '../../src/local/files.js'
import {directory} from '../support/terraform.js'

it.each(['get', 'fingerprint'] as const)('names what is a directory: %s', async (read) => {
  const home = directory()
  mkdirSync(join(home, 'kept'))
  await expect(files(home)[read]('./kept')).rejects.toMatchObject({
    exitCode: 1,
    message: `${join(home, 'kept')} is a directory, and a file is needed.`,
    next: [`ls ${join(home, 'kept')}`],
  })
})

it('names what cannot be reached', async () => {
  const home = directory()
  const long = 'x'.repeat(5000)
  await expect(files(home).get(`./${long}`)).rejects.toMatchObject({
    exitCode: 1,
    message: `The file ${join(home, long)} cannot be used.`,
  })
})

import {readdirSync} from 'node:fs'
import {expect, it} from 'vitest'

import {emptyHome} from '../support/fb.js'

it('knows the shared stack as a place where a state is', async () => {
  const {stderr, code} = await emptyHome().fb(['state', 'list', '--env', 'nope'])
  expect({stderr, code}).toMatchObject({code: 2, stderr: expect.stringMatching(/Known: .*shared/)})
})

it.each([
  ['list', ''],
  ['list', 'aws_vpc.main', ''],
  ['show', ' '],
  ['rm', '', '--yes'],
  ['rm', 'aws_vpc.main', '', '--yes'],
  ['mv', 'aws_vpc.main', '', '--yes'],
  ['diff', ''],
  ['diff', 'current', ''],
  ['restore', ''],
  ['recover', ''],
  ['adopt', '--from-key', ''],
  ['backup', '--to', ''],
])('takes an empty text for nothing, before it asks AWS: %s', async (...args) => {
  const {code, stdout, stderr} = await emptyHome().fb(['state', ...args, '--env', 'dev'])
  expect({code, stdout, stderr}).toEqual({code: 2, stdout: '', stderr: expect.stringMatching(/is empty; perhaps/)})
})

it.each(['s3://', 's3:///key', 's3:bucket/key', 's3:/bucket', 'S3://bucket/', '-'])(
  'makes no file of a place that is none: --to %s',
  async (to) => {
    const home = emptyHome()
    const {code, stderr} = await home.fb(['state', 'backup', '--env', 'dev', '--to', to])
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('--to: a')})
    expect(readdirSync(home.directory)).toEqual([])
  },
)

it('asks for a backup by name where nobody can choose one', async () => {
  const {code, stderr} = await emptyHome().fb(['state', 'restore', '--env', 'dev'])
  expect({code, stderr}).toEqual({
    code: 2,
    stderr: expect.stringMatching(/Name the backup to restore[\s\S]*fb state backups/),
  })
})

import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {motoHome, noMoto} from '../support/moto.js'

const on = it.skipIf(noMoto)

/** fb params on an AWS of an independent author, in dev unless it is said otherwise. */
async function open() {
  const home = await motoHome()
  const run = (args: string[], input?: string, env = 'dev') => home.fb(['params', ...args, '--env', env], {}, input)
  const json = async (args: string[], input?: string) => JSON.parse((await run([...args, '--json'], input)).stdout)
  const value = async (key: string, env = 'dev') => (await run(['get', key], undefined, env)).stdout
  return {...home, run, json, value}
}

on('sets, reads, lists, rolls back and deletes', async () => {
  const {run, json, value} = await open()
  const first = ['set', 'DB_URL', '--stdin', '--yes', '--tag', 'team=a', '--description', 'the database']
  expect(await run(first, 'postgres://u:one@a/d')).toMatchObject({code: 0})
  const second = await json(
    ['set', 'DB_URL', '--stdin', '--yes', '--reason', 'failover', '--if-version', '1'],
    'postgres://u:two@b/d',
  )
  expect(second).toMatchObject({
    result: 'written',
    parameters: [{key: 'DB_URL', action: 'updated', version: 2, previous: 1}],
  })
  expect(await run(['set', 'DB_URL', '--stdin', '--yes', '--if-version', '1'], 'x')).toMatchObject({code: 5})
  expect(await run(['set', 'DB_URL', '--stdin', '--yes', '--create-only'], 'x')).toMatchObject({code: 5})
  expect(await json(['set', 'DB_URL', '--stdin', '--yes'], 'postgres://u:two@b/d')).toMatchObject({result: 'unchanged'})
  expect(await json(['history', 'DB_URL'])).toMatchObject([
    {version: 2, reason: 'failover', description: 'the database', changed: ['password', 'host']},
    {version: 1},
  ])
  expect(await value('DB_URL@1')).toBe('postgres://u:one@a/d')
  expect(await run(['rollback', 'DB_URL', '--yes'])).toMatchObject({code: 0})
  expect(await value('DB_URL')).toBe('postgres://u:one@a/d')
  expect(await json(['list'])).toMatchObject([{key: 'DB_URL', version: 3, state: 'unused', type: 'SecureString'}])
  expect(await run(['unset', 'DB_URL', '--yes'])).toMatchObject({code: 0})
  expect(await run(['get', 'DB_URL'])).toMatchObject({code: 3})
  expect(await run(['unset', 'DB_URL', '--yes'])).toMatchObject({code: 3})
})

on('copies, compares, exports, imports, edits, and runs a program', async () => {
  const {run, fb, value, directory} = await open()
  writeFileSync(join(directory, 'all.env'), 'A="one\\ntwo"\ndatabase/url=\'$x\'\nB=2\n')
  expect(await run(['import', 'all.env', '--yes'])).toMatchObject({code: 0})
  expect(await value('database/url')).toBe('$x')
  const copy = (...more: string[]) => fb(['params', 'copy', '--from', 'dev', '--to', 'prod', '--yes', ...more])
  expect(await copy('--all', '--skip', 'B')).toMatchObject({code: 0})
  const diff = await fb(['params', 'diff', 'dev', 'prod'])
  expect(diff).toMatchObject({code: 10, stdout: expect.stringMatching(/^- {2}B {2}only in dev/)})
  expect(await copy('B')).toMatchObject({code: 0})
  expect(await fb(['params', 'diff', 'dev', 'prod'])).toMatchObject({code: 0})
  await run(['set', 'HOST', '--stdin', '--yes'], 'db.dev.internal')
  expect(await copy('HOST')).toMatchObject({code: 7, stderr: expect.stringContaining('The value of HOST names dev')})
  expect(await run(['export', '--format', 'yaml', '--output', 'all.yaml'])).toMatchObject({code: 0})
  expect(readFileSync(join(directory, 'all.yaml'), 'utf8')).toContain('database/url: "$x"')
  const edit = await fb(['params', 'edit', 'B', '--env', 'dev', '--yes'], {EDITOR: 'sed -i s/^B=/B=3/'})
  expect(edit).toMatchObject({code: 0})
  const exec = ['params', 'exec', '--env', 'dev', '--skip-invalid', '--', 'sh', '-c', 'printf %s "$A$B"']
  expect(await fb(exec)).toMatchObject({code: 0, stdout: 'one\ntwo3'})
})

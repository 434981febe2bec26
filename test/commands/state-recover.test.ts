import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {noMoto} from '../support/moto.js'
import {type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const on = it.skipIf(noMoto)
const LINEAGE = '3f9c1a2e-0000-4000-8000-000000000001'

async function withState(path = 'dev/terraform.tfstate', serial = 7): Promise<StateHome> {
  const home = await stateHome()
  await home.put(`${home.app}/${path}`, bytesOf(serial))
  return home
}

const bytesOf = (serial: number, lineage = LINEAGE) =>
  stateBytes({serial, lineage, resources: {'aws_vpc.main': {tags: {serial}}}})

const recover = (home: StateHome, bytes: Buffer, ...args: string[]) => {
  writeFileSync(join(home.directory, 'errored.tfstate'), bytes)
  return home.run('recover', ['errored.tfstate', '--yes', ...args])
}

const adopt = (home: StateHome, ...args: string[]) =>
  home.run('adopt', ['--from-key', `${home.app}/terraform.tfstate`, '--yes', ...args])

on('pushes what Terraform could not save, byte for byte, and keeps what was there', async () => {
  const home = await withState()
  const {code, stdout} = await recover(home, bytesOf(8), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({restored: true, serial: 8, replacedSerial: 7, backup: expect.any(String)})
  expect(await home.state()).toEqual(bytesOf(8))
})

on('says how to undo it, and that the file holds secrets', async () => {
  const home = await withState()
  const {stdout} = await recover(home, bytesOf(8))
  expect(stdout).toMatch(/Undo +fb state restore \S+ --env dev/)
  expect(stdout).toContain('holds secrets in plain text, and is not needed any more')
})

on('pushes into an environment that has no state yet', async () => {
  const home = await withState('prod/terraform.tfstate')
  const own = bytesOf(1, '00000000-0000-4000-8000-000000000002')
  expect(await recover(home, own)).toMatchObject({code: 0})
  expect(await home.state()).toEqual(own)
})

on('never makes the state of one environment that of another as well', async () => {
  const home = await withState('prod/terraform.tfstate')
  const {code, stderr} = await recover(home, bytesOf(8))
  expect({code, stderr}).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('prod/terraform.tfstate has the same'),
  })
  expect(await home.state()).toBeUndefined()
})

on('does nothing when it was pushed already', async () => {
  const home = await withState()
  expect(await recover(home, bytesOf(8))).toMatchObject({code: 0})
  const again = await recover(home, bytesOf(8))
  expect(again).toMatchObject({code: 0, stdout: expect.stringContaining('already')})
  expect(again.stdout).toContain('rm ./errored.tfstate')
})

on.for([
  ['is older than the state that is there', 7, LINEAGE, 'somebody has gone on without it'],
  ['is another one with the same serial', 8, LINEAGE, 'two different ones with the same serial'],
  ['is a state of something else', 9, '00000000-0000-4000-8000-000000000009', 'its lineage is another one'],
] as const)('refuses a file that %s', async ([, serial, lineage, words]) => {
  const home = await withState('dev/terraform.tfstate', 8)
  const file = stateBytes({serial, lineage, resources: {'aws_vpc.other': {}}})
  const {code, stderr} = await recover(home, file)
  expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining(words)})
  expect(await home.state()).toEqual(bytesOf(8))
})

on('refuses a file that is not there, and one that is no state', async () => {
  const home = await withState()
  expect(await home.fb(['state', 'recover', 'none.tfstate', '--env', 'dev', '--yes'])).toMatchObject({code: 3})
  expect(await recover(home, Buffer.from('{'))).toMatchObject({code: 1})
})

on('copies the state of the old layout to the key of the environment', async () => {
  const home = await withState('terraform.tfstate')
  expect(await adopt(home)).toMatchObject({code: 0})
  expect(await home.state()).toEqual(bytesOf(7))
  expect(await adopt(home)).toMatchObject({code: 0, stdout: expect.stringContaining('has this state already')})
})

on('shows what it would copy, and copies nothing with --dry-run', async () => {
  const home = await withState('terraform.tfstate')
  expect(await adopt(home, '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('serial 7, 1 resource'),
  })
  expect(await home.state()).toBeUndefined()
})

on('never copies over another state', async () => {
  const home = await withState('terraform.tfstate')
  const other = bytesOf(3, '00000000-0000-4000-8000-000000000009')
  await home.put(home.key, other)
  expect(await adopt(home)).toMatchObject({code: 7})
  expect(await home.state()).toEqual(other)
})

on('says that there is nothing under the old key', async () => {
  const home = await withState()
  expect(await adopt(home)).toMatchObject({code: 3, stderr: expect.stringContaining('There is no state at s3://')})
  const {stderr} = await adopt(home)
  expect(stderr).toContain(`aws s3 ls --recursive s3://${home.bucket}/`)
})

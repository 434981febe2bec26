import {readFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {DeleteItemCommand} from '@aws-sdk/client-dynamodb'
import {expect, it} from 'vitest'

import {pidNamespace} from '../../src/terraform/namespace.js'
import {noMoto} from '../support/moto.js'
import {lockInfo, md5, type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const on = it.skipIf(noMoto)

const BYTES = stateBytes({serial: 7, resources: {'aws_vpc.main': {}}})
const WRONG = '0'.repeat(32)

/** A state that has no digest yet. */
async function withState(options: Parameters<typeof stateHome>[0] = {}): Promise<StateHome> {
  const home = await stateHome(options)
  await home.put(home.key, BYTES)
  return home
}

/** What fb notes of its process. */
const infoOf = (pid: number) => ((ns) => (ns ? `pid ${pid} ns ${ns}` : `pid ${pid}`))(pidNamespace())

const settings = ({directory}: StateHome) => readFileSync(join(directory, 'fb.yml'), 'utf8')

on('says who holds the state, since when, what for, and where the holder runs', async () => {
  const home = await withState()
  await home.hold(lockInfo())
  const {code, stdout} = await home.run('lock')
  expect(code).toBe(0)
  expect(stdout).toContain('The state of dev is locked by bob@ci-runner-7.')
  expect(stdout).toMatch(/For +3h, since /)
  expect(stdout).toContain('apply · Terraform 1.11.4')
  expect(stdout).toContain('it was taken on ci-runner-7')
  expect(stdout).toContain('fb state unlock 5c2f6a4e-0000-4000-8000-000000000001 --env dev')
})

on('knows that a process of this machine is gone, and frees its lock', async () => {
  const home = await withState()
  await home.hold(lockInfo({Who: `ann@${hostname()}`, Info: infoOf(999_999_999), Version: 'fb 1.0.0'}))
  const {locks} = await home.lockStatus()
  expect(locks).toMatchObject([{alive: 'no', because: expect.stringContaining('999999999')}])
  expect(await home.run('unlock', [locks[0]!.id, '--yes'])).toMatchObject({code: 0})
  expect(await home.isHeld()).toBe(false)
  expect(await home.lockStatus()).toMatchObject({held: false})
})

on('keeps the lock of a process that is still at work', async () => {
  const home = await withState()
  const alive = {Who: `ann@${hostname()}`, Info: infoOf(process.pid), Created: new Date().toISOString()}
  // This test's own process stands for fb: its command line has to say so.
  const title = process.title
  process.title = 'node bin/run.js state restore'
  try {
    await home.hold(lockInfo(alive))
    const {code, stderr} = await home.run('unlock', ['5c2f6a4e-0000-4000-8000-000000000001', '--yes'])
    expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining('is still at work')})
    expect(await home.isHeld()).toBe(true)
  } finally {
    process.title = title
  }
})

on('frees only the lock that was named', async () => {
  const home = await withState()
  await home.hold(lockInfo())
  const other = await home.run('unlock', ['another', '--yes'])
  expect(other).toMatchObject({code: 5, stderr: expect.stringContaining('bob@ci-runner-7')})
  expect(await home.run('unlock', ['--yes'])).toMatchObject({code: 2})
  expect(await home.run('unlock')).toMatchObject({code: 2, stderr: expect.stringContaining('--yes')})
  expect(await home.isHeld()).toBe(true)
  const Key = {LockID: {S: home.path}}
  await home.dynamodb.send(new DeleteItemCommand({TableName: home.lockTable, Key}))
  expect(await home.run('unlock', ['another', '--yes'])).toMatchObject({code: 3})
  expect(await home.run('unlock')).toMatchObject({code: 0, stdout: expect.stringContaining('Nobody holds')})
})

on('sees a lock that says nothing, as writers do, and frees it', async () => {
  const home = await withState()
  await home.hold()
  const {code, stdout} = await home.run('lock')
  expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('is locked by somebody')})
  expect(stdout).toMatch(/Next +fb state unlock --env dev$/m)
  expect(await home.run('unlock', ['another', '--yes'])).toMatchObject({code: 5})
  expect(await home.run('unlock', ['--yes'])).toMatchObject({code: 2})
  expect(await home.isHeld()).toBe(true)
  expect(await home.run('unlock', ['', '--yes'])).toMatchObject({code: 0})
  expect(await home.isHeld()).toBe(false)
})

on('explains a digest that contradicts the state, and mends it', async () => {
  const home = await withState()
  await home.setDigest(WRONG)
  expect((await home.run('lock')).stdout).toContain('Terraform refuses this state')
  const {code, stdout} = await home.run('unlock', ['--yes'])
  expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('Terraform reads it again')})
  expect(await home.digest()).toBe(md5(BYTES))
  expect(await home.lockStatus()).toMatchObject({digest: 'matches', held: false})
})

on('reads a state whose digest contradicts it, and warns', async () => {
  const home = await withState()
  await home.setDigest(WRONG)
  const {code, stdout, stderr} = await home.run('list')
  expect({code, stdout}).toEqual({code: 0, stdout: 'aws_vpc.main\n'})
  expect(stderr).toContain('Terraform refuses this state')
})

on('changes from the table to the lock file and back, with fb.yml and digest', async () => {
  const home = await withState({lockTable: 'terraform-locks'})
  await home.setDigest(WRONG)
  const migrate = async (to: string) =>
    JSON.parse((await home.fb(['state', 'migrate-lock', to, '--yes', '--json'])).stdout)
  expect(await migrate('lockfile')).toMatchObject({to: 'lockfile', environments: ['dev']})
  expect(settings(home)).toMatch(/lockfile: only/)
  expect(await home.digest()).toBeUndefined()
  expect(await home.locks()).toEqual([])
  expect(await home.run('backup')).toMatchObject({code: 0})

  expect(await migrate('table')).toMatchObject({to: 'table', environments: ['dev']})
  expect(settings(home)).not.toMatch(/lockfile: /)
  expect(await home.digest()).toBe(md5(BYTES))
  expect(await home.locks()).toEqual([])
  await home.hold(lockInfo())
  expect(await home.lockStatus()).toMatchObject({locks: [{lock: 'DynamoDB table terraform-locks'}]})
})

on('does not change the lock while somebody holds either one', async () => {
  const home = await withState()
  await home.hold(lockInfo())
  const before = settings(home)
  const {code, stderr} = await home.fb(['state', 'migrate-lock', 'both', '--yes'])
  expect({code, stderr}).toMatchObject({code: 5, stderr: expect.stringContaining('bob@ci-runner-7')})
  expect(settings(home)).toBe(before)
  expect(await home.read(`${home.key}.tflock`)).toBeUndefined()
})

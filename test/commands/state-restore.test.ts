import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {DeleteObjectCommand, ListObjectVersionsCommand} from '@aws-sdk/client-s3'
import {describe, expect, it} from 'vitest'

import {noMoto, noTerraformOnMoto} from '../support/moto.js'
import {backupOf, md5, type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const on = it.skipIf(noMoto)

const CHANGED = `resource "terraform_data" "first" { input = "two" }
resource "terraform_data" "second" { input = terraform_data.first.id }
resource "terraform_data" "third" { input = "three" }
output "first" { value = terraform_data.first.output }
`

describe.concurrent('with real Terraform', () => {
  it.skipIf(noTerraformOnMoto).for([
    ['the lock table', {}],
    ['the lock table and the lock file', {lockfile: true}],
    ['the lock file alone', {lockfile: true, table: false}],
  ] as const)('goes back to a backup and forward again, locked by %s', async ([, locks], test) => {
    const home = await stateHome({...locks, onFinished: test.onTestFinished})
    const {directory, terraform} = home.project()
    const apply = () => terraform(['apply', '-auto-approve', '-no-color'])
    const plan = () => terraform(['plan', '-detailed-exitcode', '-no-color'])
    expect(await terraform(['init', '-no-color'])).toMatchObject({code: 0})
    expect(await apply()).toMatchObject({code: 0})
    const name = await backupOf(home)
    writeFileSync(join(directory, 'main.tf'), CHANGED)
    expect(await apply()).toMatchObject({code: 0})
    const replaced = (await home.state())!

    const {code, stdout} = await home.restore(name, ['--json'])
    expect(code).toBe(0)
    const {serial, backup} = JSON.parse(stdout)
    expect(serial).toBe(JSON.parse(String(replaced)).serial + 1)
    await expectSettled(home)
    const planned = await plan()
    expect(planned.code).toBe(2)
    expect([...planned.stdout.matchAll(/^ +# (\S+ will be .*)$/gm)].map(([, what]) => what)).toEqual([
      'terraform_data.first will be updated in-place',
      'terraform_data.third will be created',
    ])
    expect(planned.stdout).toContain('Plan: 1 to add, 1 to change, 0 to destroy.')

    expect(await home.read(`backups/dev/${backup}.tfstate`)).toEqual(replaced)
    expect(await home.restore(backup)).toMatchObject({code: 0})
    await expectSettled(home)
    expect(await plan()).toMatchObject({code: 0})
  })
})

/** Nobody holds the state, and its digest is its own. */
async function expectSettled(home: StateHome): Promise<void> {
  expect(await home.locks()).toEqual([])
  expect(await home.digest()).toBe(home.table ? md5((await home.state())!) : undefined)
}

const bytesOf = (serial: number, lineage?: string) =>
  stateBytes({serial, lineage, resources: {'aws_vpc.main': {id: `vpc-${serial}`}}})

/** A state of serial 8, and the name of a backup of serial 7. */
async function withBackup(): Promise<{home: StateHome; name: string}> {
  const home = await stateHome()
  await home.putState(bytesOf(7))
  const name = await backupOf(home)
  await home.putState(bytesOf(8))
  return {home, name}
}

/** What a restore of serial 7 writes over serial 8. */
const RESTORED = Buffer.from(String(bytesOf(7)).replace('"serial": 7', '"serial": 9'))

on('refuses a state of another lineage', async () => {
  const {home} = await withBackup()
  writeFileSync(join(home.directory, 'other.tfstate'), bytesOf(9, '00000000-0000-4000-8000-000000000009'))
  const {code, stderr} = await home.restore('./other.tfstate')
  expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining('its lineage is another one')})
  expect(await home.state()).toEqual(bytesOf(8))
})

const TAMPERED = 'is not what was backed up: somebody or something has changed it'

on.for([
  ['one byte of its state is', 'tfstate', /vpc-7/, 'vpc-8', TAMPERED],
  ['the checksum in its manifest is', 'manifest.json', /("sha256": ")./, '$1x', TAMPERED],
  ['the JSON of its manifest is', 'manifest.json', /^{/, '[', 'is not what fb wrote'],
] as const)('refuses a backup when %s another one', async ([, part, what, other, words]) => {
  const {home, name} = await withBackup()
  const key = `backups/dev/${name}.${part}`
  const text = String(await home.read(key))
  expect(text).toMatch(what)
  await home.put(key, text.replace(what, other))
  const {code, stderr} = await home.restore(name)
  expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining(words)})
  expect(await home.state()).toEqual(bytesOf(8))
  expect(await home.writes()).toBe(2)
})

on('restores over a state that is no JSON, and keeps the broken bytes as a backup', async () => {
  const {home, name} = await withBackup()
  const broken = bytesOf(8).subarray(0, 200)
  await home.putState(broken)
  const {code, stdout} = await home.restore(name, ['--json'])
  expect(code).toBe(0)
  expect(await home.state()).toEqual(RESTORED)
  expect(await home.read(`backups/dev/${JSON.parse(stdout).backup}.tfstate`)).toEqual(broken)
  await expectSettled(home)
})

on('restores a state that was deleted, above every serial that anybody has seen', async () => {
  const {home, name} = await withBackup()
  await home.s3.send(new DeleteObjectCommand({Bucket: home.bucket, Key: home.key}))
  expect(await home.state()).toBeUndefined()
  expect(await home.restore(name)).toMatchObject({code: 0})
  expect(await home.state()).toEqual(RESTORED)
  await expectSettled(home)
})

on('says so when the state is this one already, and changes nothing', async () => {
  const {home, name} = await withBackup()
  await home.restore(name)
  const {code, stdout} = await home.restore(name)
  expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('dev has this state already')})
  expect(await home.writes()).toBe(3)
  expect(await home.keys()).toHaveLength(4)
})

on('asks for the name of app and environment, which --yes does not replace', async () => {
  const {home, name} = await withBackup()
  const yes = await home.run('restore', [name, '--yes'])
  expect(yes).toMatchObject({code: 2, stderr: expect.stringContaining(`--confirm ${home.app}-dev`)})
  const other = await home.run('restore', [name, '--yes', '--confirm', `${home.app}-prod`])
  expect(other).toMatchObject({code: 2, stderr: expect.stringContaining(`--confirm ${home.app}-dev`)})
  expect(await home.state()).toEqual(bytesOf(8))
  expect(await home.locks()).toEqual([])
})

on('finds nothing under an unknown name, nor under the beginning of several', async () => {
  const {home, name} = await withBackup()
  const another = await backupOf(home)
  const unknown = await home.restore(`${name.slice(0, -1)}x`)
  expect(unknown).toMatchObject({code: 3, stderr: expect.stringContaining(`Did you mean ${name}`)})
  const ambiguous = await home.restore(name.slice(0, 8))
  expect(ambiguous).toMatchObject({code: 3, stderr: expect.stringContaining('is the beginning of several names')})
  expect(ambiguous.stderr).toContain(another)
  expect(await home.state()).toEqual(bytesOf(8))
})

on.for(['a version', 'a local file', 'an s3:// object'])('restores %s', async (kind) => {
  const {home} = await withBackup()
  await home.put('elsewhere/dev.tfstate', bytesOf(7))
  writeFileSync(join(home.directory, 'dev.tfstate'), bytesOf(7))
  const {Versions} = await home.s3.send(new ListObjectVersionsCommand({Bucket: home.bucket, Prefix: home.key}))
  const names: Record<string, string> = {
    'a version': Versions!.find(({IsLatest}) => !IsLatest)!.VersionId!,
    'a local file': 'dev.tfstate',
    'an s3:// object': `s3://${home.bucket}/elsewhere/dev.tfstate`,
  }
  const {code, stdout} = await home.restore(names[kind]!, ['--json'])
  expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, restored: true, serial: 9, replacedSerial: 8})
  expect(await home.state()).toEqual(RESTORED)
  await expectSettled(home)
})

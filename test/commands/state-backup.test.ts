import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {CreateAliasCommand, CreateKeyCommand, KMSClient} from '@aws-sdk/client-kms'
import {PutBucketVersioningCommand} from '@aws-sdk/client-s3'
import {expect, it} from 'vitest'

import {noMoto} from '../support/moto.js'
import {type StateHome, stateHome} from '../support/state-home.js'
import {stateBytes} from '../support/states.js'

const on = it.skipIf(noMoto)

async function withState(): Promise<StateHome> {
  const home = await stateHome()
  await putState(home, 7)
  return home
}

/** As somebody leaves it who keeps no digest. */
const putState = (home: StateHome, serial: number) => home.put(home.key, bytesOf(serial))

const bytesOf = (serial: number) =>
  stateBytes({serial, resources: {'aws_vpc.main': {tags: {serial}}, 'aws_subnet.a[0]': {}}})

const backup = (home: StateHome, ...args: string[]) => home.run('backup', args)

on('keeps the exact bytes beside a manifest that says what they are', async () => {
  const home = await withState()
  const {code, stdout, stderr} = await backup(home, '--label', 'before the move', '--json')
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  const {name, manifest} = JSON.parse(stdout)
  expect(await home.read(`backups/dev/${name}.tfstate`)).toEqual(bytesOf(7))
  expect(JSON.parse(String(await home.read(`backups/dev/${name}.manifest.json`)))).toEqual(manifest)
  expect(manifest).toMatchObject({
    app: home.app,
    env: 'dev',
    serial: 7,
    resources: 2,
    terraformVersion: '1.11.4',
    label: 'before the move',
    why: 'fb state backup',
    by: expect.stringContaining('arn:aws:'),
  })
})

on('deletes what is beyond --keep and never what has a label', async () => {
  const home = await withState()
  await backup(home, '--label', 'golden')
  for (let i = 0; i < 3; i++) await backup(home)
  const {stdout} = await backup(home, '--keep', '2', '--json')
  const {name, deleted} = JSON.parse(stdout)
  expect(deleted).toHaveLength(2)
  const left = (await home.keys()).filter((key) => key.endsWith('.tfstate'))
  expect(left).toHaveLength(3)
  expect(left.some((key) => key.includes(name))).toBe(true)
  const {stdout: text} = await home.run('backups')
  expect(text).toContain('golden')
})

on('exits non-zero when there is no state, and when the state is none', async () => {
  const home = await stateHome()
  expect(await backup(home)).toMatchObject({code: 3, stderr: expect.stringContaining('There is no state at s3://')})
  await home.put(home.key, '{"version": 4, "ser')
  const {code, stderr} = await backup(home)
  expect(code).toBe(1)
  expect(stderr).toContain('is not a Terraform state: its JSON is broken at byte')
  expect(await home.keys()).toEqual([])
})

on('writes a file that only its owner may read, and never over another one', async () => {
  const home = await withState()
  expect(await backup(home, '--to', './dev.tfstate')).toMatchObject({code: 0})
  const file = join(home.directory, 'dev.tfstate')
  expect(readFileSync(file)).toEqual(bytesOf(7))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(home.directory, 'dev.manifest.json')).mode & 0o777).toBe(0o600)
  await putState(home, 8)
  const {code, stderr} = await backup(home, '--to', './dev.tfstate')
  expect({code, stderr}).toMatchObject({code: 1, stderr: expect.stringContaining('is there already')})
  expect(readFileSync(file)).toEqual(bytesOf(7))
})

on('keeps the newest N of a directory too, but not beside one file', async () => {
  const home = await withState()
  for (let i = 0; i < 3; i++) expect(await backup(home, '--to', './kept/', '--keep', '2')).toMatchObject({code: 0})
  expect(readdirSync(join(home.directory, 'kept')).filter((name) => name.endsWith('.tfstate'))).toHaveLength(2)
  expect(await backup(home, '--to', './one.tfstate', '--keep', '2')).toMatchObject({code: 2})
})

on('writes to another bucket, and restores from there by its name', async () => {
  const home = await withState()
  const {stdout} = await backup(home, '--to', `s3://${home.bucket}/elsewhere/`, '--json')
  const {name} = JSON.parse(stdout)
  expect(name).toMatch(new RegExp(`^s3://${home.bucket}/elsewhere/.*\\.tfstate$`))
  await putState(home, 8)
  const {stdout: plan} = await home.fb(['state', 'restore', name, '--env', 'dev', '--dry-run', '--json'])
  expect(JSON.parse(plan)).toMatchObject({restored: false, serial: 9, replacedSerial: 8})
})

on('encrypts a file with the key of the environment, so that only KMS opens it again', async () => {
  const home = await withState()
  const kms = new KMSClient({
    endpoint: home.url,
    region: 'us-east-1',
    credentials: {accessKeyId: 't', secretAccessKey: 't'},
  })
  const {code: none, stderr} = await backup(home, '--to', './secret.tfstate', '--encrypt')
  expect({none, stderr}).toMatchObject({none: 3, stderr: expect.stringContaining(`alias/${home.app}-dev`)})
  const {KeyMetadata} = await kms.send(new CreateKeyCommand({}))
  await kms.send(new CreateAliasCommand({AliasName: `alias/${home.app}-dev`, TargetKeyId: KeyMetadata!.KeyId}))
  const {code, stdout} = await backup(home, '--to', './secret.tfstate', '--encrypt')
  expect({code, stdout}).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`encrypted with alias/${home.app}-dev`),
  })
  const manifest = JSON.parse(readFileSync(join(home.directory, 'secret.manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({encryptedWith: `alias/${home.app}-dev`})
  const file = join(home.directory, 'secret.tfstate')
  const sealed = readFileSync(file)
  expect(sealed.includes('aws_vpc')).toBe(false)
  await putState(home, 8)
  const restore = () => home.fb(['state', 'restore', './secret.tfstate', '--env', 'dev', '--dry-run', '--json'])
  expect(JSON.parse((await restore()).stdout)).toMatchObject({serial: 9})
  writeFileSync(file, sealed.fill(sealed.at(-1)! ^ 1, sealed.length - 1))
  expect(await restore()).toMatchObject({code: 1, stdout: expect.stringContaining('cannot be decrypted')})
})

on('lists backups and versions together, newest first, with what is known of each', async () => {
  const home = await withState()
  await backup(home)
  await putState(home, 8)
  const {stdout} = await home.run('backups', ['--json'])
  const entries = JSON.parse(stdout)
  expect(entries.map(({kind, serial, current}: never) => ({kind, serial, current}))).toEqual([
    {kind: 'version', serial: 8, current: true},
    {kind: 'backup', serial: 7, current: false},
    {kind: 'version', serial: 7, current: false},
  ])
  const newest = await home.run('backups', ['--limit', '2'])
  expect(newest.stderr).toBe('These are the newest 2; there are older ones: --limit 10\n')
  expect(entries[1]).toMatchObject({resources: 2, why: 'fb state backup', bytes: bytesOf(7).length})
})

on('says when the bucket keeps no versions', async () => {
  const home = await stateHome()
  const off = {Bucket: home.bucket, VersioningConfiguration: {Status: 'Suspended'}} as const
  await home.s3.send(new PutBucketVersioningCommand(off))
  await putState(home, 7)
  const {code, stdout, stderr} = await home.run('backups')
  expect({code, stdout, stderr}).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('current'),
    stderr: expect.stringContaining('fb state bootstrap'),
  })
})

import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import {DeleteItemCommand, GetItemCommand, PutItemCommand} from '@aws-sdk/client-dynamodb'
import {GetObjectCommand, PutObjectCommand} from '@aws-sdk/client-s3'
import {expect, it} from 'vitest'

import {type MotoHome, motoHome, noMoto} from '../support/moto.js'
import {stateBytes} from '../support/states.js'

const on = it.skipIf(noMoto)
const state = (home: MotoHome, command: string, ...args: string[]) =>
  home.fb(['state', command, '--env', 'dev', ...args])

async function withState(lockfile = false): Promise<MotoHome> {
  const home = await motoHome({lockfile})
  await home.makeBackend()
  const Body = stateBytes({serial: 7, resources: {'aws_vpc.main': {}}})
  await home.s3.send(new PutObjectCommand({Bucket: home.bucket, Key: keyOf(home), Body}))
  return home
}

const keyOf = ({app}: MotoHome) => `${app}/dev/terraform.tfstate`
const idOf = (home: MotoHome) => `${home.bucket}/${keyOf(home)}`

/** A lock as Terraform writes it. */
const lockOf = (home: MotoHome, more: object = {}) =>
  JSON.stringify({
    ID: '5c2f6a4e-0000-4000-8000-000000000001',
    Operation: 'OperationTypeApply',
    Info: '',
    Who: 'bob@ci-runner-7',
    Version: '1.11.4',
    Created: new Date(Date.now() - 3 * 3_600_000).toISOString(),
    Path: idOf(home),
    ...more,
  })

const hold = (home: MotoHome, info: string) =>
  home.dynamodb.send(new PutItemCommand({TableName: home.lockTable, Item: {LockID: {S: idOf(home)}, Info: {S: info}}}))

async function itemOf(home: MotoHome, suffix = '') {
  const Key = {LockID: {S: `${idOf(home)}${suffix}`}}
  return (await home.dynamodb.send(new GetItemCommand({TableName: home.lockTable, Key}))).Item
}

const setDigest = (home: MotoHome, digest: string) =>
  home.dynamodb.send(
    new PutItemCommand({TableName: home.lockTable, Item: {LockID: {S: `${idOf(home)}-md5`}, Digest: {S: digest}}}),
  )

on('says who holds the state, since when, what for, and where the holder runs', async () => {
  const home = await withState()
  await hold(home, lockOf(home))
  const {code, stdout} = await state(home, 'lock')
  expect(code).toBe(0)
  expect(stdout).toContain('The state of dev is locked by bob@ci-runner-7.')
  expect(stdout).toMatch(/For +3h, since /)
  expect(stdout).toContain('OperationTypeApply · Terraform 1.11.4')
  expect(stdout).toContain('it was taken on ci-runner-7')
  expect(stdout).toContain('fb state unlock 5c2f6a4e-0000-4000-8000-000000000001 --env dev')
})

on('knows that a process of this machine is gone, and frees its lock', async () => {
  const home = await withState()
  await hold(home, lockOf(home, {Who: `ann@${hostname()}`, Info: 'pid 999999999', Version: 'fb 1.0.0'}))
  const {locks} = JSON.parse((await state(home, 'lock', '--json')).stdout)
  expect(locks).toMatchObject([{alive: 'no', because: expect.stringContaining('999999999')}])
  expect(await state(home, 'unlock', locks[0].id, '--yes')).toMatchObject({code: 0})
  expect(await itemOf(home)).toBeUndefined()
  expect(JSON.parse((await state(home, 'lock', '--json')).stdout)).toMatchObject({held: false})
})

on('keeps the lock of a process that is still at work', async () => {
  const home = await withState()
  const alive = {Who: `ann@${hostname()}`, Info: `pid ${process.pid}`, Created: new Date().toISOString()}
  // This test's own process stands for fb: its command line has to say so.
  const title = process.title
  process.title = 'node bin/run.js state restore'
  try {
    await hold(home, lockOf(home, alive))
    const {code, stderr} = await state(home, 'unlock', '5c2f6a4e-0000-4000-8000-000000000001', '--yes')
    expect({code, stderr}).toMatchObject({code: 7, stderr: expect.stringContaining('is still at work')})
    expect(await itemOf(home)).toBeDefined()
  } finally {
    process.title = title
  }
})

on('frees only the lock that was named', async () => {
  const home = await withState()
  await hold(home, lockOf(home))
  const other = await state(home, 'unlock', 'another', '--yes')
  expect(other).toMatchObject({code: 5, stderr: expect.stringContaining('bob@ci-runner-7')})
  expect(await state(home, 'unlock', '--yes')).toMatchObject({code: 2})
  expect(await state(home, 'unlock')).toMatchObject({code: 2, stderr: expect.stringContaining('--yes')})
  expect(await itemOf(home)).toBeDefined()
  await home.dynamodb.send(new DeleteItemCommand({TableName: home.lockTable, Key: {LockID: {S: idOf(home)}}}))
  expect(await state(home, 'unlock', 'another', '--yes')).toMatchObject({code: 3})
  expect(await state(home, 'unlock')).toMatchObject({code: 0, stdout: expect.stringContaining('Nobody holds')})
})

on('explains a digest that contradicts the state, and mends it', async () => {
  const home = await withState()
  await setDigest(home, '00000000000000000000000000000000')
  expect((await state(home, 'lock')).stdout).toContain('Terraform refuses this state')
  const {code, stdout} = await state(home, 'unlock', '--yes')
  expect({code, stdout}).toMatchObject({code: 0, stdout: expect.stringContaining('Terraform reads it again')})
  const {Body} = await home.s3.send(new GetObjectCommand({Bucket: home.bucket, Key: keyOf(home)}))
  const md5 = createHash('md5')
    .update(await Body!.transformToByteArray())
    .digest('hex')
  expect((await itemOf(home, '-md5'))!.Digest!.S).toBe(md5)
  expect(JSON.parse((await state(home, 'lock', '--json')).stdout)).toMatchObject({digest: 'matches', held: false})
})

on('reads a state whose digest contradicts it, and warns', async () => {
  const home = await withState()
  await setDigest(home, '00000000000000000000000000000000')
  const {code, stdout, stderr} = await state(home, 'list')
  expect({code, stdout}).toEqual({code: 0, stdout: 'aws_vpc.main\n'})
  expect(stderr).toContain('Terraform refuses this state')
})

on('changes from the table to the lock file and back, with fb.yml and digest', async () => {
  const home = await withState()
  await setDigest(home, '00000000000000000000000000000000')
  const migrate = (to: string) => home.fb(['state', 'migrate-lock', to, '--yes', '--json'])
  const settings = () => readFileSync(join(home.directory, 'fb.yml'), 'utf8')
  expect(JSON.parse((await migrate('lockfile')).stdout)).toMatchObject({to: 'lockfile', environments: ['dev']})
  expect(settings()).toMatch(/lockTable: false/)
  expect(settings()).toMatch(/lockfile: true/)
  expect(await itemOf(home, '-md5')).toBeUndefined()
  expect(await itemOf(home)).toBeUndefined()
  expect(await state(home, 'backup')).toMatchObject({code: 0})
})

on('does not change the lock while somebody holds either one', async () => {
  const home = await withState()
  await hold(home, lockOf(home))
  const before = readFileSync(join(home.directory, 'fb.yml'), 'utf8')
  const {code, stderr} = await home.fb(['state', 'migrate-lock', 'both', '--yes'])
  expect({code, stderr}).toMatchObject({code: 5, stderr: expect.stringContaining('bob@ci-runner-7')})
  expect(readFileSync(join(home.directory, 'fb.yml'), 'utf8')).toBe(before)
  await expect(
    home.s3.send(new GetObjectCommand({Bucket: home.bucket, Key: `${keyOf(home)}.tflock`})),
  ).rejects.toMatchObject({name: 'NoSuchKey'})
})

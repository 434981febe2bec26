import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {GetItemCommand, PutItemCommand} from '@aws-sdk/client-dynamodb'
import {CopyObjectCommand, GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand} from '@aws-sdk/client-s3'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {type Clients, clientsOf, manual} from './account.js'

const program = 'terraform'
const absent = !inject(program)
const Bucket = 'fastapi-bootstrap-terraform-state'
const TableName = 'terraform-locks'

const backendOf = (key: string, locks: string) => `terraform {
  backend "s3" {
    bucket         = "${Bucket}"
    key            = "${key}"
    region         = "us-east-1"
    use_path_style = true
    ${locks}
  }
}`

/** Terraform in a directory, with the sandbox for AWS. */
function terraformIn(directory: string, url: string) {
  const config = path.join(directory, 'terraform.rc')
  writeFileSync(config, '')
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    TF_CLI_CONFIG_FILE: config,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  }
  return (...args: string[]) =>
    new Promise<{code: number; text: string}>((resolve) => {
      execFile(program, [...args, '-no-color'], {cwd: directory, env}, (error, stdout, stderr) =>
        resolve({code: Number(error?.code ?? 0), text: stdout + stderr}),
      )
    })
}

const tableLock = `dynamodb_table = "${TableName}"`
const bothLocks = `${tableLock}\n    use_lockfile = true`

describe.skipIf(absent).each([
  {locks: 'dynamodb_table', backend: tableLock, refusal: 'ConditionalCheckFailedException'},
  {locks: 'use_lockfile', backend: 'use_lockfile = true', refusal: 'StatusCode: 412'},
])('Terraform keeps its state in the sandbox, locked by $locks', ({locks, backend, refusal}) => {
  const key = `${locks}/terraform.tfstate`
  let sandbox: Sandbox
  let clients: Clients
  let server: Awaited<ReturnType<typeof serve>>
  let directory: string

  beforeAll(async () => {
    sandbox = manual()
    clients = clientsOf(sandbox)
    server = await serve(sandbox, 0)
    directory = mkdtempSync(path.join(tmpdir(), 'fb-terraform-'))
    write('one')
    await terraform('init', '-input=false')
  })
  afterAll(async () => {
    await server.close()
    rmSync(directory, {recursive: true})
  })

  const write = (input: string) =>
    writeFileSync(
      path.join(directory, 'main.tf'),
      `${backendOf(key, backend)}\nresource "terraform_data" "it" { input = "${input}" }`,
    )
  const run = (...args: string[]) => terraformIn(directory, server.url)(...args)
  const terraform = async (...args: string[]) => {
    const {code, text} = await run(...args)
    expect(code, text).toBe(0)
    return text
  }
  const apply = () => terraform('apply', '-auto-approve', '-input=false')
  const state = async () => (await clients.s3.send(new GetObjectCommand({Bucket, Key: key}))).Body!.transformToString()
  const id = (suffix = '') => ({LockID: {S: `${Bucket}/${key}${suffix}`}})
  const versions = async () =>
    (await clients.s3.send(new ListObjectVersionsCommand({Bucket, Prefix: key}))).Versions!.filter(
      ({Key}) => Key === key,
    )
  /** What an apply leaves behind beside the state: no lock, and the digest where there is a table for it. */
  const left = async () => {
    const {DeleteMarkers = []} = await clients.s3.send(new ListObjectVersionsCommand({Bucket, Prefix: key}))
    const items = await Promise.all(
      [id(), id('-md5')].map((Key) => clients.dynamodb.send(new GetItemCommand({TableName, Key}))),
    )
    const unlocked = DeleteMarkers.filter(({IsLatest}) => IsLatest).map(({Key}) => Key)
    return {unlocked, lock: items[0]!.Item, digest: items[1]!.Item?.Digest?.S}
  }
  const leaves =
    locks === 'use_lockfile'
      ? {unlocked: [`${key}.tflock`], lock: undefined, digest: undefined}
      : {unlocked: [], lock: undefined, digest: expect.stringMatching(/^[0-9a-f]{32}$/)}
  /** As a process leaves it that was killed. */
  const hold = async (info: string) => {
    if (locks === 'use_lockfile')
      return clients.s3.send(new PutObjectCommand({Bucket, Key: `${key}.tflock`, Body: info}))
    return clients.dynamodb.send(new PutItemCommand({TableName, Item: {...id(), Info: {S: info}}}))
  }

  it('applies, lists, and applies again: each writes a version', async () => {
    expect(await apply()).toContain('1 added')
    expect(await terraform('state', 'list')).toBe('terraform_data.it\n')
    const first = JSON.parse(await state())
    write('two')
    expect(await apply()).toContain('1 changed')
    const second = JSON.parse(await state())
    expect([second.lineage, second.serial]).toEqual([first.lineage, first.serial + 1])
    expect(await versions()).toHaveLength(2)
    expect(await left()).toEqual(leaves)
  })

  it('stops at the lock of another, says who holds it, and can break it', async () => {
    const info = {ID: '6c0e1f2a-0000-4000-8000-000000000001', Operation: 'OperationTypeApply', Who: 'maria@laptop'}
    await hold(JSON.stringify({...info, Path: `${Bucket}/${key}`, Version: '1.11.4', Created: '2026-11-22T10:00:00Z'}))
    const stopped = await run('apply', '-auto-approve', '-input=false')
    expect(stopped.code).toBe(1)
    expect(stopped.text).toContain('Error acquiring the state lock')
    expect(stopped.text).toContain('maria@laptop')
    expect(stopped.text).toContain(refusal)
    const wrong = await run('force-unlock', '-force', 'another-id')
    expect([wrong.code, wrong.text]).toEqual([1, expect.stringMatching(/does not match (the )?existing lock/)])
    await terraform('force-unlock', '-force', info.ID)
    expect(await apply()).toContain('0 changed')
  })

  it('goes on from an older version that was put back', async () => {
    const oldest = (await versions()).at(-1)!
    const CopySource = `${Bucket}/${key}?versionId=${oldest.VersionId}`
    await clients.s3.send(new CopyObjectCommand({Bucket, Key: key, CopySource}))
    if (locks === 'dynamodb_table') {
      // Terraform would wait ten seconds for the state that its digest speaks of.
      const Digest = {
        S: createHash('md5')
          .update(await state())
          .digest('hex'),
      }
      await clients.dynamodb.send(new PutItemCommand({TableName, Item: {...id('-md5'), Digest}}))
    }
    expect(await apply()).toContain('1 changed')
    expect(JSON.parse(await state()).resources[0].instances[0].attributes.input.value).toBe('two')
  })

  it('pushes a state of several megabytes and reads it again', async () => {
    const now = JSON.parse(await state())
    now.serial++
    now.resources[0].instances[0].attributes.output.value = 'what a large application has '.repeat(220_000)
    writeFileSync(path.join(directory, 'large.json'), JSON.stringify(now))
    await terraform('state', 'push', 'large.json')
    expect((await state()).length).toBeGreaterThan(6_000_000)
    expect(await terraform('state', 'list')).toBe('terraform_data.it\n')
  })
})

it.skipIf(absent)('Terraform reads the state that every sandbox begins with', async () => {
  const server = await serve(manual(), 0)
  const directory = mkdtempSync(path.join(tmpdir(), 'fb-terraform-'))
  writeFileSync(path.join(directory, 'main.tf'), backendOf('fastapi-bootstrap/sandbox/terraform.tfstate', bothLocks))
  const terraform = terraformIn(directory, server.url)
  await terraform('init', '-input=false')
  const {text} = await terraform('state', 'list')
  expect(text.trim().split('\n').length).toBeGreaterThan(35)
  expect(text).toContain('module.ecs.aws_ecs_service.app_service["v1"]')
  const {text: pulled} = await terraform('state', 'pull')
  expect(JSON.parse(pulled).serial).toBe(27)
  // Removing takes both locks, checks the digest, and writes a version with its own.
  const removed = await terraform('state', 'rm', 'module.vpc.aws_eip.nat')
  expect([removed.code, removed.text]).toEqual([0, expect.stringContaining('Successfully removed 1 resource')])
  expect((await terraform('state', 'list')).text).not.toContain('aws_eip')
  await server.close()
  rmSync(directory, {recursive: true})
})

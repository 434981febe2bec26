import {createHash} from 'node:crypto'
import {GetItemCommand, PutItemCommand} from '@aws-sdk/client-dynamodb'
import {GetObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand, PutObjectCommand} from '@aws-sdk/client-s3'

import type {LockStatus} from '../../src/state/locks/lock-status.js'
import {motoHome} from './moto.js'

/** A lock as Terraform writes it, taken by somebody on another machine. */
export const lockInfo = (more: object = {}): string =>
  JSON.stringify({
    ID: '5c2f6a4e-0000-4000-8000-000000000001',
    Operation: 'OperationTypeApply',
    Info: '',
    Who: 'bob@ci-runner-7',
    Version: '1.11.4',
    Created: new Date(Date.now() - 3 * 3_600_000).toISOString(),
    ...more,
  })

export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

export type StateHome = Awaited<ReturnType<typeof stateHome>>

type Options = Parameters<typeof motoHome>[0] & {env?: string}

/** A home whose bucket and lock exist, and what an independent client sees of the state of one environment there. */
export async function stateHome({env = 'dev', ...options}: Options = {}) {
  const home = await motoHome(options)
  await home.makeBackend()
  const {s3, dynamodb, bucket, lockTable, app, table} = home
  const key = `${app}/${env}/terraform.tfstate`
  const path = `${bucket}/${key}`

  async function read(Key: string): Promise<Buffer | undefined> {
    try {
      const {Body} = await s3.send(new GetObjectCommand({Bucket: bucket, Key}))
      return Buffer.from(await Body!.transformToByteArray())
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined
      throw error
    }
  }
  async function item(LockID: string) {
    if (!table) return undefined
    return (await dynamodb.send(new GetItemCommand({TableName: lockTable, Key: {LockID: {S: LockID}}}))).Item
  }
  const putItem = (id: string, more: Record<string, {S: string}>) =>
    dynamodb.send(new PutItemCommand({TableName: lockTable, Item: {LockID: {S: id}, ...more}}))
  const setDigest = (digest: string) => putItem(`${path}-md5`, {Digest: {S: digest}})
  const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({Bucket: bucket, Key, Body}))
  const fb = (command: string, args: string[] = [], more: NodeJS.ProcessEnv = {}) =>
    home.fb(['state', command, ...args, '--env', env], more)

  return {
    ...home,
    key,
    /** As locks name the state. */
    path,
    read,
    put,
    state: () => read(key),
    keys: async (prefix = `backups/${env}/`) => {
      const {Contents = []} = await s3.send(new ListObjectsV2Command({Bucket: bucket, Prefix: prefix}))
      return Contents.map(({Key}) => Key!)
    },
    /** How often the state was written. */
    writes: async () => {
      const {Versions = []} = await s3.send(new ListObjectVersionsCommand({Bucket: bucket, Prefix: key}))
      return Versions.filter(({Key}) => Key === key).length
    },
    digest: async () => (await item(`${path}-md5`))?.Digest?.S,
    setDigest,
    /** Takes the lock in the table, as somebody else; without `info` there is an item that says nothing. */
    hold: (info?: string) => putItem(path, info === undefined ? {} : {Info: {S: info}}),
    /** Whether the table has a lock at all. */
    isHeld: async () => (await item(path)) !== undefined,
    /** The locks that are held, as they stand in the table and in the lock file. */
    locks: async () => {
      const found = [(await item(path))?.Info?.S, (await read(`${key}.tflock`))?.toString()]
      return found.filter((raw) => raw !== undefined)
    },
    /** The state as Terraform leaves it: with its digest. */
    async putState(bytes: Buffer) {
      await put(key, bytes)
      if (table) await setDigest(md5(bytes))
    },
    run: fb,
    restore: (name: string, more: string[] = [], variables: NodeJS.ProcessEnv = {}) =>
      fb('restore', [name, '--confirm', `${app}-${env}`, ...more], variables),
    lockStatus: async (): Promise<LockStatus> => JSON.parse((await fb('lock', ['--json'])).stdout),
  }
}

/** The name that `fb state backup` gave. */
export async function backupOf(home: StateHome, ...args: string[]): Promise<string> {
  return JSON.parse((await home.run('backup', [...args, '--json'])).stdout).name
}

import {DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand} from '@aws-sdk/client-dynamodb'

import {explain, NotFound} from '../errors.js'
import type {Lock} from '../state/store.js'
import {type Connection, connect, onceOnly} from './clients.js'
import {telling} from './telling.js'

/** Where a person sees what came of a write whose answer was lost. */
const LOOK = ['fb state lock']

/** The items Terraform's S3 backend keeps in its table for one state: the lock, and the state's MD5. */
export function dynamodb(connection: Connection, table: string, state: string) {
  const {read, write} = telling(connect(DynamoDBClient, connection), toldOfTable(table))
  const keyOf = (id: string) => ({TableName: table, Key: {LockID: {S: id}}})
  const attribute = async (id: string, name: string) =>
    (await read(new GetItemCommand({...keyOf(id), ConsistentRead: true}))).Item?.[name]?.S
  const heldBy = () => attribute(state, 'Info')
  const digestId = `${state}-md5`
  const lock: Lock = {
    name: `DynamoDB table ${table}`,
    read: heldBy,
    take: (info) => {
      const Item = {LockID: {S: state}, Info: {S: info}}
      const put = new PutItemCommand({TableName: table, Item, ConditionExpression: 'attribute_not_exists(LockID)'})
      return unlessRefused(() =>
        onceOnly(
          async () => Boolean(await write(put)),
          async () => (await heldBy()) === info || undefined,
          LOOK,
        ),
      )
    },
    free: async (info) => {
      const condition = {ConditionExpression: 'Info = :info', ExpressionAttributeValues: {':info': {S: info}}}
      const remove = new DeleteItemCommand({...keyOf(state), ...condition})
      return unlessRefused(() =>
        onceOnly(
          async () => Boolean(await write(remove)),
          async () => (await heldBy()) !== info || undefined,
          LOOK,
        ),
      )
    },
  }
  return {
    lock,
    digest: () => attribute(digestId, 'Digest'),
    /** Both may be repeated: the last one counts, and only the lock's holder writes it. */
    async setDigest(md5: string | undefined): Promise<void> {
      const Item = {LockID: {S: digestId}, Digest: {S: md5 ?? ''}}
      const command = () =>
        md5 ? new PutItemCommand({TableName: table, Item}) : new DeleteItemCommand(keyOf(digestId))
      await onceOnly(
        async () => Boolean(await write(command() as PutItemCommand)),
        async () => (await attribute(digestId, 'Digest')) === md5 || undefined,
        LOOK,
      )
    },
  }
}

/** False when the condition did not hold. */
async function unlessRefused(work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false
    throw error
  }
}

const toldOfTable = (table: string) => (error: Error) => {
  if (error.name !== 'ResourceNotFoundException') return error
  return new NotFound(`There is no DynamoDB table ${table}, which locks the state.`, {
    code: 'no_lock_table',
    because: explain(error).because,
    next: ['fb state bootstrap', 'set state.lockTable in fb.yml if it has another name'],
    cause: error,
  })
}

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
  const itemOf = async (id: string) => (await read(new GetItemCommand({...keyOf(id), ConsistentRead: true}))).Item
  const attribute = async (id: string, name: string) => (await itemOf(id))?.[name]?.S
  /** An item holds the state whatever is in it: Terraform takes the lock where there is none. */
  const heldBy = async () => {
    const item = await itemOf(state)
    return item && (item.Info?.S ?? '')
  }
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
      const remove = new DeleteItemCommand({...keyOf(state), ...(info === '' ? SAYS_NOTHING : saying(info))})
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

const saying = (info: string) => ({
  ConditionExpression: 'Info = :info',
  ExpressionAttributeValues: {':info': {S: info}},
})

/** An item that somebody has made by hand, perhaps. */
const SAYS_NOTHING = {
  ConditionExpression: 'attribute_exists(LockID) AND (NOT attribute_type(Info, :text) OR Info = :empty)',
  ExpressionAttributeValues: {':text': {S: 'S'}, ':empty': {S: ''}},
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

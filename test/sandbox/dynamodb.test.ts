import * as dynamodb from '@aws-sdk/client-dynamodb'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import * as emulated from '../../src/sandbox/services/dynamodb.js'
import {clientsOf, manual} from './account.js'

const TableName = 'terraform-locks'
const called = new Set<string>()

const open: Record<string, (sandbox: Sandbox) => Promise<{client: dynamodb.DynamoDBClient; close?: () => unknown}>> = {
  'in process': async (sandbox) => ({client: clientsOf(sandbox).dynamodb}),
  'over HTTP': async (sandbox) => {
    const {url, close} = await serve(sandbox, 0)
    return {client: clientsOf({endpoint: url}).dynamodb, close}
  },
}

describe.each(Object.keys(open))('DynamoDB %s', (name) => {
  let sandbox: Sandbox
  let client: dynamodb.DynamoDBClient
  let close: (() => unknown) | undefined

  beforeAll(async () => {
    sandbox = manual()
    ;({client, close} = await open[name]!(sandbox))
  })
  afterAll(() => close?.())

  const send: dynamodb.DynamoDBClient['send'] = ((command: {constructor: {name: string}}) => {
    called.add(command.constructor.name.replace(/Command$/, ''))
    return client.send(command as never)
  }) as never
  const put = (id: string, Info: string, more: Partial<dynamodb.PutItemCommandInput> = {}) =>
    send(new dynamodb.PutItemCommand({TableName, Item: {LockID: {S: id}, Info: {S: Info}}, ...more}))
  const get = async (id: string, more: Partial<dynamodb.GetItemCommandInput> = {}) =>
    (await send(new dynamodb.GetItemCommand({TableName, Key: {LockID: {S: id}}, ...more}))).Item
  const remove = (id: string, more: Partial<dynamodb.DeleteItemCommandInput> = {}) =>
    send(new dynamodb.DeleteItemCommand({TableName, Key: {LockID: {S: id}}, ...more}))
  const fails = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => new Error('it succeeded'),
      (error) => error,
    )
  const free = {ConditionExpression: 'attribute_not_exists(LockID)'}

  test('a lock is taken once, seen by all, and given back by its holder only', async () => {
    await put('state', 'mine', free)
    const refused = await fails(put('state', 'yours', {...free, ReturnValuesOnConditionCheckFailure: 'ALL_OLD'}))
    expect(refused).toBeInstanceOf(dynamodb.ConditionalCheckFailedException)
    expect(refused).toMatchObject({
      message: 'The conditional request failed',
      Item: {LockID: {S: 'state'}, Info: {S: 'mine'}},
    })
    const projection = {ProjectionExpression: 'LockID, #i', ExpressionAttributeNames: {'#i': 'Info'}}
    expect(await get('state', {...projection, ConsistentRead: true})).toEqual({LockID: {S: 'state'}, Info: {S: 'mine'}})
    expect(await get('state', {ProjectionExpression: 'LockID'})).toEqual({LockID: {S: 'state'}})
    const held = (info: string) => ({
      ConditionExpression: 'attribute_exists(LockID) AND #info = :info',
      ExpressionAttributeNames: {'#info': 'Info'},
      ExpressionAttributeValues: {':info': {S: info}},
    })
    expect(await fails(remove('state', held('yours')))).toBeInstanceOf(dynamodb.ConditionalCheckFailedException)
    const plain = {ConditionExpression: 'Info = :i', ExpressionAttributeValues: {':i': {S: 'yours'}}}
    expect(await fails(remove('state', plain))).toBeInstanceOf(dynamodb.ConditionalCheckFailedException)
    const {Attributes} = await remove('state', {...held('mine'), ReturnValues: 'ALL_OLD'})
    expect(Attributes).toEqual({LockID: {S: 'state'}, Info: {S: 'mine'}})
    expect(await get('state')).toBeUndefined()
    await remove('state')
  })

  test('of many who take a lock at once, one has it', async () => {
    const tries = await Promise.all(['a', 'b', 'c', 'd'].map((who) => fails(put('race', who, free))))
    expect(tries.filter((error) => error instanceof dynamodb.ConditionalCheckFailedException)).toHaveLength(3)
  })

  test('what it does not understand is said, never guessed', async () => {
    const unknown = await fails(put('x', 'x', {ConditionExpression: 'size(Info) > :n'}))
    expect([unknown.name, unknown.message]).toEqual([
      'ValidationException',
      "sandbox: the condition 'size(Info) > :n' is not emulated",
    ])
    const either = 'attribute_not_exists(LockID) OR Info = :i'
    expect((await fails(put('x', 'x', {ConditionExpression: either}))).message).toContain('is not emulated')
    const value = await fails(put('x', 'x', {ConditionExpression: 'Info = :i'}))
    expect(value.message).toContain('attribute value: :i')
    expect(await get('x')).toBeUndefined()
    const wrong = {TableName, Key: {Other: {S: 'x'}}}
    expect((await fails(send(new dynamodb.GetItemCommand(wrong)))).message).toBe(
      'The provided key element does not match the schema',
    )
    const keyless = await fails(send(new dynamodb.PutItemCommand({TableName, Item: {Info: {S: 'x'}}})))
    expect(keyless.message).toBe('One or more parameter values were invalid: Missing the key LockID in the item')
  })

  test('a table is created, is busy for some seconds, and then takes items', async () => {
    const own = {TableName: 'own-locks'}
    const about = await fails(send(new dynamodb.DescribeTableCommand(own)))
    expect(about).toBeInstanceOf(dynamodb.ResourceNotFoundException)
    expect(about.message).toBe('Requested resource not found: Table: own-locks not found')
    const input: dynamodb.CreateTableCommandInput = {
      ...own,
      AttributeDefinitions: [{AttributeName: 'LockID', AttributeType: 'S'}],
      KeySchema: [{AttributeName: 'LockID', KeyType: 'HASH'}],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: {Enabled: true},
    }
    const {TableDescription} = await send(new dynamodb.CreateTableCommand(input))
    expect(TableDescription).toMatchObject({TableStatus: 'CREATING', DeletionProtectionEnabled: false})
    const item = {...own, Item: {LockID: {S: 'x'}}}
    expect(await fails(send(new dynamodb.PutItemCommand(item)))).toBeInstanceOf(dynamodb.ResourceNotFoundException)
    const backups = {...own, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}
    expect(await fails(send(new dynamodb.UpdateContinuousBackupsCommand(backups)))).toBeInstanceOf(
      dynamodb.ContinuousBackupsUnavailableException,
    )
    sandbox.advance(10_000)
    await send(new dynamodb.PutItemCommand(item))
    const {Table} = await send(new dynamodb.DescribeTableCommand(own))
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      ItemCount: 1,
      BillingModeSummary: {BillingMode: 'PAY_PER_REQUEST'},
      SSEDescription: {Status: 'ENABLED', SSEType: 'KMS'},
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/own-locks',
    })
    const again = await fails(send(new dynamodb.CreateTableCommand(input)))
    expect(again).toBeInstanceOf(dynamodb.ResourceInUseException)
    expect(again.message).toBe('Table already exists: own-locks')
    await send(new dynamodb.UpdateContinuousBackupsCommand(backups))
    const {ContinuousBackupsDescription: described} = await send(new dynamodb.DescribeContinuousBackupsCommand(own))
    expect(described!.PointInTimeRecoveryDescription).toMatchObject({PointInTimeRecoveryStatus: 'ENABLED'})
  })

  test('a table is protected, and billed otherwise, but not both at once', async () => {
    const update = (more: Partial<dynamodb.UpdateTableCommandInput>) =>
      send(new dynamodb.UpdateTableCommand({TableName, ...more}))
    const off = await update({DeletionProtectionEnabled: false})
    expect(off.TableDescription).toMatchObject({DeletionProtectionEnabled: false, TableStatus: 'ACTIVE'})
    const ProvisionedThroughput = {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
    const {TableDescription} = await update({BillingMode: 'PROVISIONED', ProvisionedThroughput})
    expect(TableDescription).toMatchObject({TableStatus: 'UPDATING', ProvisionedThroughput})
    const busy = await fails(update({DeletionProtectionEnabled: true}))
    expect(busy).toBeInstanceOf(dynamodb.ResourceInUseException)
    sandbox.advance(10_000)
    await update({BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true})
    sandbox.advance(10_000)
    expect((await fails(update({DeletionProtectionEnabled: true}))).name).toBe('ValidationException')
    const missing = await fails(send(new dynamodb.DescribeContinuousBackupsCommand({TableName: 'none'})))
    expect(missing).toBeInstanceOf(dynamodb.TableNotFoundException)
  })
})

test('these tests call every operation of DynamoDB the sandbox emulates', () => {
  expect(Object.keys(emulated.handlers).filter((operation) => !called.has(operation))).toEqual([])
})

import {isDeepStrictEqual} from 'node:util'
import type * as dynamodb from '@aws-sdk/client-dynamodb'
import {
  ContinuousBackupsUnavailableException,
  CreateTable$,
  DescribeContinuousBackups$,
  DescribeTable$,
  ResourceInUseException,
  TableNotFoundException,
  UpdateContinuousBackups$,
  UpdateTable$,
} from '@aws-sdk/client-dynamodb'
import type {Account} from '../account.js'
import {type Handlers, saying} from '../handlers.js'
import {uuidOf} from '../inventory.js'
import {type Facts, openStorage} from '../storage.js'
import {busyFrom, invalid, notEmulated, statusAt, type Table, tableOf} from '../tables.js'

export const schemas = {
  CreateTable$,
  DescribeContinuousBackups$,
  DescribeTable$,
  UpdateContinuousBackups$,
  UpdateTable$,
}

export const handlers: Handlers<typeof dynamodb, typeof schemas> = {
  DescribeTable({TableName: name}, account) {
    const table = described(openStorage(account).read(), name)
    return {Table: description(account, name!, table)}
  },
  CreateTable(input, account) {
    const {now} = account
    const name = input.TableName!
    const table = newTable(input, account)
    return openStorage(account).update(({tables}) => {
      if (Object.hasOwn(tables, name)) throw new ResourceInUseException(saying(`Table already exists: ${name}`))
      tables[name] = {...table, createdAt: now, busyUntil: busyFrom(now), items: {}}
      return {TableDescription: description(account, name, tables[name])}
    })
  },
  UpdateTable(input, account) {
    const {now} = account
    const name = input.TableName!
    if (input.GlobalSecondaryIndexUpdates || input.ReplicaUpdates || input.StreamSpecification)
      throw notEmulated('an update of indexes, replicas or streams')
    return openStorage(account).update((facts) => {
      const table = described(facts, name)
      if (statusAt(table, now) !== 'ACTIVE') {
        const state = statusAt(table, now) === 'CREATING' ? 'created' : 'updated'
        const text = `Attempt to change a resource which is still in use: Table is being ${state}: ${name}`
        throw new ResourceInUseException(saying(text))
      }
      Object.assign(table, changed(input, table, now))
      return {TableDescription: description(account, name, table)}
    })
  },
  DescribeContinuousBackups({TableName: name}, account) {
    const table = backedUp(openStorage(account).read(), name)
    return {ContinuousBackupsDescription: backups(table, account.now)}
  },
  UpdateContinuousBackups({TableName: name, PointInTimeRecoverySpecification: wish}, account) {
    const {now} = account
    return openStorage(account).update((facts) => {
      const table = backedUp(facts, name)
      if (statusAt(table, now) === 'CREATING') {
        const text = `Backups are being enabled for the table: ${name}. Please retry later`
        throw new ContinuousBackupsUnavailableException(saying(text))
      }
      const days = wish!.RecoveryPeriodInDays ?? table.recovery?.days ?? 35
      const since = table.recovery?.since ?? now
      table.recovery = wish!.PointInTimeRecoveryEnabled ? {since, days} : undefined
      return {ContinuousBackupsDescription: backups(table, now)}
    })
  },
}

const described = (facts: Facts, name?: string) =>
  tableOf(facts, name, `Requested resource not found: Table: ${name} not found`)

function backedUp(facts: Facts, name = ''): Table {
  if (!Object.hasOwn(facts.tables, name)) throw new TableNotFoundException(saying(`Table not found: ${name}`))
  return tableOf(facts, name)
}

type NewTable = Omit<Table, 'createdAt' | 'busyUntil' | 'items'>

function newTable(input: dynamodb.CreateTableCommandInput, {inventory}: Account): NewTable {
  const {KeySchema: keys = [], AttributeDefinitions: attributes = [], SSESpecification: sse} = input
  if (input.GlobalSecondaryIndexes || input.LocalSecondaryIndexes) throw notEmulated('a table with indexes')
  const undefinedKey = keys.find((key) => !attributes.some(({AttributeName}) => AttributeName === key.AttributeName))
  if (undefinedKey) {
    const text = 'Some index key attributes are not defined in AttributeDefinitions.'
    throw invalid(`One or more parameter values were invalid: ${text}`)
  }
  const {BillingMode: billing = 'PROVISIONED', ProvisionedThroughput: throughput} = input
  checkThroughput(billing, throughput)
  const key = sse?.KMSMasterKeyId ?? inventory.arn('kms', `key/${uuidOf('alias/aws/dynamodb')}`)
  const encrypted = sse?.Enabled ? {key} : undefined
  return {attributes, keys, billing, throughput, protected: input.DeletionProtectionEnabled ?? false, encrypted}
}

function checkThroughput(billing: string, throughput?: dynamodb.ProvisionedThroughput): void {
  const wrong = 'One or more parameter values were invalid:'
  const both = 'ReadCapacityUnits and WriteCapacityUnits'
  if (billing === 'PROVISIONED' && !throughput)
    throw invalid(`${wrong} ${both} must both be specified when BillingMode is PROVISIONED`)
  if (billing === 'PAY_PER_REQUEST' && throughput)
    throw invalid(
      `${wrong} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    )
}

/** DynamoDB refuses an update that changes nothing. */
function changed(input: dynamodb.UpdateTableCommandInput, table: Table, now: number): Partial<Table> {
  const {BillingMode: billing = table.billing, DeletionProtectionEnabled = table.protected} = input
  const throughput = billing === 'PROVISIONED' ? (input.ProvisionedThroughput ?? table.throughput) : undefined
  if (input.BillingMode) checkThroughput(billing, input.ProvisionedThroughput)
  const rebilled = billing !== table.billing || !isDeepStrictEqual(throughput, table.throughput)
  if (!rebilled && DeletionProtectionEnabled === table.protected)
    throw invalid('One or more parameter values were invalid: the update changes nothing')
  return {billing, throughput, protected: DeletionProtectionEnabled, ...(rebilled && {busyUntil: busyFrom(now)})}
}

function description({inventory, now}: Account, name: string, table: Table): dynamodb.TableDescription {
  const {ReadCapacityUnits = 0, WriteCapacityUnits = 0} = table.throughput ?? {}
  const items = Object.values(table.items)
  return {
    TableName: name,
    TableArn: inventory.arn('dynamodb', `table/${name}`),
    TableId: uuidOf(`table ${name} ${table.createdAt}`),
    TableStatus: statusAt(table, now),
    CreationDateTime: new Date(table.createdAt),
    AttributeDefinitions: table.attributes,
    KeySchema: table.keys,
    BillingModeSummary: table.billing === 'PAY_PER_REQUEST' ? {BillingMode: table.billing} : undefined,
    ProvisionedThroughput: {NumberOfDecreasesToday: 0, ReadCapacityUnits, WriteCapacityUnits},
    DeletionProtectionEnabled: table.protected,
    SSEDescription: table.encrypted && {Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: table.encrypted.key},
    ItemCount: items.length,
    TableSizeBytes: JSON.stringify(items).length,
  }
}

function backups({recovery, createdAt}: Table, now: number): dynamodb.ContinuousBackupsDescription {
  const earliest = recovery && Math.max(recovery.since, createdAt, now - recovery.days * 86_400_000)
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: new Date(earliest!),
          LatestRestorableDateTime: new Date(Math.max(earliest!, now - 300_000)),
        }
      : {PointInTimeRecoveryStatus: 'DISABLED'},
  }
}

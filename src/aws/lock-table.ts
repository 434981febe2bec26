import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'

import type {TableAws, TableFacts} from '../state/backend/backend.js'
import {type Connection, connect} from './clients.js'

const PER_REQUEST = {BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true} as const
const RECOVERY = {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}

/** How the table of Terraform's locks is set up. Without a name nobody asks for it. */
export function lockTable(connection: Connection, name = ''): TableAws {
  const {read, put} = connect(DynamoDBClient, connection)
  const TableName = name
  return {
    async tableFacts(): Promise<TableFacts | undefined> {
      const found = await read(new DescribeTableCommand({TableName})).catch(absent)
      if (!found?.Table) return undefined
      const {KeySchema = [], TableStatus, BillingModeSummary, DeletionProtectionEnabled = false} = found.Table
      const type = (name?: string) =>
        found.Table!.AttributeDefinitions?.find(({AttributeName}) => AttributeName === name)?.AttributeType
      const sayKey = (name?: string) => (type(name) === 'S' ? name! : `${name} of type ${type(name)}`)
      const backups = await read(new DescribeContinuousBackupsCommand({TableName})).catch(absent)
      const {PointInTimeRecoveryDescription: recovery} = backups?.ContinuousBackupsDescription ?? {}
      return {
        key: KeySchema.map(({AttributeName}) => sayKey(AttributeName)),
        active: TableStatus !== 'CREATING',
        // A table that never had anything else says nothing.
        billing: BillingModeSummary?.BillingMode ?? 'PROVISIONED',
        recovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
        deletionProtection: DeletionProtectionEnabled,
      }
    },
    createTable: () => {
      const KeySchema = [{AttributeName: 'LockID', KeyType: 'HASH' as const}]
      const AttributeDefinitions = [{AttributeName: 'LockID', AttributeType: 'S' as const}]
      return done(put(new CreateTableCommand({TableName, KeySchema, AttributeDefinitions, ...PER_REQUEST})))
    },
    payPerRequest: () => done(put(new UpdateTableCommand({TableName, BillingMode: 'PAY_PER_REQUEST'}))),
    turnRecoveryOn: () => done(put(new UpdateContinuousBackupsCommand({TableName, ...RECOVERY}))),
    protectTable: () => done(put(new UpdateTableCommand({TableName, DeletionProtectionEnabled: true}))),
  }
}

function absent(error: Error): undefined {
  if (!/^(ResourceNotFound|TableNotFound)Exception$/.test(error.name)) throw error
}

/** The table is still being made or changed. */
async function done(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (/^(ResourceInUse|ContinuousBackupsUnavailable|TableNotFound)Exception$/.test((error as Error).name))
      return false
    throw error
  }
}

import type {
  AttributeDefinition,
  AttributeValue,
  BillingMode,
  KeySchemaElement,
  ProvisionedThroughput,
} from '@aws-sdk/client-dynamodb'
import {ResourceNotFoundException} from '@aws-sdk/client-dynamodb'
import {saying, wireError} from './handlers.js'
import type {Facts} from './storage.js'

export type Item = Record<string, AttributeValue>

export type Table = {
  createdAt: number
  /** Until then it is being made or changed. */
  busyUntil: number
  attributes: AttributeDefinition[]
  keys: KeySchemaElement[]
  billing: BillingMode
  throughput?: ProvisionedThroughput
  protected: boolean
  encrypted?: {key: string}
  recovery?: {since: number; days: number}
  /** By the JSON of their keys' values. */
  items: Record<string, Item>
}

export const invalid = (message: string) => wireError('ValidationException', message)

export const notEmulated = (what: string) => invalid(`sandbox: ${what} is not emulated`)

/** The table behind its name or ARN; `missing` is what the operation says when there is none. */
export function tableOf(facts: Facts, name = '', missing = 'Requested resource not found'): Table {
  const plain = name.replace(/^arn:[^/]*:table\//, '')
  const table = Object.hasOwn(facts.tables, plain) && facts.tables[plain]
  if (table) return table
  throw new ResourceNotFoundException(saying(missing))
}

/** Items can be read and written from the moment on at which the table has been made. */
export function readyTable(facts: Facts, name: string | undefined, now: number): Table {
  const table = tableOf(facts, name)
  if (isMade(table, now)) return table
  throw new ResourceNotFoundException(saying('Requested resource not found'))
}

const making = 5000

export const busyFrom = (now: number) => now + making

const isMade = (table: Table, now: number) => now >= table.createdAt + making

export function statusAt(table: Table, now: number) {
  if (!isMade(table, now)) return 'CREATING' as const
  return now < table.busyUntil ? ('UPDATING' as const) : ('ACTIVE' as const)
}

/** Where an item is kept; `given` are its keys alone or all of it. */
export function placeOf({keys, attributes}: Table, given: Item, whole: boolean): string {
  const names = keys.map(({AttributeName}) => AttributeName!)
  for (const name of names) {
    const type = attributes.find(({AttributeName}) => AttributeName === name)?.AttributeType ?? 'S'
    const value = given[name]
    if (whole && !value) throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`)
    if (whole && !(type in value!)) {
      const text = `Type mismatch for key ${name} expected: ${type} actual: ${Object.keys(value!)[0]}`
      throw invalid(`One or more parameter values were invalid: ${text}`)
    }
    if (!value || !(type in value)) throw invalid('The provided key element does not match the schema')
  }
  if (!whole && Object.keys(given).length !== names.length)
    throw invalid('The provided key element does not match the schema')
  return JSON.stringify(names.map((name) => given[name]))
}

import type * as dynamodb from '@aws-sdk/client-dynamodb'
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItem$,
  GetItem$,
  PutItem$,
} from '@aws-sdk/client-dynamodb'
import type {Account} from '../account.js'
import {holds, projected, type Terms} from '../expressions.js'
import {type Handlers, saying} from '../handlers.js'
import {openStorage} from '../storage.js'
import {type Item, notEmulated, placeOf, readyTable} from '../tables.js'

export const schemas = {DeleteItem$, GetItem$, PutItem$}

export const handlers: Handlers<typeof dynamodb, typeof schemas> = {
  GetItem(input, account) {
    if (input.AttributesToGet) throw notEmulated('AttributesToGet')
    const table = readyTable(openStorage(account).read(), input.TableName, account.now)
    const item = table.items[placeOf(table, input.Key!, false)]
    return {Item: projected(item, input.ProjectionExpression, {names: input.ExpressionAttributeNames})}
  },
  PutItem: (input, account) => write(input, account, {whole: true, given: input.Item!}),
  DeleteItem: (input, account) => write(input, account, {whole: false, given: input.Key!}),
}

type Input = dynamodb.PutItemCommandInput | dynamodb.DeleteItemCommandInput

function write(input: Input, account: Account, {whole, given}: {whole: boolean; given: Item}) {
  if (input.Expected) throw notEmulated('Expected')
  if (Object.values(given).some(isBinary)) throw notEmulated('an attribute of bytes')
  const terms: Terms = {names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues}
  return openStorage(account).update((facts) => {
    const {items, ...table} = readyTable(facts, input.TableName, account.now)
    const place = placeOf({items, ...table}, given, whole)
    const old = items[place]
    if (!holds(input.ConditionExpression, old, terms)) throw refused(input, old)
    if (whole) items[place] = given
    else delete items[place]
    return {Attributes: input.ReturnValues === 'ALL_OLD' ? old : undefined}
  })
}

function refused({ReturnValuesOnConditionCheckFailure: shown}: Input, old?: Item) {
  const item = shown === 'ALL_OLD' && old ? {Item: old} : {}
  return new ConditionalCheckFailedException({...saying('The conditional request failed'), ...item})
}

const isBinary = (value: AttributeValue): boolean =>
  Boolean(value.B || value.BS) ||
  Object.values(value.M ?? {}).some(isBinary) ||
  Boolean(value.L?.some((one) => isBinary(one)))

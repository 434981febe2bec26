import {type Service, wireError} from '../handlers.js'
import * as buckets from './buckets.js'
import * as lists from './object-lists.js'
import * as objects from './objects.js'
import * as uploads from './uploads.js'

export const schemas: Service['schemas'] = {
  ...buckets.schemas,
  ...lists.schemas,
  ...objects.schemas,
  ...uploads.schemas,
}

const all: Service['handlers'] = {...buckets.handlers, ...lists.handlers, ...objects.handlers, ...uploads.handlers}

type Handler = Service['handlers'][string]

/** Any operation can name the account that it expects the bucket to belong to. */
const forOwner =
  (handler: Handler): Handler =>
  (input: {ExpectedBucketOwner?: string}, account) => {
    const {ExpectedBucketOwner: owner = account.inventory.where.account} = input
    if (owner !== account.inventory.where.account) throw wireError('AccessDenied', 'Access Denied', 403)
    return handler(input as never, account)
  }

export const handlers: Service['handlers'] = Object.fromEntries(
  Object.entries(all).map(([name, handler]) => [name, forOwner(handler)]),
)

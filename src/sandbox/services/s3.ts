import type {Service} from '../handlers.js'
import * as buckets from './buckets.js'
import * as lists from './object-lists.js'
import * as objects from './objects.js'

export const schemas: Service['schemas'] = {...buckets.schemas, ...lists.schemas, ...objects.schemas}

export const handlers: Service['handlers'] = {...buckets.handlers, ...lists.handlers, ...objects.handlers}

import type {Service} from '../handlers.js'
import * as reads from './parameter-reads.js'
import * as writes from './parameter-writes.js'

export const schemas: Service['schemas'] = {...reads.schemas, ...writes.schemas}

export const handlers: Service['handlers'] = {...reads.handlers, ...writes.handlers}

import type {Service} from '../handlers.js'
import * as items from './items.js'
import * as tables from './tables.js'

export const schemas: Service['schemas'] = {...items.schemas, ...tables.schemas}

export const handlers: Service['handlers'] = {...items.handlers, ...tables.handlers}

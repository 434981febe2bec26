import type * as logs from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../handlers.js'
import * as live from './live-tail.js'
import * as events from './log-events.js'
import * as groups from './log-groups.js'
import * as queries from './log-queries.js'

export const schemas = {...groups.schemas, ...events.schemas, ...live.schemas, ...queries.schemas}

export const handlers: Handlers<typeof logs, typeof schemas> = {
  ...groups.handlers,
  ...events.handlers,
  ...live.handlers,
  ...queries.handlers,
}

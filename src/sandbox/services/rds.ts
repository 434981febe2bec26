import type * as rds from '@aws-sdk/client-rds'
import {
  CreateDBSnapshot$,
  DBInstanceNotFoundFault,
  DBSnapshotNotFoundFault,
  DescribeDBSnapshots$,
} from '@aws-sdk/client-rds'
import {type Handlers, saying} from '../handlers.js'

export const schemas = {CreateDBSnapshot$, DescribeDBSnapshots$}

/** The sandbox's application has no database. */
export const handlers: Handlers<typeof rds, typeof schemas> = {
  CreateDBSnapshot({DBInstanceIdentifier: name}) {
    throw new DBInstanceNotFoundFault(saying(`DBInstance ${name} not found.`))
  },
  DescribeDBSnapshots({DBSnapshotIdentifier: name}) {
    if (name) throw new DBSnapshotNotFoundFault(saying(`DBSnapshot ${name} not found.`))
    return {DBSnapshots: []}
  },
}

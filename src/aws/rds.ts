import {CreateDBSnapshotCommand, DescribeDBSnapshotsCommand, RDSClient} from '@aws-sdk/client-rds'

import type {SnapshotAws} from '../infra/snapshots.js'
import {type Connection, connect} from './clients.js'

export function rds(connection: Connection): SnapshotAws {
  const {read, put} = connect(RDSClient, connection)
  return {
    async createSnapshot(database, name) {
      const command = new CreateDBSnapshotCommand({DBInstanceIdentifier: database, DBSnapshotIdentifier: name})
      // Its name is ours alone, so one that is there is the one that was asked for when an answer got lost.
      await put(command).catch((error: Error) => {
        if (error.name !== 'DBSnapshotAlreadyExistsFault' && error.name !== 'DBSnapshotAlreadyExists') throw error
      })
    },
    async snapshot(name) {
      const {DBSnapshots = []} = await read(new DescribeDBSnapshotsCommand({DBSnapshotIdentifier: name}))
      const {Status = 'creating', PercentProgress = 0} = DBSnapshots[0] ?? {}
      return {status: Status, percent: PercentProgress}
    },
  }
}

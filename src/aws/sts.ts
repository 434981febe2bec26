import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'

import {type Connection, connect} from './clients.js'

export type Caller = {account: string; arn: string}

export function sts(connection: Connection) {
  const {read} = connect(STSClient, connection)
  return {
    async caller(): Promise<Caller> {
      const {Account, Arn} = await read(new GetCallerIdentityCommand({}))
      return {account: Account!, arn: Arn!}
    },
  }
}

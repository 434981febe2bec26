import type * as sts from '@aws-sdk/client-sts'
import {GetCallerIdentity$} from '@aws-sdk/client-sts'
import type {Handlers} from '../handlers.js'

export const schemas = {GetCallerIdentity$}

export const handlers: Handlers<typeof sts, typeof schemas> = {
  GetCallerIdentity(_, {inventory}) {
    const {account} = inventory.where
    return {
      Account: account,
      Arn: `arn:aws:sts::${account}:assumed-role/sandbox/you`,
      UserId: 'AROASANDBOXSANDBOXSAN:you',
    }
  },
}

import type {BackendAws, Check, TableFacts} from './backend.js'

export const KEY = 'LockID'

const PER_REQUEST = 'PAY_PER_REQUEST'

/** DynamoDB refuses a change that changes nothing, and a new table has most of it from the beginning. */
const change =
  (isSo: (facts: TableFacts) => boolean, write: (aws: BackendAws) => Promise<boolean>) => async (aws: BackendAws) => {
    const facts = await aws.tableFacts()
    if (!facts?.active) return false
    return isSo(facts) || write(aws)
  }

export const LOCK_TABLE: Check<TableFacts>[] = [
  {
    id: 'lock-table',
    what: 'lock table',
    wanted: ({region}) => `in ${region}, key ${KEY}`,
    // One that is being created is not there yet.
    find: ({active}, {region}) => (active ? {right: true, is: `in ${region}, key ${KEY}`} : undefined),
    async make(aws) {
      const facts = await aws.tableFacts()
      if (!facts) await aws.createTable()
      return facts?.active ?? false
    },
  },
  {
    id: 'billing',
    what: 'billing',
    wanted: () => 'per request',
    find: ({billing}) =>
      billing === PER_REQUEST ? {right: true, is: 'per request'} : {right: false, is: 'provisioned capacity'},
    make: change(
      ({billing}) => billing === PER_REQUEST,
      (aws) => aws.payPerRequest(),
    ),
  },
  {
    id: 'recovery',
    what: 'point-in-time recovery',
    wanted: () => 'on',
    find: ({recovery}) => (recovery ? {right: true, is: 'on'} : undefined),
    make: change(
      ({recovery}) => recovery,
      (aws) => aws.turnRecoveryOn(),
    ),
  },
  {
    id: 'deletion-protection',
    what: 'deletion protection',
    wanted: () => 'on',
    find: ({deletionProtection}) => (deletionProtection ? {right: true, is: 'on'} : undefined),
    make: change(
      ({deletionProtection}) => deletionProtection,
      (aws) => aws.protectTable(),
    ),
  },
]

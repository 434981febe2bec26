import {CloudTrailClient, type Event, LookupEventsCommand} from '@aws-sdk/client-cloudtrail'

import type {Call} from '../infra/drift.js'
import {type Connection, connect} from './clients.js'

const MOST = 50

/** What was done in this account and region in the last 90 days. */
export function cloudtrail(connection: Connection) {
  const {read} = connect(CloudTrailClient, connection)
  return {
    /** Calls that changed something of this name and did not fail. */
    async calls(name: string): Promise<Call[]> {
      const LookupAttributes = [{AttributeKey: 'ResourceName' as const, AttributeValue: name}]
      const {Events = []} = await read(new LookupEventsCommand({LookupAttributes, MaxResults: MOST}))
      return Events.filter(({ReadOnly}) => ReadOnly !== 'true').flatMap(callFrom)
    },
  }
}

/** The record that CloudTrail keeps, as far as fb reads it. */
type Recorded = {
  userAgent?: string
  errorCode?: string
  sessionCredentialFromConsole?: string | boolean
  userIdentity?: {arn?: string; invokedBy?: string}
}

function callFrom({EventName = '', EventTime, Username, CloudTrailEvent = '{}'}: Event): Call[] {
  const record = JSON.parse(CloudTrailEvent) as Recorded
  if (record.errorCode) return []
  const {arn = '', invokedBy} = record.userIdentity ?? {}
  return [
    {
      event: EventName,
      who: Username || arn.slice(arn.lastIndexOf('/') + 1) || invokedBy || 'somebody',
      at: EventTime!,
      agent: record.userAgent ?? invokedBy ?? '',
      console: String(record.sessionCredentialFromConsole) === 'true',
    },
  ]
}

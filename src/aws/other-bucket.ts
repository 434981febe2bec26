import {S3Client} from '@aws-sdk/client-s3'

import type {Objects} from '../state/store.js'
import {regionIn, toldOfOther} from './bucket-errors.js'
import {type Calls, type Connection, connect, LARGE_BODIES} from './clients.js'
import {s3} from './s3.js'
import {telling} from './telling.js'

/** The objects of a bucket that is not the state's own: no setting says in which region it is, so S3 is asked. */
export const otherBucket = (connection: Connection, bucket: string): Objects =>
  s3(connection, bucket, telling(following(connection), toldOfOther(bucket))).objects

/** Calls that go on in the region that the first refusal names; what was refused there was not carried out. */
function following(connection: Connection): Pick<Calls<S3Client>, 'read' | 'write'> {
  const callsIn = (region: string) => ({region, ...connect(S3Client, {...connection, region}, LARGE_BODIES)})
  let here = callsIn(connection.region)
  const wrap = (kind: 'read' | 'write') =>
    (async (command: never) => {
      const used = here
      try {
        return await used[kind](command)
      } catch (error) {
        const own = regionIn(error as Error)
        if (!own || own === used.region) throw error
        // Another call may have come here first.
        if (own !== here.region) here = callsIn(own)
        return here[kind](command)
      }
    }) as S3Client['send']
  return {read: wrap('read'), write: wrap('write')}
}

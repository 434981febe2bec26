import {createHash} from 'node:crypto'

import {wrapped} from '../columns.js'
import {NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import {readDocument, type StateDocument} from './document.js'
import type {StateStore, Stored} from './store.js'

/** The state that Terraform would read now, and which bytes these are. */
export type CurrentState = StateDocument & {
  etag: string
  versionId?: string
  at: Date
  /** False: Terraform refuses this state until the digest is mended. No digest matches everything. */
  digestMatches: boolean
}

type Reads = Pick<StateStore, 'key' | 'digest'> & {objects: Pick<StateStore['objects'], 'place' | 'get'>}

/** Said along the way by what only reads: it goes on. */
export const refusedByTerraform = ({paint, width}: Canvas): string[] =>
  wrapped(`${paint.warn('!')} Terraform refuses this state: ${REFUSED}`, width, 2)

const REFUSED = 'its MD5 is not the digest in the lock table. fb state unlock mends it.'

export async function currentState(store: Reads): Promise<CurrentState> {
  const first = await read(store)
  // Whoever writes right now has replaced the state and not yet the digest.
  const {stored, digestMatches} = first.digestMatches ? first : await read(store)
  const {bytes, etag, versionId, at} = stored
  return {...readDocument(bytes, `${store.objects.place}${store.key}`), etag, versionId, at, digestMatches}
}

async function read(store: Reads): Promise<{stored: Stored; digestMatches: boolean}> {
  const [stored, digest] = await both(store.objects.get(store.key), store.digest())
  if (!stored) throw noState(store)
  return {stored, digestMatches: !digest || digest === createHash('md5').update(stored.bytes).digest('hex')}
}

/** At the same time; of two failures the first one is told: without a bucket nobody asks for its lock table. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

const noState = ({key, objects: {place}}: Reads) =>
  new NotFound(`There is no state at ${place}${key}.`, {
    code: 'no_state',
    because: [
      'Either this environment was never made, or its state is kept under another key.',
      'If it was deleted, fb state backups lists what it can be restored from.',
    ],
    next: ['fb infra up', 'fb state adopt --from-key KEY'],
  })

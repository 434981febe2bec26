import {NotFound} from '../errors.js'
import {md5} from '../fingerprint.js'
import {withDigest} from './digest.js'
import {readDocument, type StateDocument} from './document.js'
import type {StateStore} from './store.js'

/** The state that Terraform would read now, and which bytes these are. */
export type CurrentState = StateDocument & {
  etag: string
  versionId?: string
  at: Date
  /** False: Terraform refuses this state until the digest is mended. No digest matches everything. */
  digestMatches: boolean
}

type Reads = Pick<StateStore, 'key' | 'digest'> & {objects: Pick<StateStore['objects'], 'place' | 'get'>}

export async function currentState(store: Reads): Promise<CurrentState> {
  const {objects, key} = store
  const {there, digest} = await withDigest(
    store,
    () => objects.get(key),
    ({bytes}) => md5(bytes),
  )
  if (!there) throw noState(store)
  const {bytes, etag, versionId, at} = there
  return {...readDocument(bytes, `${objects.place}${key}`), etag, versionId, at, digestMatches: digest !== 'differs'}
}

type Where = {key: string; objects: Pick<StateStore['objects'], 'place'>}

export const noStateAt = ({key, objects}: Where, more: ConstructorParameters<typeof NotFound>[1]): NotFound =>
  new NotFound(`There is no state at ${objects.place}${key}.`, {code: 'no_state', ...more})

const noState = (store: Reads) =>
  noStateAt(store, {
    because: [
      'Either this environment was never made, or its state is kept under another key.',
      'If it was deleted, fb state backups lists what it can be restored from.',
    ],
    next: ['fb infra up', 'fb state adopt --from-key KEY'],
  })

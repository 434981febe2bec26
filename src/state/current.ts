import {NotFound} from '../errors.js'
import {md5} from '../fingerprint.js'
import {lossOf, lossText} from './backups/loss.js'
import {readDocument, type StateDocument} from './document/document.js'
import {type Checked, withDigest} from './locks/digest.js'
import type {StateStore, Stored} from './store.js'

/** The state that Terraform would read now, and which bytes these are. */
export type CurrentState = StateDocument & Omit<Stored, 'bytes'> & Checked

type Reads = Pick<StateStore, 'key' | 'digest' | 'versions' | 'backups' | 'objects'>

/** What only reads is lenient, and does without the lock table. */
type How = {lenient?: boolean}

export async function currentState(store: Reads, how?: How): Promise<CurrentState> {
  const {bytes, ...rest} = await currentBytes(store, how)
  return {...readDocument(bytes, `${store.objects.place}${store.key}`), ...rest}
}

/** The same, whatever it is. */
export async function currentBytes(store: Reads, how?: How): Promise<Stored & Checked> {
  const {there, digest, unchecked} = await withDigest(
    store,
    () => store.objects.get(store.key),
    ({bytes}) => md5(bytes),
    how,
  )
  if (!there) throw await noState(store)
  const {bytes, etag, versionId, at} = there
  return {bytes, etag, versionId, at, digestMatches: digest !== 'differs', unchecked}
}

type Where = {key: string; objects: Pick<StateStore['objects'], 'place'>}

export const noStateAt = ({key, objects}: Where, more: ConstructorParameters<typeof NotFound>[1]): NotFound =>
  new NotFound(`There is no state at ${objects.place}${key}.`, {code: 'no_state', ...more})

/** One that was deleted must not be taken for one that was never made: Terraform would make everything anew. */
async function noState(store: Reads): Promise<NotFound> {
  const loss = await lossOf(store)
  if (loss)
    return noStateAt(store, {
      code: 'state_deleted',
      because: [lossText(loss)],
      next: [`fb state restore ${loss.newest}`, 'fb state backups'],
    })
  return noStateAt(store, {
    because: ['Either this environment was never made, or its state is kept under another key.'],
    next: ['fb infra up', 'fb state adopt --from-key KEY'],
  })
}

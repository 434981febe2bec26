import {wrapped} from '../columns.js'
import {Refused} from '../errors.js'
import type {Canvas} from '../events.js'
import type {StateStore} from './store.js'

/** What Terraform's checksum says of the state. Terraform refuses a state that differs from it, a missing one too. */
export type Digest = 'matches' | 'differs' | 'none'

/**
 * Reads the state, and whether Terraform would. A difference counts when it is there twice: whoever writes right now has
 * replaced the state and not yet the digest.
 */
export async function withDigest<T>(
  store: Pick<StateStore, 'digest'>,
  read: () => Promise<T | undefined>,
  md5Of: (there: T) => string,
): Promise<{there: T | undefined; digest: Digest}> {
  const look = async () => {
    const [there, digest] = await both(read(), store.digest())
    if (!digest) return {there, digest: 'none'} as const
    return {there, digest: there !== undefined && md5Of(there) === digest ? 'matches' : 'differs'} as const
  }
  const first = await look()
  return first.digest === 'differs' ? look() : first
}

/** At the same time; of two failures the first one is told: without a bucket nobody asks for its lock table. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

export async function digestOf(store: Pick<StateStore, 'digest' | 'key' | 'objects'>): Promise<Digest> {
  const {digest} = await withDigest(
    store,
    () => store.objects.fingerprint(store.key),
    ({md5}) => md5,
  )
  return digest
}

export const DIGEST_WARNING = 'Terraform refuses this state: its MD5 is not the digest in the lock table.'

const MEND = 'fb state unlock'

export const digestAdvice = (env?: string): string => `${MEND}${env ? ` --env ${env}` : ''} mends it.`

/** Said along the way by what only reads: it goes on. */
export const refusedByTerraform = ({paint, width}: Canvas): string[] =>
  wrapped(`${paint.warn('!')} ${DIGEST_WARNING} ${digestAdvice()}`, width, 2)

/** For what would have Terraform work on the state. */
export const digestDiffers = (): Refused =>
  new Refused(DIGEST_WARNING, {code: 'digest_differs', state: 'Nothing was changed.', next: [MEND]})

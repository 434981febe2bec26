import {wrapped} from '../../columns.js'
import {explain, FbError, Interrupted, Refused} from '../../errors.js'
import type {Canvas} from '../../events.js'
import type {StateStore} from '../store.js'

/**
 * What Terraform's checksum says of the state. Terraform refuses a state that differs from it; `gone` is a state that the
 * checksum is of and that is not there.
 */
export type Digest = 'matches' | 'differs' | 'gone' | 'none'

/** A look at a state; `unchecked` is why nothing is known of its digest. */
type Look<T> = {there: T | undefined; digest: Digest; unchecked?: FbError}

/**
 * Reads the state, and whether Terraform would. A difference counts when it is there twice: whoever writes right now has
 * replaced the state and not yet the digest. What only reads is lenient: it needs the lock table for nothing else.
 */
export async function withDigest<T>(
  store: Pick<StateStore, 'digest'>,
  read: () => Promise<T | undefined>,
  md5Of: (there: T) => string,
  {lenient = false} = {},
): Promise<Look<T>> {
  const look = async (): Promise<Look<T>> => {
    const asked = store.digest()
    // Without a bucket nobody asks for its lock table: what the state's own read says comes first.
    asked.catch(() => {})
    const there = await read()
    const {digest, unchecked} = lenient ? await inTime(asked) : {digest: await asked}
    if (!digest) return {there, digest: 'none', unchecked}
    if (there === undefined) return {there, digest: 'gone'}
    return {there, digest: md5Of(there) === digest ? 'matches' : 'differs'}
  }
  const first = await look()
  return first.digest === 'matches' || first.digest === 'none' ? first : look()
}

/** From when the state is there: whoever reads during an outage has no time for the retries. */
const PATIENCE = 3000

async function inTime(asked: Promise<string | undefined>): Promise<{digest?: string; unchecked?: FbError}> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FbError(`The lock table does not answer.`)), PATIENCE)
  })
  try {
    return {digest: await Promise.race([asked, late])}
  } catch (error) {
    const unchecked = explain(error)
    if (unchecked instanceof Interrupted) throw unchecked
    return {unchecked}
  } finally {
    clearTimeout(timer)
  }
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

/** What is known of the digest of a state that was read. */
export type Checked = {
  /** False: Terraform refuses this state until the digest is mended. No digest matches everything. */
  digestMatches: boolean
  /** Why the digest is not known. */
  unchecked?: FbError
}

/** Said along the way by what only reads: it goes on. Undefined when there is nothing to say. */
export function digestWarning({digestMatches, unchecked}: Checked): ((canvas: Canvas) => string[]) | undefined {
  const warning = unchecked
    ? `The digest of the state was not checked. ${unchecked.message}`
    : digestMatches
      ? undefined
      : `${DIGEST_WARNING} fb state lock says more.`
  return warning === undefined
    ? undefined
    : ({paint, safe, width}) => wrapped(`${paint.warn('!')} ${safe(warning)}`, width, 2)
}

/** For what would have Terraform work on the state. */
export const digestDiffers = (): Refused =>
  new Refused(DIGEST_WARNING, {
    code: 'digest_differs',
    state: 'Nothing was changed.',
    next: ['fb state lock', 'fb state unlock'],
  })

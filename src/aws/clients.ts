import {AdaptiveRetryStrategy, DefaultRateLimiter} from '@smithy/core/retry'

import {systemClock} from '../clock.js'
import {explain, FbError, isCut, isExpired, isThrottled, isUnsent, mayHaveHappened, PartlyDone} from '../errors.js'
import {serviceOf} from '../iam.js'
import {type Endpoints, endpointOf} from './endpoints.js'

/** How to reach AWS. In the sandbox `requestHandler` answers in process and no byte leaves the machine. */
export type Connection = {
  region: string
  profile?: string
  credentials?: {accessKeyId: string; secretAccessKey: string}
  /** Who we are, found out by the first client and shared by all: `credential_process` may ask for a finger on a key. */
  login: {provider?: unknown}
  endpoint?: string
  /** Where single services are instead, when an emulator plays them. */
  endpoints?: Endpoints
  /** Only S3 knows it: the bucket is in the path instead of the host name. */
  forcePathStyle?: boolean
  disableHostPrefix?: boolean
  requestHandler?: object
  signer?: object
  signal: AbortSignal
  /** Told of every finished call, for --verbose. */
  trace?: (call: {operation: string; ms: number; attempts: number; error?: string}) => void
}

type Client = {send: unknown; destroy(): void; config: {serviceId: string; credentials: unknown}}
type Command = {constructor: {name: string}; middlewareStack: {add(middleware: unknown, options: object): void}}
type Send = (command: Command, options: {abortSignal: AbortSignal}) => Promise<unknown>

/**
 * Reads are repeated by the SDK; a write goes out once, because most of them have no client token. A `put` is a write that
 * may be carried out twice: it is sent again when its answer is lost. A `look` is a read that goes out once, for who counts
 * his calls and repeats them himself.
 */
export type Calls<C extends Client> = {read: C['send']; write: C['send']; put: C['send']; look: C['send']}

// After a throttled call the SDK alone would send one call in two seconds, whatever AWS bears: a screen of ten calls would take 20 s.
const rateLimiter = () => new DefaultRateLimiter({minFillRate: 2})
const READ = () => ({retryStrategy: new AdaptiveRetryStrategy(10, {rateLimiter: rateLimiter()})})
const ONCE = () => ({maxAttempts: 1})
const DEADLINE = 30_000

/** When silence ends a call, and how long a write may take in all (ms). */
export type Patience = {timeouts: object; write: number}
const PATIENCE: Patience = {
  timeouts: {connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true},
  write: DEADLINE,
}
/** For bodies of any size: a slow line is none that hangs. */
export const LARGE_BODIES: Patience = {timeouts: {connectionTimeout: 3000, socketTimeout: 10_000}, write: 20 * 60_000}
const TRIES = 4
// A write that waits for its answer in vain is tried twice; one that fails at once, until a short outage is over.
const LOST_WRITES = 15_000

/** A service's client with the timeouts and retries an operations tool needs (the SDK alone waits for ever). */
export function connect<C extends Client>(
  Client: new (config: never) => C,
  connection: Connection,
  {timeouts, write} = PATIENCE,
): Calls<C> {
  const {signal, trace, requestHandler = timeouts, login, credentials, endpoints, ...given} = connection
  const elsewhere = endpoints && {endpoint: endpointOf(serviceIdOf(Client), endpoints)}
  const caller = (retries: () => object, repeat: (error: unknown) => boolean, limits: Limits) => {
    let client: C | undefined
    let provider: unknown
    const make = () => {
      client = new Client({
        ...given,
        ...elsewhere,
        credentials: credentials ?? login.provider,
        requestHandler,
        ...retries(),
      } as never)
      login.provider ??= client.config.credentials
      provider = login.provider
      return client
    }
    return async (command: Command) => {
      for (let tries = 1; ; tries++) {
        try {
          return await call(client ?? make(), command, {signal, trace, profile: given.profile}, limits)
        } catch (error) {
          // Credentials are kept until they end: a new provider reads what a fresh login has left.
          if (isExpired(error)) {
            client = undefined
            if (login.provider === provider) login.provider = undefined
          }
          if (tries >= (isExpired(error) ? 2 : TRIES) || !(isExpired(error) || repeat(error))) throw error
          if (!isCut(error) && !isExpired(error) && !isMisdated(error))
            await pause(500 * 2 ** tries * (1 + Math.random()), signal)
        }
      }
    }
  }
  // A write that was refused or never sent may be repeated; a cut answer to a read was a 200, which the SDK does not repeat.
  const undone = (error: unknown) => isThrottled(error) || isUnsent(error) || isMisdated(error)
  return {
    read: caller(READ, isCut, {abortable: true, ms: DEADLINE}),
    look: caller(ONCE, isMisdated, {abortable: true, ms: DEADLINE}),
    write: caller(ONCE, undone, {abortable: false, ms: write}),
    put: caller(ONCE, (error) => undone(error) || mayHaveHappened(error), {abortable: false, ms: write}),
  } as never
}

/** Only a client that was made knows its service. */
const serviceIdOf = <C extends Client>(Client: new (config: never) => C) =>
  new Client({region: 'us-east-1'} as never).config.serviceId

/** AWS refused it for the time of its signature, by which the SDK has put its own clock right (from four minutes on). */
function isMisdated(error: unknown): boolean {
  const {name, $metadata} = error as Error & {$metadata?: {clockSkewCorrected?: boolean}}
  return $metadata?.clockSkewCorrected === true && /Signature|Skewed|InTheFuture|AuthFailure/.test(name)
}

type Limits = {abortable: boolean; ms: number}

const pause = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal)

/** Ctrl-C cancels a read at once; a write that is on its way is waited for, so that fb can say what it did. */
async function call(
  client: Client,
  command: Command,
  connection: Pick<Connection, 'signal' | 'trace' | 'profile'>,
  {abortable, ms}: Limits,
): Promise<unknown> {
  const {signal, trace, profile} = connection
  signal.throwIfAborted()
  const operation = `${serviceOf(client.config.serviceId)}:${command.constructor.name.replace(/Command$/, '')}`
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(noAnswer(ms)), ms)
  const abortSignal = abortable ? AbortSignal.any([signal, late.signal]) : late.signal
  const started = Date.now()
  const seen: {attempts: number; error?: unknown} = {attempts: 0}
  watchAttempts(command, seen)
  const report = (error?: Error) =>
    trace?.({operation, ms: Date.now() - started, attempts: seen.attempts, error: error?.name})
  try {
    const answer = await orAborted((client.send as Send).call(client, command, {abortSignal}), abortSignal)
    report()
    return answer
  } catch (error) {
    const cause = late.signal.aborted && !signal.aborted ? (seen.error ?? late.signal.reason) : error
    report(cause as Error)
    const known = await missingProfile(cause as Error, profile)
    throw Object.assign(known, {operation, profile, sent: seen.attempts > 0})
  } finally {
    // An object's bytes still come after its answer is here.
    clearTimeout(timer)
  }
}

/** The SDK goes on to its other sources of credentials and says only that there are none. */
async function missingProfile(error: Error, profile?: string): Promise<Error> {
  if (!profile || error.name !== 'CredentialsProviderError' || !/any providers/.test(error.message)) return error
  const {CredentialsProviderError, parseKnownFiles} = await import('@smithy/core/config')
  const known = await parseKnownFiles({profile})
  return profile in known ? error : new CredentialsProviderError(`profile ${profile} could not be found in ~/.aws`)
}

/**
 * The SDK looks at the signal before and during a request, but not while it waits to repeat one. A listener that stays would
 * hold the answer as long as the process lives.
 */
function orAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, {once: true})
    sent.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const noAnswer = (ms: number) => Object.assign(new Error(`no answer within ${ms / 1000} s`), {name: 'TimeoutError'})

/** Remembers each attempt's own error, so that running out of time still says what AWS answered. */
function watchAttempts(command: Command, seen: {attempts: number; error?: unknown}): void {
  const remember = (next: (args: unknown) => Promise<unknown>) => async (args: unknown) => {
    seen.attempts++
    try {
      return await next(args)
    } catch (error) {
      if ((error as Error).name !== 'AbortError') seen.error = error
      throw error
    }
  }
  command.middlewareStack.add(remember, {step: 'deserialize', name: 'fbAttempts', priority: 'high', override: true})
}

/** Follows a paged read to its end, or to `most` items. A page can be empty and still have a next one. */
export async function pages<Page, Item>(
  get: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => Item[] | undefined,
  next: (page: Page) => string | undefined,
  most = Infinity,
): Promise<Item[]> {
  const all: Item[] = []
  let token: string | undefined
  do {
    const page = await get(token)
    all.push(...(items(page) ?? []))
    token = next(page)
  } while (token && all.length < most)
  return all.slice(0, most)
}

/**
 * A write that must not happen twice although AWS takes no client token for it: when its answer is lost, `find` looks for
 * what it made before it is repeated, and again before a later refusal is believed (it may be our own first try's doing). `next`: where a person looks when
 * neither is to be found out.
 */
export async function onceOnly<T>(
  write: () => Promise<T>,
  find: () => Promise<T | undefined>,
  next: string[],
): Promise<T> {
  const giveUp = Date.now() + LOST_WRITES
  let unclear: unknown
  for (let tries = 1; ; tries++) {
    try {
      return await write()
    } catch (error) {
      const lost = mayHaveHappened(error)
      // Ctrl-C before the repeat: what came of the first try may still show.
      if (unclear && error instanceof FbError) unknown(unclear, error, next)
      if ((tries === 1 && !lost) || error instanceof FbError) throw error
      if (lost) unclear = error
      const done = await find().catch((unseen: unknown) => unknown(error, unseen, next))
      if (done !== undefined) return done
      if (!lost || Date.now() > giveUp) throw error
      await pause(500 * tries)
    }
  }
}

/** Neither the answer arrived nor could fb look for what the write made. */
function unknown(lost: unknown, unseen: unknown, next: string[]): never {
  const {operation} = lost as {operation?: string}
  throw new PartlyDone(`It is not known whether AWS has carried out ${operation}.`, {
    code: 'unknown_result',
    because: [explain(lost), explain(unseen)].flatMap(({message, because}) => [message, ...because]),
    state: 'The request was sent, its answer was lost, and fb could not find out what came of it.',
    next,
    cause: unseen,
  })
}

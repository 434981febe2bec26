import {actionOf, roleNotPassed} from './iam.js'

type Detail = {
  /** Stable word for scripts, in `--json`. */
  code?: string
  /** Evidence: what was seen, and which API said it. */
  because?: string[]
  /** What state things are in now. */
  state?: string
  /** Commands to type next. */
  next?: string[]
  cause?: unknown
}

/** A failure fb can explain. The subclass is the exit code; the message says what happened. */
export class FbError extends Error {
  static exit = 1
  readonly exitCode: number
  readonly code: string
  readonly because: string[]
  readonly state: string | undefined
  readonly next: string[]

  constructor(message: string, {code = 'failed', because = [], state, next = [], cause}: Detail = {}) {
    super(message, {cause})
    this.exitCode = new.target.exit
    this.code = code
    this.because = because
    this.state = state
    this.next = next
  }

  /** The same failure, which did not know how things stand by now. */
  given({state, next}: {state: string; next: string[]}): FbError {
    const same = this.constructor as typeof FbError
    return new same(this.message, {...this, state, next: [...this.next, ...next], cause: this.cause})
  }
}

export class UsageError extends FbError {
  static override exit = 2
}
export class NotFound extends FbError {
  static override exit = 3
}
export class AccessError extends FbError {
  static override exit = 4
}
export class Busy extends FbError {
  static override exit = 5
}
export class PartlyDone extends FbError {
  static override exit = 6
}
export class Refused extends FbError {
  static override exit = 7
}
/** Nothing has failed yet: the work goes on in AWS. */
export class GaveUp extends FbError {
  static override exit = 8
}
export class Interrupted extends FbError {
  static override exit = 130
}

/** What the SDK, Node and inquirer throw, as far as fb reads it. */
type Raw = Error & {
  code?: string
  $fault?: string
  $metadata?: {httpStatusCode?: number; requestId?: string; attempts?: number}
  syscall?: string
  hostname?: string
  /** The AWS operation, added by src/aws/clients.ts. */
  operation?: string
  profile?: string
  /** False when the request never left the SDK; added there too. */
  sent?: boolean
}

const NO_PROFILE = /credentials using profile|profile\b.* could not be found/i
const NO_CREDENTIALS = /could not load credentials|no credential|credentials? (?:is|are) missing/i
const REFUSED_CREDENTIALS = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
])

export const isExpired = (error: unknown): boolean => /^(ExpiredToken|RequestExpired)/.test((error as Raw)?.name ?? '')

/** ECS throttles registrations of one family by a message alone. */
export const isThrottled = (error: unknown): boolean =>
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i.test((error as Raw)?.name ?? '') ||
  /Too many concurrent attempts/i.test((error as Raw)?.message ?? '')

/** Nobody can look any further with these credentials, however often it is tried. */
export function isLoggedOut(error: unknown): boolean {
  const failure = explain(error)
  return failure instanceof AccessError && ['bad_credentials', 'no_credentials'].includes(failure.code)
}

/** AWS carried it out and its answer got lost on the way: what came of a 2xx cannot be read. */
export function isCut(error: unknown): boolean {
  const status = (error as Raw)?.$metadata?.httpStatusCode ?? 0
  return status >= 200 && status < 300
}

/** The network failed before the request was on its way: repeating it repeats nothing. */
export function isUnsent(error: unknown): boolean {
  const {code = '', syscall, message} = error as Raw
  return UNCONNECTED.has(code) || syscall === 'connect' || /did not establish a connection/.test(message)
}

/** True when AWS may have carried out the request although no usable answer came back. */
export function mayHaveHappened(error: unknown): boolean {
  const {$metadata, name, sent, code = ''} = error as Raw
  if (error instanceof FbError || sent === false) return false
  const status = $metadata?.httpStatusCode
  if (status !== undefined) return status >= 500 || status < 300
  return !(isUnsent(error) || DISTRUSTED.has(code) || name === 'CredentialsProviderError' || name === 'TypeError')
}

/** The one place that turns a raw failure into one a person can act on. What it does not know is a bug and keeps its stack. */
export function explain(error: unknown): FbError {
  if (error instanceof FbError) return error
  const raw = error as Raw
  const because = evidence(raw)
  if (raw?.name === 'SandboxError') return new UsageError(raw.message, {code: 'sandbox', cause: raw})
  if (isInterrupt(raw)) return new Interrupted('Interrupted.', {code: 'interrupted', state: 'Nothing was changed.'})
  if (raw.name === 'CredentialsProviderError') return network(raw, because, codeOfLogin(raw)) ?? credentials(raw)
  if (isExpired(raw) || REFUSED_CREDENTIALS.has(raw.name)) return credentials(raw)
  if (/AccessDenied|UnauthorizedOperation|AccessDeniedException/.test(raw.name ?? '')) return denied(raw, because)
  if (isThrottled(raw)) {
    return new FbError('AWS is throttling this account and did not let the request through.', {
      code: 'throttled',
      because,
      next: ['try again in a minute; fb already repeated the call'],
      cause: raw,
    })
  }
  return network(raw, because) ?? service(raw, because) ?? bug(raw)
}

const isInterrupt = (raw: Raw) => raw?.name === 'AbortError' || raw?.name === 'ExitPromptError'

function evidence({name, message, operation, $metadata}: Raw): string[] {
  const source = [
    operation,
    $metadata?.httpStatusCode && `HTTP ${$metadata.httpStatusCode}`,
    $metadata?.requestId && `request ${$metadata.requestId}`,
  ]
  // The SDK adds lines of advice to its own users.
  return [`${name}: ${message?.split('\n')[0]}`, source.filter(Boolean).join(' · ')].filter(Boolean)
}

function credentials(raw: Raw): AccessError {
  const login = `aws sso login${raw.profile ? ` --profile ${raw.profile}` : ''}`
  const because = evidence(raw)
  if (NO_PROFILE.test(raw.message)) {
    const message = `There is no AWS profile${raw.profile ? ` ${raw.profile}` : ' of that name'} with credentials.`
    const next = ['aws configure list-profiles', '--profile NAME', login]
    return new AccessError(message, {code: 'no_credentials', because, next, cause: raw})
  }
  if (NO_CREDENTIALS.test(raw.message)) {
    const next = [login, 'export AWS_PROFILE=<profile>']
    return new AccessError('No AWS credentials found.', {code: 'no_credentials', because, next, cause: raw})
  }
  const message =
    isExpired(raw) || /expired/i.test(raw.message)
      ? 'Your AWS session has expired.'
      : 'AWS does not accept these credentials.'
  return new AccessError(message, {code: 'bad_credentials', because, next: [login], cause: raw})
}

function denied(raw: Raw, because: string[]): AccessError {
  const passing = roleNotPassed(raw.message)
  const action = /perform: ([\w-]+:\w+)/.exec(raw.message)?.[1] ?? actionOf(raw.operation ?? '')
  const missing = passing ? `give tasks the role ${passing.name} (iam:PassRole)` : action ? `call ${action}` : 'do this'
  const next = passing && [`allow ${passing.caller} iam:PassRole on ${passing.role}`]
  return new AccessError(`Your role may not ${missing}.`, {code: 'access_denied', because, next, cause: raw})
}

/** No connection was made. */
const UNCONNECTED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])
const UNREACHABLE = new Set([...UNCONNECTED, 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'])

/** Something on the way, mostly a company's proxy, answers with a certificate of its own. */
const DISTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
])

/** Logging in is a call too: what went wrong with it is in its cause, or only in the words. */
const codeOfLogin = ({code, cause, message}: Raw): string | undefined =>
  (cause as Raw)?.code ?? code ?? [...UNREACHABLE, ...DISTRUSTED].find((known) => message.includes(known))

function network(raw: Raw, because: string[], code = raw.code): FbError | undefined {
  const next = ['check the network, the VPN and the region (--region)']
  // Before the codes, because the SDK's own time-outs are ETIMEDOUT as well.
  if (raw.name === 'TimeoutError')
    return new FbError('AWS did not answer in time.', {code: 'no_answer', because, next, cause: raw})
  if (code && UNREACHABLE.has(code)) {
    return new FbError(`Cannot reach AWS${raw.hostname ? ` at ${raw.hostname}` : ''}.`, {
      code: 'unreachable',
      because,
      next,
      cause: raw,
    })
  }
  if (code && DISTRUSTED.has(code)) {
    return new FbError('The certificate of AWS is not trusted here: something on the way answers in its place.', {
      code: 'untrusted_certificate',
      because,
      next: ['export NODE_EXTRA_CA_CERTS=/path/to/your-company-ca.pem'],
      cause: raw,
    })
  }
  if (isCut(raw)) {
    return new FbError('The answer from AWS was cut off.', {
      code: 'bad_answer',
      because,
      next: ['try again'],
      cause: raw,
    })
  }
  return undefined
}

function service(raw: Raw, because: string[]): FbError | undefined {
  if (!raw.$metadata && !raw.$fault) return undefined
  const status = raw.$metadata?.httpStatusCode ?? 0
  const said = status >= 500 ? 'AWS failed to answer' : 'AWS said no'
  // A page of a proxy or a gateway; the SDK then gives advice to programmers.
  const text = /Deserialization error/.test(raw.message) ? `HTTP ${status}, with no answer of AWS` : raw.message
  return new FbError(`${said}: ${text || raw.name}`, {code: 'aws_error', because, cause: raw})
}

function bug(raw: Raw): FbError {
  return new FbError(`Unexpected: ${raw?.message ?? String(raw)}`, {
    code: 'unexpected',
    next: ['run it again with --verbose for the stack trace'],
    cause: raw,
  })
}

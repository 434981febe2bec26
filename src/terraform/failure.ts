import {AccessError, Busy, FbError, NotFound, UsageError} from '../errors.js'
import type {Diagnostic} from './said.js'

/** Where in the definition something is: `infra/modules/vpc · aws_vpc.main`. */
export type Where = (diagnostic: Diagnostic) => string | undefined

type Kind = {pattern: RegExp; error: (because: string[]) => FbError}

const unchanged = {state: 'Nothing was changed.'}

/** What Terraform words so that a person would have to look it up. */
const KINDS: Kind[] = [
  {
    // The lock and its table fail under one name.
    pattern: /state lock.*ResourceNotFoundException|NoSuchBucket|S3 bucket "?[^"\s]*"? does not exist/,
    error: (because) =>
      new NotFound('There is no bucket or no lock table for the state.', {
        code: 'no_backend',
        because,
        ...unchanged,
        next: ['fb state bootstrap'],
      }),
  },
  {
    // Under the same words a lock fails that nobody holds: for the network, or for what a role may not do.
    pattern: /Error acquiring the state lock.*(ConditionalCheckFailed|PreconditionFailed|Lock Info)/,
    error: (because) =>
      new Busy(`The state is locked by ${holderIn(because)?.who ?? 'somebody else'}.`, {
        code: 'state_locked',
        because: holderIn(because)?.because ?? because,
        ...unchanged,
        next: ['fb state lock', '--lock-timeout 5m'],
      }),
  },
  {
    pattern: /does not have the expected content|calculated checksum/i,
    error: (because) =>
      new FbError('Terraform refuses this state: its MD5 is not the digest in the lock table.', {
        code: 'bad_digest',
        because,
        ...unchanged,
        next: ['fb state unlock'],
      }),
  },
  {
    pattern: /ExpiredToken|token (?:has|is) expired|No valid credential sources|InvalidClientTokenId|SSO session/,
    error: (because) =>
      new AccessError('Terraform cannot log in to AWS.', {
        code: 'bad_credentials',
        because,
        ...unchanged,
        next: ['aws sso login', '--profile NAME'],
      }),
  },
  {
    pattern: /connection refused|no such host|i\/o timeout|TLS handshake timeout|network is unreachable/,
    error: (because) =>
      new FbError('Terraform cannot reach AWS.', {
        code: 'unreachable',
        because,
        ...unchanged,
        next: ['check the network, the VPN and the region (--region)'],
      }),
  },
  {
    pattern: /AWS account ID not allowed/,
    error: (because) =>
      new AccessError('These credentials belong to another account.', {code: 'wrong_account', because, ...unchanged}),
  },
  {
    pattern: /no matching Route ?53 Hosted ?Zone/i,
    error: (because) =>
      new UsageError('There is no hosted zone for the domain in this account.', {
        code: 'no_zone',
        because,
        ...unchanged,
        next: ['aws route53 list-hosted-zones', 'set domain.zoneId in fb.yml'],
      }),
  },
  {
    pattern: /AccessDenied|UnauthorizedOperation|is not authorized to perform/,
    error: (because) =>
      new AccessError('Your role may not do all that this needs.', {code: 'access_denied', because, ...unchanged}),
  },
]

/** Of what has failed for a lock that it has taken itself: AWS gave it the lock and the answer was lost. Waiting would be in vain. */
export function inOwnWay(failure: FbError): Pick<FbError, 'message' | 'because' | 'next'> {
  const {message, because, next, code} = failure
  if (code !== 'state_locked') return {message, because, next}
  return {
    message: 'The state is locked by this very command.',
    because: ['The answer to its request for the lock was lost; when it asked again, it met its own lock.', ...because],
    next: [],
  }
}

/** Who holds a lock, from what Terraform prints of it. */
function holderIn(because: string[]): {who: string; because: string[]} | undefined {
  const text = because.join(' ')
  const of = (label: string) => new RegExp(`\\b${label}:\\s+(\\S+)`).exec(text)?.[1]
  const [who, operation, id] = ['Who', 'Operation', 'ID'].map(of)
  const created = /Created:\s+(\d{4}-\d\d-\d\d \d\d:\d\d)/.exec(text)?.[1]
  if (!who || !id) return undefined
  const since = created ? [`since ${created} UTC`] : []
  const what = operation ? [operation.replace('OperationType', '').toLowerCase()] : []
  return {who, because: [[...what, ...since, `lock ${id}`].join(' · ')]}
}

/** Why Terraform ended before it changed anything, of all that it said. */
export function terraformFailure(what: string, diagnostics: Diagnostic[], stderr: string[], where: Where): FbError {
  const errors = diagnostics.filter(({severity}) => severity === 'error')
  const because = errors.length > 0 ? errors.flatMap((one) => diagnosticLines(one, where)) : stderr
  const text = because.join(' ')
  const kind = KINDS.find(({pattern}) => pattern.test(text))
  return kind?.error(because) ?? new FbError(what, {code: 'terraform_failed', because, ...unchanged})
}

/** As Terraform words it, with the place in the definition instead of a line of JSON. */
function diagnosticLines(diagnostic: Diagnostic, where: Where): string[] {
  const {summary, detail} = diagnostic
  const place = where(diagnostic)
  const paragraphs = detail.split(/\n{2,}/).map((text) => text.trim().replace(/\s*\n\s*/g, ' '))
  return [`${summary}${place ? ` (${place})` : ''}`, ...paragraphs].filter(Boolean)
}

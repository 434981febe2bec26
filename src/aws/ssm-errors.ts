import {AccessError, Busy, type FbError, Refused, UsageError} from '../errors.js'

/** What Parameter Store refuses, as far as fb can say what to do about it; other errors come back as they are. */
export function translate(error: Error): Error {
  const known = byName[error.name]?.(error)
  return known ?? error
}

const unchanged = 'Nothing was changed.'

const byName: Record<string, (error: Error) => FbError> = {
  ParameterAlreadyExists: changedMeanwhile,
  TooManyUpdates: changedMeanwhile,
  InvalidKeyId: (cause) =>
    new AccessError(
      /Disabled|is disabled/.test(cause.message)
        ? 'The KMS key of this parameter is disabled.'
        : 'The KMS key of this parameter cannot be used.',
      {code: 'kms_key', because: [cause.message], next: ['enable the key', '--kms-key KEY'], cause},
    ),
  HierarchyTypeMismatchException: (cause) =>
    new UsageError('The type of a parameter cannot be changed.', {
      code: 'type_change',
      because: [cause.message],
      state: unchanged,
      next: ['leave --type out'],
      cause,
    }),
  ParameterPatternMismatchException: (cause) =>
    new UsageError('The value does not match the pattern that this parameter allows.', {
      code: 'pattern',
      state: unchanged,
      next: ['aws ssm describe-parameters shows AllowedPattern'],
      cause,
    }),
  ParameterMaxVersionLimitExceeded: (cause) =>
    new Refused('This parameter has 100 versions, and the oldest has a label.', {
      code: 'oldest_labelled',
      because: ['Parameter Store keeps a version with a label, and so it takes no new one.'],
      state: unchanged,
      next: ['fb params history KEY', 'aws ssm unlabel-parameter-version'],
      cause,
    }),
}

function changedMeanwhile(cause: Error): Busy {
  const next = ['fb params history KEY', 'do it again']
  const message = 'Somebody else writes this parameter at the same moment.'
  return new Busy(message, {
    code: 'changed',
    because: [`${cause.name}: ${cause.message}`],
    state: unchanged,
    next,
    cause,
  })
}

/** Nothing of that name, or no such version or label. */
export function missing(error: Error): undefined {
  if (!['ParameterNotFound', 'ParameterVersionNotFound'].includes(error.name)) throw error
}

/** AWS's own sentences sometimes repeat what they refuse. */
export function withoutValue(error: Error, value: string): Error {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    const {name} = one
    one.message = hiding(one.message, value, name)
    one.stack = [`${name}: ${one.message}`, ...(one.stack?.match(/^ {4}at .*/gm) ?? [])].join('\n')
    if ('because' in one && Array.isArray(one.because))
      one.because.splice(0, one.because.length, ...one.because.map((line: string) => hiding(line, value, name)))
  }
  return error
}

const SHORT = 8

/** What is beside a short value by chance: it is a part of a word, of a path or of an ARN. */
const WITHIN = String.raw`[\p{L}\p{N}_/@-]`

/** A hole in a word would tell a short value. So all of a sentence is hidden in which one stands by itself. */
function hiding(text: string, value: string, name: string): string {
  if (value.length >= SHORT) return text.replaceAll(value, '•••')
  const literal = value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  const alone = new RegExp(`(?<!${WITHIN}|\\w[.:])${literal}(?!${WITHIN}|[.:]\\w)`, 'u')
  return alone.test(text) ? `What AWS says of it (${name}) has the value in it, and is not shown.` : text
}

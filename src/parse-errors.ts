import {nearest} from './config/nearest.js'
import {FbError, UsageError} from './errors.js'

/** What a command's flags have to say here; oclif's own flag objects satisfy it. */
type Flags = Record<string, {char?: string; options?: readonly string[]; hidden?: boolean}>

type ParseError = Error & {
  flags?: string[]
  args?: {name: string; options?: string[]}[]
  parse?: {input?: {args?: Record<string, unknown>}}
}

type Typed = {flags: Flags; help: string}

/**
 * What oclif's parser refused, in fb's words; undefined for any other error. What was typed may be a secret given to the wrong
 * flag, so the sentences are made from names of flags and never from the values.
 */
export function explainParse(error: unknown, flags: Flags, command = ''): UsageError | undefined {
  if (!(error instanceof Error)) return undefined
  const typed = {flags, help: ['fb', ...command.split(':'), '--help'].filter(Boolean).join(' ')}
  const explain = byClass[error.constructor.name]
  if (explain) return explain(error as ParseError, typed)
  return refusedValue(error, typed) ?? missingValue(error, typed)
}

const byClass: Record<string, (error: ParseError, typed: Typed) => UsageError> = {
  NonExistentFlagsError: unknownFlag,
  RequiredArgsError: missingArgument,
  InvalidArgsSpecError: missingArgument,
  UnexpectedArgsError: unexpectedArgument,
  FlagInvalidOptionError: badOption,
  ArgInvalidOptionError: badArgument,
  FailedFlagValidationError: badCombination,
  ViolatedFlagConstraintError: badCombination,
}

function unknownFlag({flags: asked = []}: ParseError, {flags, help}: Typed): UsageError {
  const name = nameOf(asked[0] ?? '')
  if (!name) return new UsageError('There is no such flag.', {code: 'unknown_flag', next: [help]})
  const known = Object.keys(flags).filter((flag) => !flags[flag]!.hidden)
  const near = name.startsWith('--') ? nearest(name.slice(2), known).map((flag) => `--${flag}`) : []
  const because = near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []
  return new UsageError(`There is no flag ${name}.`, {code: 'unknown_flag', because, next: [help]})
}

/** The flag's name without its value: `--pass=word` is `--pass`, `-pword` is `-p`. */
const nameOf = (typed: string) => /^(--[A-Za-z][\w-]{0,40}(?==|$)|-[A-Za-z])/.exec(typed)?.[0]

function missingArgument({args = []}: ParseError, {help}: Typed): UsageError {
  const names = Object.values(args).map(({name}) => name.toUpperCase())
  return new UsageError(`${names.join(' and ') || 'An argument'} is missing.`, {code: 'argument_missing', next: [help]})
}

function unexpectedArgument({parse}: ParseError, {help}: Typed): UsageError {
  const takes = Object.keys(parse?.input?.args ?? {}).map((name) => name.toUpperCase())
  const because = [takes.length > 0 ? `It takes only ${takes.join(' ')}.` : 'It takes flags only.']
  return new UsageError('There is an argument too many.', {code: 'unexpected_argument', because, next: [help]})
}

function badOption(error: ParseError, {flags, help}: Typed): UsageError {
  const name = /^Expected --([\w-]+)=/.exec(error.message)?.[1] ?? ''
  const options = flags[name]?.options ?? []
  const value = error.message.slice(`Expected --${name}=`.length, error.message.lastIndexOf(' to be one of: '))
  return oneOf(`--${name}`, options, value, help)
}

function badArgument(error: ParseError, {help}: Typed): UsageError {
  const at = error.message.lastIndexOf(' to be one of: ')
  const options = error.message
    .slice(at + ' to be one of: '.length)
    .split('\n')[0]!
    .split(', ')
  return oneOf('The argument', options, error.message.slice('Expected '.length, at), help)
}

function oneOf(what: string, options: readonly string[], value: string, help: string): UsageError {
  const near = nearest(value, options)
  const because = near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []
  const next = near.length > 0 && what.startsWith('--') ? [`${what} ${near[0]}`] : [help]
  return new UsageError(`${what} must be one of: ${options.join(', ')}.`, {code: 'bad_value', because, next})
}

/** oclif has only a message for these, with values in it: it is read for the flags it names. */
function badCombination({message}: ParseError, {help}: Typed): UsageError {
  const missing = [...message.matchAll(/Missing required flag ([\w-]+)/g)].map(([, name]) => `--${name}`)
  if (missing.length > 0) {
    return new UsageError(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`, {
      code: 'flag_missing',
      next: [help],
    })
  }
  const clash = /--([\w-]+)(?:=[\s\S]*?)? cannot also be provided when using --([\w-]+)/.exec(message)
  if (clash)
    return new UsageError(`--${clash[1]} and --${clash[2]} do not go together.`, {code: 'flags_clash', next: [help]})
  const needs = /must be provided when using --([\w-]+): ((?:--[\w-]+(?:, )?)+)/.exec(message)
  if (needs) return new UsageError(`--${needs[1]} also needs ${needs[2]}.`, {code: 'flag_missing', next: [help]})
  const some = /(Exactly|At least) one of the following must be provided: ((?:--[\w-]+(?:, )?)+)/.exec(message)
  if (some) return new UsageError(`${some[1]} one of ${some[2]} is needed.`, {code: 'flag_missing', next: [help]})
  return new UsageError('These flags do not go together.', {code: 'flags_clash', next: [help]})
}

/** A flag's own parser said no. fb's parsers throw errors that may be shown; oclif's repeat the value, so theirs are reworded. */
function refusedValue(error: Error, {help}: Typed): UsageError | undefined {
  const [, name, said] = /^Parsing --([\w-]+) \n\t([\s\S]*)\nSee more help with --help$/.exec(error.message) ?? []
  if (!name) return undefined
  if (error instanceof FbError) {
    const {code, because, next} = error
    return new UsageError(`--${name}: ${said}`, {code, because, next: next.length > 0 ? next : [help]})
  }
  const [, kind, limit = ''] =
    /^Expected an? (integer|valid url)( (?:greater|less) than or equal to -?\d+)?/.exec(said!) ?? []
  const message = kind
    ? `--${name} must be ${kind === 'integer' ? `a whole number${limit}` : 'a URL'}.`
    : `--${name} does not take this value.`
  return new UsageError(message, {code: 'bad_value', next: [help]})
}

function missingValue({message}: Error, {help}: Typed): UsageError | undefined {
  const once = /^Flag --([\w-]+) can only be specified once/.exec(message)
  if (once) return new UsageError(`--${once[1]} is given more than once.`, {code: 'flag_repeated', next: [help]})
  const expects = /^Flag --([\w-]+) expects (?:a value|one of these values: (.*))/.exec(message)
  if (!expects) return undefined
  const because = expects[2] ? [`One of: ${expects[2]}.`] : []
  return new UsageError(`--${expects[1]} needs a value.`, {code: 'value_missing', because, next: [help]})
}

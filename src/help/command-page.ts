import type {Command} from '@oclif/core'

import {wrapped} from '../columns.js'
import {type Page, pairs, section} from './layout.js'

export type Described = Pick<
  Command.Loadable,
  'id' | 'description' | 'summary' | 'examples' | 'flags' | 'args' | 'usage' | 'strict'
>
type Flag = Command.Flag.Cached

export const typedAs = (id: string) => ['fb', ...id.split(':')].join(' ')

export function commandPage(command: Described, page: Page): string[] {
  const flags = Object.values(command.flags).filter(({hidden}) => !hidden)
  const own = flags.filter(({helpGroup}) => helpGroup !== 'GLOBAL')
  const global = flags.filter(({helpGroup}) => helpGroup === 'GLOBAL').sort((a, b) => place(a) - place(b))
  const args = Object.values(command.args).filter(({hidden}) => !hidden)
  return [
    ...wrapped(command.description ?? '', page.width, 0),
    ...section('EXAMPLES', examples(command, page), page),
    ...section('USAGE', [usage(command)], page),
    ...section(
      'ARGUMENTS',
      pairs(
        args.map((arg) => [arg.name.toUpperCase(), describe(arg, page)]),
        page,
      ),
      page,
    ),
    ...section(
      'FLAGS',
      pairs(
        own.map((flag) => [label(flag), describe(flag, page)]),
        page,
      ),
      page,
    ),
    ...section(
      'GLOBAL FLAGS',
      pairs(
        global.map((flag) => [label(flag), describe(flag, page)]),
        page,
      ),
      page,
    ),
    ...section('EXIT CODES', ['0 done, 2 wrong usage; the others: fb help exit-codes'], page),
  ]
}

function examples({examples = []}: Described, {paint}: Page): string[] {
  return [examples].flat().flatMap((example) => {
    if (typeof example === 'string') return example.split('\n')
    return [paint.dim(`# ${example.description}`), example.command]
  })
}

function usage({id, args, flags, strict = true}: Described): string {
  const words = Object.values(args).map(({name, required}, i, all) => {
    const word = `${name.toUpperCase()}${!strict && i === all.length - 1 ? '...' : ''}`
    return required ? word : `[${word}]`
  })
  const needed = Object.values(flags).filter(({required, env}) => required && !env)
  return [typedAs(id), ...words, ...needed.map((flag) => label(flag).slice(4)), '[FLAGS]'].join(' ')
}

/** Where a command acts comes before how it talks. */
const ORDER = ['env', 'service', 'region', 'profile', 'yes', 'json', 'quiet', 'verbose', 'no-color']
const place = ({name}: Flag) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1)

function label(flag: Flag): string {
  const name = flag.type === 'boolean' && flag.allowNo ? `[no-]${flag.name}` : flag.name
  return `${flag.char ? `-${flag.char},` : '   '} --${name}${flag.type === 'option' ? ` ${flag.helpValue ?? value(flag)}` : ''}`
}

const value = ({name, options}: Flag & {options?: readonly string[]}) =>
  options && isShort(options) ? options.join('|') : name.toUpperCase()

const isShort = (options: readonly string[]) => options.join('|').length < 16

type Thing = {
  description?: string
  options?: readonly string[]
  default?: unknown
  env?: string
  multiple?: boolean
  required?: boolean
}

function describe(thing: Thing, {paint}: Page): string {
  const {description = '', options, default: given, env, multiple, required} = thing
  const notes = [
    required && 'required',
    multiple && 'may be repeated',
    options && !isShort(options) && `one of ${options.join(', ')}`,
    (typeof given === 'string' || typeof given === 'number') && `default ${given}`,
    env,
  ].filter(Boolean)
  return notes.length > 0 ? `${description} ${paint.dim(`[${notes.join('; ')}]`)}` : description
}

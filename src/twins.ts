/** What of a flag matters here; oclif's own satisfies it. */
type Flag = {
  type?: string
  char?: string
  env?: string
  multiple?: boolean
  delimiter?: string
  exclusive?: readonly unknown[]
}

type Flags = Record<string, Flag>

/** What is typed without a flag, by this name. */
export const ARGUMENTS = 'arguments'

/** To which typed ones a flag's twin gives way, besides those that exclude each other. */
export type Yielding = Record<string, readonly string[]>

type Options = {flags?: object; baseFlags?: object; enableJsonFlag?: boolean; yielding?: Yielding}

/** What oclif's parser is given for a command's own description. */
export function parsing<O>(command: O, argv: string[], env: NodeJS.ProcessEnv): [O, string[]] {
  const {flags, baseFlags, enableJsonFlag, yielding = {}} = command as Options
  const twinned = withTwins({...baseFlags, ...flags} as Flags, argv, {yielding, env})
  return [{...command, baseFlags, enableJsonFlag, flags: twinned.flags}, twinned.argv]
}

/**
 * Flags and arguments for the parser, with the twins of flags in the environment put right: one gives way to what is typed and does
 * not go with it (`yielding` has what no flag says itself), and one whose flag may be repeated can have several values.
 */
export function withTwins<F extends Flags>(
  flags: F,
  argv: string[],
  {yielding, env}: {yielding: Yielding; env: NodeJS.ProcessEnv},
): {flags: F; argv: string[]} {
  const typed = typedOf(flags, argv)
  const rivals = (name: string) => [
    ...(flags[name]!.exclusive ?? []),
    ...(yielding[name] ?? []),
    ...Object.keys(flags).filter((other) => flags[other]!.exclusive?.includes(name)),
  ]
  const values: string[] = []
  const twinned = Object.entries(flags).map(([name, flag]): [string, Flag] => {
    const value = flag.env && env[flag.env]
    if (!value || typed.has(name)) return [name, flag]
    if (rivals(name).some((rival) => typed.has(String(rival)))) return [name, {...flag, env: undefined}]
    if (!flag.multiple) return [name, flag]
    // Apart from each other: behind a flag that lacks its value, `--name=value` would be taken for that.
    for (const one of value.split(flag.delimiter ?? /\s+/)) if (one.trim()) values.push(`--${name}`, one.trim())
    return [name, {...flag, env: undefined}]
  })
  const end = argv.indexOf('--')
  const before = end < 0 ? argv.length : end
  return {flags: Object.fromEntries(twinned) as F, argv: argv.toSpliced(before, 0, ...values)}
}

/** The names of the flags that are typed. */
function typedOf(flags: Flags, argv: string[]): Set<string> {
  const typed = new Set<string>()
  const end = argv.indexOf('--')
  const tokens = end < 0 ? argv : argv.slice(0, end)
  if (end >= 0 && end < argv.length - 1) typed.add(ARGUMENTS)
  let greedy = false
  for (let i = 0; i < tokens.length; i++) {
    const text = tokens[i]!
    const {names, open} = text.startsWith('--') ? long(text, flags) : short(text, flags)
    for (const name of names) typed.add(name)
    // Whatever comes behind a flag that may be repeated is a value of it, until the next one that takes any.
    const last = names.find((name) => takesValue(flags[name]))
    if (last !== undefined) greedy = flags[last]!.multiple === true
    if (names.length === 0 && !text.startsWith('-') && !greedy) typed.add(ARGUMENTS)
    // Its value is the next one.
    if (open) i++
  }
  return typed
}

const takesValue = (flag?: Flag) => flag?.type === 'option'

function long(text: string, flags: Flags): {names: string[]; open: boolean} {
  const [name = '', value] = text.slice(2).split('=', 2)
  const known = flags[name] ? name : name.replace(/^no-/, '')
  return {names: flags[known] ? [known] : [], open: takesValue(flags[known]) && value === undefined}
}

/** `-g NAME`, `-gNAME`, `-yg NAME`: behind the first that takes a value comes the value. */
function short(text: string, flags: Flags): {names: string[]; open: boolean} {
  const names: string[] = []
  if (!/^-[A-Za-z]/.test(text)) return {names, open: false}
  for (let at = 1; at < text.length; at++) {
    const name = Object.keys(flags).find((one) => flags[one]!.char === text[at])
    if (name === undefined) break
    names.push(name)
    if (takesValue(flags[name])) return {names, open: at === text.length - 1}
  }
  return {names, open: false}
}

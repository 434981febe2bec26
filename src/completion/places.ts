import {settle} from '../config/settings.js'

type Described = {description?: string; summary?: string; hidden?: boolean}
type CommandFlag = Described & {
  name: string
  char?: string
  type: string
  options?: readonly string[]
  helpValue?: string | string[]
}
type Arg = Described & {options?: readonly string[]}
export type CommandLike = Described & {id: string; flags: Record<string, CommandFlag>; args: Record<string, Arg>}
export type TopicLike = Described & {name: string}

type Word = {word: string; about: string}
/** `values` of a flag that takes one; empty when anything may follow. */
export type Flag = {name: string; char?: string; about: string; values?: string[]}
/** What can follow the words `path`, such as `sandbox` in `fb sandbox <Tab>`. */
export type Place = {path: string; next: Word[]; flags: Flag[]}

/** Everything a shell needs to know to complete fb without running it. */
export function places(commands: CommandLike[], topics: TopicLike[]): Place[] {
  const shown = commands.filter(({hidden}) => !hidden)
  const described = [...topics.map(({name, ...rest}) => ({...rest, id: name})), ...shown]
  const about = new Map(described.map(({id, ...thing}): [string, string] => [id, firstWords(thing)]))
  const ids = new Set(['', ...shown.flatMap(({id}) => prefixes(id))])
  const found = [...ids].filter((id) => id !== 'help').map((id) => place(id, ids, about, shown))
  return [...found, ...helped(found)]
}

const prefixes = (id: string) => id.split(':').map((_, i, words) => words.slice(0, i + 1).join(':'))

function place(id: string, ids: Set<string>, about: Map<string, string>, commands: CommandLike[]): Place {
  const command = commands.find((one) => one.id === id)
  const below = [...ids].filter((other) => other !== '' && other.split(':').slice(0, -1).join(':') === id)
  const words = below.map((other) => ({word: other.split(':').at(-1)!, about: about.get(other) ?? ''}))
  const values = Object.values(command?.args ?? {}).flatMap(({options = []}) =>
    options.map((word) => ({word, about: ''})),
  )
  const flags = Object.values(command?.flags ?? {}).filter(({hidden}) => !hidden)
  return {path: id.replaceAll(':', ' '), next: [...words, ...values], flags: [...flags.map(flag), help]}
}

const help: Flag = {name: 'help', char: 'h', about: 'examples and flags'}

const flag = ({name, char, type, ...rest}: CommandFlag): Flag => ({
  name,
  char,
  about: firstWords(rest),
  values: type === 'option' ? values(name, rest) : undefined,
})

function values(name: string, {options, helpValue}: Partial<CommandFlag>): string[] {
  const {environments, services} = settle({})
  if (name === 'env' || helpValue === 'ENV') return Object.keys(environments)
  return name === 'service' ? Object.keys(services) : [...(options ?? [])]
}

/** `fb help` is followed by what fb itself is followed by, all the way down. */
function helped(found: Place[]): Place[] {
  const topics = found.filter(({path, next}) => path !== 'completion' && next.length > 0)
  return topics.map(({path, next}) => {
    const exitCodes = path === '' ? [{word: 'exit-codes', about: 'what scripts can rely on'}] : []
    return {path: `help ${path}`.trim(), next: [...next, ...exitCodes], flags: [help]}
  })
}

const firstWords = ({summary, description = ''}: Described) =>
  (summary ?? description.replace(/\s*\([^)]*\)/g, '').split(/[:;.](?:\s|$)/)[0]!).replaceAll('\n', ' ')

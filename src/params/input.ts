import {UsageError} from '../errors.js'
import {type Assignment, withoutLastBreak} from './assignments.js'
import {looksSecret} from './mask.js'
import {generate, type Recipe} from './values.js'

/** Where the values of keys without one come from; exactly one of them, or a person who types. */
export type Ways = {stdin?: boolean; editor?: boolean; generate?: Recipe; keepNewline?: boolean}

export type Inputs = {
  file(path: string): Promise<string>
  stdin(): Promise<string>
  editor(key: string): Promise<string>
  prompt(key: string): Promise<string>
}

export type Given = {key: string; value: string; note?: string}

/** Every value, read before anything is written. `note` says what of a value is worth saying, and nothing that is in it. */
export async function readValues(assignments: Assignment[], ways: Ways, inputs: Inputs): Promise<Given[]> {
  refuseWays(assignments, ways)
  const given: Given[] = []
  for (const assignment of assignments) given.push(await readValue(assignment, ways, inputs))
  return given
}

async function readValue({key, source}: Assignment, ways: Ways, inputs: Inputs): Promise<Given> {
  const trimmed = (text: string) => {
    const {value, taken} = ways.keepNewline ? {value: text, taken: false} : withoutLastBreak(text)
    return {key, value, ...(taken && {note: `${key}: the last line break is not taken as a part of the value`})}
  }
  if (source.kind === 'literal') return {key, value: source.value}
  if (source.kind === 'file') return trimmed(await inputs.file(source.path))
  if (ways.stdin) return trimmed(await inputs.stdin())
  if (ways.editor) return trimmed(await inputs.editor(key))
  if (ways.generate) return {key, value: generate(ways.generate)}
  const value = await inputs.prompt(key)
  return {key, value, note: sayGot(key, value)}
}

/** Enough to see that a paste has arrived whole. */
function sayGot(key: string, value: string): string {
  const lines = value.split('\n').length
  return `${key}: got ${[...value].length} characters${lines > 1 ? ` in ${lines} lines` : ''}`
}

function refuseWays(assignments: Assignment[], {stdin, editor, generate: recipe}: Ways): void {
  const open = assignments.filter(({source}) => source.kind === 'elsewhere')
  const flags = [stdin && '--stdin', editor && '--editor', recipe && '--generate'].filter(Boolean)
  if (flags.length > 0 && open.length === 0)
    throw new UsageError(`Every key has a value already, so ${flags[0]} has none to give.`, {code: 'no_key_left'})
  if (stdin && open.length > 1)
    throw new UsageError('--stdin is the value of one key, and there are several without one.', {
      code: 'several_keys',
      state: 'Nothing was changed.',
      next: ['KEY=@FILE for each', 'fb params import -'],
    })
}

/** `plain`: somebody has said that these are no secrets. A secret on the command line is in the shell's history and in the list of processes. */
export function refuseArgv(
  assignments: Assignment[],
  {machine, plain}: {machine: boolean; plain: boolean},
): string | undefined {
  const given = assignments.flatMap(({key, source}) =>
    source.kind === 'literal' && !(plain && !looksSecret(key, source.value)) ? key : [],
  )
  if (given.length === 0) return undefined
  if (!machine)
    return `the value of ${given.join(', ')} is in your shell's history and in the list of processes: next time fb params set KEY asks for it`
  throw new UsageError('A value on the command line ends up in logs and process lists.', {
    code: 'value_on_argv',
    because: [
      'It is refused with --json and in CI, unless it is plain configuration by its looks, and by --type string typed with it.',
    ],
    state: 'Nothing was changed.',
    next: ['--stdin', 'KEY=@FILE'],
  })
}

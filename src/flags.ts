import {Args, Flags, type Interfaces} from '@oclif/core'

import {parseDuration} from './durations.js'
import {UsageError} from './errors.js'

const helpGroup = 'GLOBAL'

/** How fb talks; every command has these. Voice reads them from argv. */
export const outputFlags = {
  json: Flags.boolean({description: 'one JSON document on stdout, errors too', helpGroup}),
  'no-color': Flags.boolean({description: 'no colours (NO_COLOR works too)', helpGroup}),
  quiet: Flags.boolean({description: 'say nothing along the way: results and errors only', env: 'FB_QUIET', helpGroup}),
  verbose: Flags.boolean({description: 'say every AWS call', env: 'FB_VERBOSE', helpGroup}),
}

const env = Flags.string({
  char: 'e',
  description: 'environment to act on',
  env: 'FB_ENV',
  helpValue: 'NAME',
  helpGroup,
})
const service = Flags.string({
  char: 's',
  description: 'API version, when there are several',
  env: 'FB_SERVICE',
  helpValue: 'NAME',
  helpGroup,
})
const access = {
  region: Flags.string({description: 'AWS region', env: 'FB_REGION', helpGroup}),
  profile: Flags.string({description: 'AWS profile', env: 'FB_PROFILE', helpGroup}),
  yes: Flags.boolean({char: 'y', description: 'answer yes to every question', env: 'FB_YES', helpGroup}),
}

/** Where a command acts, for every command that acts on an environment's service. */
export const siteFlags = {env, service, ...access}

/** The same for what acts on infrastructure: an environment's, or `shared`. */
export const stackFlags = {env, ...access}

/** Leaves out checks of the preflight, each named by its id. */
export const skipCheckFlag = (ids: string[]) =>
  Flags.string({
    description: 'a check not to make',
    helpValue: 'ID',
    options: ids,
    multiple: true,
    delimiter: ',',
    default: [],
    env: 'FB_SKIP_CHECK',
  })

/** A time such as 45m, in ms. */
export const durationFlag = Flags.custom<number>({helpValue: 'TIME', parse: async (text) => parseDuration(text)})

export type SiteFlags = Partial<Interfaces.InferredFlags<typeof siteFlags>>

/** What an argument or a flag names. Text that is empty names nothing: mostly it is a variable of the shell without a value. */
export const nameArg = Args.custom<string>({
  ignoreStdin: true,
  parse: async (text, _, {name}) => named(text, name.toUpperCase()),
})
export const nameFlag = Flags.custom<string>({parse: async (text) => named(text, 'it')})

/** For the arguments after the first, which oclif hands on as they are. */
export const allNamed = (texts: unknown[], name: string): string[] => texts.map((text) => named(text as string, name))

export function named(text: string, name: string): string {
  if (text.trim() !== '') return text
  throw new UsageError(`${name} is empty; perhaps a variable of the shell has no value.`, {
    code: 'empty_value',
    state: 'Nothing was changed.',
  })
}

/** The same for what writes the state. */
export const writeFlags = {
  ...stackFlags,
  'lock-timeout': durationFlag({description: 'how long to wait for a lock that is held', default: 0}),
  'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
}

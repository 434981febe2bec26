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

const lockTimeout = {
  'lock-timeout': durationFlag({description: 'how long to wait for a lock that is held', default: 0}),
}

/** What Terraform carries out, in all of an environment or in a part of it. */
export const terraformFlags = {
  ...stackFlags,
  ...lockTimeout,
  'target-module': Flags.string({
    description: 'only this module and what it needs; several are fine',
    helpValue: 'NAME',
    multiple: true,
  }),
}

export type SiteFlags = Partial<Interfaces.InferredFlags<typeof siteFlags>>

/** What an argument or a flag names. Text that is empty names nothing: mostly it is a variable of the shell without a value. */
export const nameArg = Args.custom<string>({
  ignoreStdin: true,
  parse: async (text, _, {name}) => named(text, name.toUpperCase()),
})
export const nameFlag = Flags.custom<string>({parse: async (text) => named(text, 'it')})

const urlFlag = Flags.custom<string>({
  helpValue: 'URL',
  parse: async (text) => {
    if (/^https?:/i.test(text) && URL.canParse(text)) return text
    throw new UsageError('That is not a URL that begins with http:// or https://.', {
      code: 'bad_url',
      state: 'Nothing was changed.',
    })
  },
})

/** How a new version is tested before it gets traffic. */
export const testFlags = {
  smoke: nameFlag({
    description: 'test of the new version before it gets traffic: a URL, a /path of the test URL, or a command',
    helpValue: 'URL|COMMAND',
    multiple: true,
    default: [],
  }),
  'smoke-timeout': durationFlag({description: 'how long a command of --smoke may take (default: 5m)'}),
  'test-url': urlFlag({
    description: 'where the new version answers before it gets traffic (default: the test listener)',
    env: 'FB_TEST_URL',
  }),
}

/** The same, and what is decided about a deployment under way when nobody is asked. */
export const steeringFlags = {
  ...testFlags,
  approve: Flags.string({
    description: 'who lets the traffic move where approval is needed: a person, or the smoke tests alone',
    options: ['ask', 'smoke'] as const,
    default: 'ask',
    env: 'FB_APPROVE',
  }),
  'on-interrupt': Flags.string({
    description: 'what Ctrl-C and SIGTERM do where nobody can be asked',
    options: ['detach', 'rollback'] as const,
    default: 'detach',
    env: 'FB_ON_INTERRUPT',
  }),
}

export type SteeringFlags = Interfaces.InferredFlags<typeof steeringFlags>

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
  ...lockTimeout,
  'dry-run': Flags.boolean({description: 'show what would change, then stop'}),
}

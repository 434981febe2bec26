import {homedir} from 'node:os'
import {join} from 'node:path'

/** Where fb keeps what outlives a command: the sandbox. */
export const stateDirectory = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'fb')

export const sandboxFile = (env: NodeJS.ProcessEnv): string => join(stateDirectory(env), 'sandbox', 'default.json')

/** The key of this machine's fingerprints of values. */
export const fingerprintKey = (env: NodeJS.ProcessEnv): string => join(stateDirectory(env), 'fingerprint.key')

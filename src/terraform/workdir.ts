import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'

import type {Terraform} from './binary.js'
import {environmentOf, type Parent} from './child.js'
import {type ConfigurationFile, writeConfiguration} from './configuration.js'
import {type Ended, listen} from './listen.js'
import {openPlugins} from './plugins.js'
import {scratch, UNSAVED} from './scratch.js'

export const LOCK_FILE = '.terraform.lock.hcl'

/** Who runs Terraform, for what, and with which credentials: those of the profile, or what the environment has. */
export type Work = {
  terraform: Terraform
  parent: Parent
  signal: AbortSignal
  profile?: string
  /** Where the services of AWS are that the backend of the state calls, when an emulator plays them. */
  endpoints?: Partial<Record<string, string>>
  /** The file that says which provider is used; Terraform's choice is written to it. */
  lockFile?: string
}

/** A directory in which Terraform works for one run, and which only this user can read. */
export type Workdir = {
  directory: string
  work: Work
  /** What was put into it, and those of the named ones that Terraform has made. */
  files(...made: string[]): Record<string, Buffer>
  /** The provider that Terraform has installed is there for others from now on. */
  keepPlugins(): void
  /** Gives Terraform's lines as they come. */
  listen(args: string[]): AsyncGenerator<string, Ended, void>
  /** Where Terraform leaves a state that it could not save. */
  unsaved: string
  /** That state is elsewhere by now. */
  forgetUnsaved(): void
  /** Nothing of it is left, because a plan holds the secrets of the state; but a state that is known nowhere else stays. */
  remove(): void
}

export function openWorkdir(files: ConfigurationFile[], work: Work): Workdir {
  const {terraform, parent, signal, lockFile} = work
  const {directory, remove: removeScratch} = scratch(parent)
  try {
    writeConfiguration(directory, files, 0o600)
    if (lockFile && existsSync(lockFile)) writeFileSync(join(directory, LOCK_FILE), readFileSync(lockFile))
  } catch (error) {
    removeScratch()
    throw error
  }
  const own = surroundings(work)
  const plugins = openPlugins(own, parent, existsSync(join(directory, LOCK_FILE)))
  const env = {...own, ...plugins.env}
  return {
    directory,
    work,
    files: (...made) => {
      // Without a provider Terraform has none to choose, and writes no file about it.
      const names = [...files.map(({path}) => path), ...made.filter((name) => existsSync(join(directory, name)))]
      return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name))]))
    },
    listen: (args) => listen(terraform.path, args, {cwd: directory, env, parent, signal}),
    keepPlugins: plugins.keep,
    unsaved: join(directory, UNSAVED),
    forgetUnsaved: () => rmSync(join(directory, UNSAVED), {force: true}),
    remove() {
      removeScratch()
      plugins.remove()
    },
  }
}

const BACKEND = ['s3', 'dynamodb', 'sts', 'iam']
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

function surroundings({parent, profile, endpoints = {}}: Work): NodeJS.ProcessEnv {
  const env = environmentOf(parent.env, {aws: true})
  // Terraform prefers keys to a profile, fb a profile to keys.
  if (profile) for (const key of KEYS) delete env[key]
  // Terraform works in another directory than the one these are seen from.
  for (const name of ['TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
    if (env[name]) env[name] = resolve(env[name])
  // Those of the provider stand in the document; the backend has its own from here.
  for (const name of BACKEND) if (endpoints[name]) env[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] = endpoints[name]
  return {...env, ...(profile ? {AWS_PROFILE: profile} : {})}
}

/** What a file beside fb.yml keeps of Terraform's choice of a provider. True when that is new. */
export function keepLockFile({directory, work: {lockFile}}: Workdir): boolean {
  const chosen = join(directory, LOCK_FILE)
  if (!lockFile || !existsSync(chosen)) return false
  const [before, after] = [existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '', readFileSync(chosen, 'utf8')]
  if (before === after) return false
  try {
    mkdirSync(join(lockFile, '..'), {recursive: true})
    writeFileSync(lockFile, after)
    return true
  } catch {
    // A checkout that is only read needs no new file.
    return false
  }
}

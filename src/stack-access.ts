import {dirname, join} from 'node:path'

import {findUp} from './config/settings.js'
import {explain, NotFound, Refused, UsageError} from './errors.js'
import {type Definition, definitionOf} from './infra/definition.js'
import {type StackSettings, synthesize} from './infra/synth.js'
import {aws, type Site} from './site.js'
import {type LockLeft, lockSince} from './stack-lock.js'
import {type CurrentState, currentState} from './state/current.js'
import {countResources, instancesOf} from './state/document/document.js'
import {busy, holdersOf, type Worker} from './state/locks/lock.js'
import {findTerraform, refuseNewer, type Terraform} from './terraform/binary.js'
import type {Parent} from './terraform/child.js'
import {cacheDirectory, pluginRuns} from './terraform/plugins.js'
import {sweep} from './terraform/scratch.js'
import {LOCK_FILE, type Work} from './terraform/workdir.js'

/** What a place's infrastructure is made from; `root` is where fb is installed, with the hooks that its build has packed. */
export async function stackSettingsOf(site: Site, root: string): Promise<StackSettings> {
  const {environment, state, settings} = site
  const {app, services, awsProviderVersion} = settings
  const account = environment.account ?? (await accountOf(site))
  return {app, environment, account, services, state, awsProviderVersion, hooksDirectory: join(root, 'dist/hooks')}
}

/** The account stands in policies, so that they are known before anything is made. */
async function accountOf(site: Site): Promise<string> {
  try {
    return (await (await aws(site, 'sts')).caller()).account
  } catch (error) {
    const next = [`set environments.${site.environment.name}.account in fb.yml`]
    throw explain(error).given({state: 'Nothing was changed.', next})
  }
}

export async function definitionFor(settings: StackSettings): Promise<Definition> {
  return definitionOf(settings, await synthesize(settings))
}

type Means = {
  /** Where fb is installed. */
  root: string
  parent: Parent
  worker: Worker
  /** Where fb was started. */
  directory: string
  /** How long to wait for the lock, in ms. */
  lockTimeout: number
}

/** A site's infrastructure, and all that is looked at before Terraform is started. */
export type Stack = {
  settings: StackSettings
  definition: Definition
  work: Work
  /** Before the first apply there is none. */
  state: CurrentState | undefined
  /** How many resources the state has. */
  known: number
  /** The id of a lock that a Terraform of this command has left. */
  lockLeft: LockLeft
}

/** Looks before Terraform does, and says what is in the way: no bucket, another's lock, a newer Terraform, a wrong digest. */
export async function openPlanning(site: Site, means: Means): Promise<Stack> {
  refuseSandbox(site)
  const begun = site.clock.now()
  const terraform = await findTerraform(means.parent)
  const settings = await stackSettingsOf(site, means.root)
  const definition = await definitionFor(settings)
  const store = await aws(site, 'state')
  const state = await currentState(store).catch(noState)
  if (state) {
    refuseUnread(state, terraform)
    refuseOtherState(state, settings)
  }
  if (means.lockTimeout === 0 && (await holdersOf(store)).length > 0) throw await busy(store, '', site.clock.now())
  const work = workFor(site, {...means, terraform})
  await sweep(pluginRuns(work.parent.env))
  const known = state ? countResources(state) : 0
  return {settings, definition, work, state, known, lockLeft: () => lockSince(store, begun, means.worker)}
}

/** How Terraform works for a site. Which provider it uses is kept beside fb.yml, and without one on this machine. */
export function workFor(
  {connection: {profile, signal, endpoints}}: Site,
  {terraform, parent, directory}: Pick<Means, 'parent' | 'directory'> & {terraform: Terraform},
): Work {
  const settings = findUp(directory, 'fb.yml')
  const place = settings ? dirname(settings) : join(cacheDirectory(parent.env), 'terraform')
  return {terraform, parent, signal, profile, endpoints, lockFile: join(place, settings ? LOCK_FILE : 'lock.hcl')}
}

/** The sandbox plays the AWS that a deployment needs: far from everything that Terraform would make. */
function refuseSandbox({sandbox}: Site): void {
  if (!sandbox) return
  throw new UsageError('Terraform has nothing to work on in the sandbox: it plays only what a deployment needs.', {
    code: 'sandbox',
    state: 'Nothing was changed.',
    next: ['fb infra synth --env sandbox', 'fb infra graph --env sandbox'],
  })
}

function refuseUnread(state: CurrentState, terraform: Terraform): void {
  refuseNewer(terraform, state.terraformVersion)
  if (state.digestMatches) return
  throw new Refused('Terraform refuses this state: its MD5 is not the digest in the lock table.', {
    code: 'digest_differs',
    state: 'Nothing was changed.',
    next: ['fb state lock'],
  })
}

/** What another account has, these credentials could not find: Terraform would make all of it again. */
function refuseOtherState(state: CurrentState, {account, environment: {name}}: StackSettings): void {
  for (const {address, attributes, mode} of instancesOf(state)) {
    const owner = typeof attributes.arn === 'string' && /^arn:[\w-]+:\w+:[\w-]*:(\d{12}):/.exec(attributes.arn)?.[1]
    if (mode !== 'managed' || !owner) continue
    if (owner === account) return
    throw new Refused(`The state of ${name} is that of account ${owner}, not of ${account}.`, {
      code: 'other_account_state',
      because: [`${address}: ${attributes.arn}`],
      state: 'Nothing was changed.',
      next: [
        `set environments.${name}.account in fb.yml`,
        'give each account a state.bucket of its own, in an fb.yml of its own',
      ],
    })
  }
}

export const nothingHere = (name: string) =>
  new NotFound(`${name} has no state: there is nothing that fb could destroy.`, {
    code: 'no_state',
    state: 'Nothing was changed.',
    next: ['fb state adopt --from-key KEY'],
  })

export function noState(error: unknown): undefined {
  if (error instanceof NotFound && error.code === 'no_state') return undefined
  throw error
}

/** A place for a file that only this user can read; one that is there is never written over. */
export async function placeFor(file: string, directory: string): Promise<(bytes: Buffer) => Promise<void>> {
  const {files} = await import('./local/files.js')
  const place = files(directory)
  if ((await place.list(file)).includes(file))
    throw new UsageError(`${file} is there already; fb does not write over a file.`, {
      code: 'exists',
      state: 'Nothing was changed.',
    })
  return (bytes) => place.add(file, bytes)
}

/** The bytes of a file of this machine. */
export async function bytesOf(file: string, directory: string): Promise<Buffer> {
  const {files} = await import('./local/files.js')
  const found = await files(directory).get(file)
  if (found) return found.bytes
  throw new NotFound(`There is no file ${file}.`, {code: 'no_file', state: 'Nothing was changed.'})
}

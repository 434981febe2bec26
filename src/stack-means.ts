import type {Caller} from './aws/sts.js'
import {stateDirectory} from './config/directories.js'
import {namesOf, SHARED} from './config/names.js'
import {Busy} from './errors.js'
import {aws, type Site} from './site.js'
import {noState} from './stack-access.js'
import type {ApplyMeans} from './stack-apply.js'
import {lockSince} from './stack-lock.js'
import {takeBackup} from './state/backups/take-backup.js'
import type {Worker} from './state/locks/lock.js'
import type {StateStore} from './state/store.js'
import {writingOf} from './state-access.js'

export type Hands = {
  caller: Caller
  worker: Worker
  lockTimeout: number
  why: string
  directory: string
  env: NodeJS.ProcessEnv
}

export type StackMeans = ApplyMeans & {
  /** The state; its calls do not end with Ctrl-C, for an apply that was done before it was heard. */
  store: StateStore
}

/** What an apply to a site needs besides Terraform. */
export async function meansFor(site: Site, hands: Hands): Promise<StackMeans> {
  const {store, backups, by, clock, lockTimeout} = await writingOf(site, hands)
  const {worker, why, directory, env} = hands
  return {
    store,
    clock,
    lockTimeout,
    backUp: () => takeBackup(store, backups, {by, why, at: clock.now()}, {}).catch(noState),
    databases: () => aws(site, 'rds'),
    command: why,
    keep: (unsaved) =>
      kept(unsaved, `errored-${site.environment.name}-${stamp(clock.now())}.tfstate`, {directory, env}),
    lockLeft: (since) => lockSince(store, since, worker),
  }
}

const stamp = (at: Date) => at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')

type Places = {directory: string; env: NodeJS.ProcessEnv}

/** Where the command was given, else where fb keeps what outlives it: never where the system removes files by itself. */
async function kept(unsaved: Buffer, name: string, {directory, env}: Places): Promise<string> {
  const {files} = await import('./local/files.js')
  const own = `${stateDirectory(env)}/${name}`
  return files(directory)
    .add(name, unsaved)
    .then(
      () => name,
      () =>
        files(directory)
          .add(own, unsaved)
          .then(() => own),
    )
}

/** CodeDeploy changes the listeners and the task sets that Terraform would change too. */
export async function refuseWhileDeploying(site: Site): Promise<void> {
  const {environment, settings} = site
  if (environment.name === SHARED) return
  const several = Object.keys(settings.services)
  for (const service of several) {
    const names = namesOf({app: settings.app, env: environment.name, service})
    const {inFlight} = await aws({...site, service, names, adapters: new Map()}, 'codedeploy')
    const running = await inFlight()
    if (running) throw deploying(running.id, service, several.length > 1)
  }
}

const deploying = (id: string, service: string, several: boolean) =>
  new Busy(`Deployment ${id} of ${service} is running: it and Terraform would change the same listeners.`, {
    code: 'deploying',
    state: 'Nothing was changed.',
    next: [`fb watch ${id}${several ? ` --service ${service}` : ''}`, 'fb status'],
  })

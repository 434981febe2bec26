import {fingerprintKey} from './config/directories.js'
import {namesOf} from './config/names.js'
import {fingerprinter} from './local/machine-key.js'
import {type Fleet, readFleet} from './params/fleet.js'
import type {Fingerprint} from './params/mask.js'
import {nameOf, refuseElsewhere} from './params/names.js'
import {aws, type Site} from './site.js'

/** The same place, seen as another of the application's services. */
export const serviceSite = (site: Site, service: string): Site =>
  service === site.service
    ? site
    : {
        ...site,
        service,
        names: namesOf({app: site.settings.app, env: site.environment.name, service}),
        adapters: new Map(),
      }

/** Every service of the environment, and what its tasks read. */
export async function fleetOf(site: Site): Promise<Fleet> {
  const services = Object.keys(site.settings.services)
  const reads = services.map(async (service) => [service, await aws(serviceSite(site, service), 'ecs')] as const)
  return readFleet(Object.fromEntries(await Promise.all(reads)))
}

export const fingerprintOn = (env: NodeJS.ProcessEnv): Fingerprint => fingerprinter(fingerprintKey(env))

/** What is read and changed here belongs to this environment, or to all of them. */
export const refuseOthers = ({settings, names}: Site, keys: string[], verb = 'set'): void =>
  refuseElsewhere(
    keys.map((key) => nameOf(key, names.parameterPath)),
    names.parameterPath,
    Object.keys(settings.environments),
    verb,
  )

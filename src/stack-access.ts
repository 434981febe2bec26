import {join} from 'node:path'

import {explain} from './errors.js'
import {type Definition, definitionOf} from './infra/definition.js'
import {type StackSettings, synthesize} from './infra/synth.js'
import {aws, type Site} from './site.js'

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

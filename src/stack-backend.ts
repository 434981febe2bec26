import type {Caller} from './aws/sts.js'
import {explain, NotFound} from './errors.js'
import {aws, type Site} from './site.js'
import {type BootstrapPlan, planBootstrap, toDo} from './state/backend/bootstrap.js'
import {currentState} from './state/current.js'
import {backendGoal} from './state-access.js'

/** What is to be made before there is anything that a state can be kept in; nothing: it is there. */
export async function missingBackend(site: Site, caller: Caller): Promise<BootstrapPlan | undefined> {
  const found = await aws(site, 'state').then(currentState).catch(explain)
  if (!(found instanceof NotFound) || !['no_bucket', 'no_lock_table'].includes(found.code)) return undefined
  const plan = await planBootstrap(await aws(site, 'bucket', 'lockTable'), backendGoal(site, caller))
  return toDo(plan).length > 0 ? plan : undefined
}

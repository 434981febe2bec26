import {
  ApplicationDoesNotExistException,
  ApplicationNameRequiredException,
  DeploymentGroupDoesNotExistException,
} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {activeFault} from '../faults.js'
import {saying} from '../handlers.js'

/** On what the group rolls back by itself. */
export const rollbackEvents = ({state, now}: Account): string[] =>
  activeFault(state.faults, 'no-auto-rollback', now) ? [] : ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']

export function inApplication({inventory}: Account, name?: string) {
  if (!name) throw new ApplicationNameRequiredException(saying('The application name was not specified'))
  if (name !== inventory.codedeployApplication)
    throw new ApplicationDoesNotExistException(saying(`No application found for name: ${name}`))
}

export function inGroup(account: Account, application?: string, name?: string): string {
  inApplication(account, application)
  const {state, now, inventory} = account
  if (name !== inventory.deploymentGroup || activeFault(state.faults, 'no-group', now))
    throw new DeploymentGroupDoesNotExistException(saying(`No Deployment Group found for name: ${name}`))
  return name
}

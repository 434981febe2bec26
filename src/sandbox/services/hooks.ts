import type * as codedeploy from '@aws-sdk/client-codedeploy'
import {
  DeploymentDoesNotExistException,
  InvalidLifecycleEventHookExecutionIdException,
  InvalidLifecycleEventHookExecutionStatusException,
  LifecycleEventAlreadyCompletedException,
  PutLifecycleEventHookExecutionStatus$,
} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {lifecycleAt} from '../deployments.js'
import {type Handlers, saying} from '../handlers.js'
import {digestOf} from '../inventory.js'
import {hookEvents} from '../plan.js'
import {findDeployment} from './deployment-shapes.js'

export const schemas = {PutLifecycleEventHookExecutionStatus$}

/** What CodeDeploy hands to a hook; only the function that it was handed to knows it. */
export const hookExecutionId = (deploymentId: string, event: string) => digestOf(`${deploymentId} ${event}`)

/**
 * Nothing runs a function here: by itself a hook is over at once. Under the fault `hook-silent` a deployment waits for one,
 * and whoever plays the function decides with this report how it goes on.
 */
export const handlers: Handlers<typeof codedeploy, typeof schemas> = {
  PutLifecycleEventHookExecutionStatus: (input, account) => account.record((inside) => report(inside, input)),
}

function report(account: Account, input: codedeploy.PutLifecycleEventHookExecutionStatusCommandInput) {
  const {deploymentId: id = '', lifecycleEventHookExecutionId: execution, status} = input
  const {now, state} = account
  const deployment = findDeployment(account, id)
  if (!deployment) throw new DeploymentDoesNotExistException(saying(`The deployment ${id} could not be found`))
  // The API takes no other, though its type lists all states of an event (PutLifecycleEventHookExecutionStatus).
  if (status !== 'Succeeded' && status !== 'Failed')
    throw new InvalidLifecycleEventHookExecutionStatusException(saying(`Invalid lifecycle event status: ${status}`))
  const event = hookEvents.find((name) => hookExecutionId(id, name) === execution)
  const seen = lifecycleAt(deployment, now).find(({name}) => name === event)
  if (!seen || seen.status === 'Pending')
    throw new InvalidLifecycleEventHookExecutionIdException(saying(`Invalid lifecycle event hook execution id`))
  const hook = state.deployments.find((record) => record.id === id)?.hook
  if (seen.status !== 'InProgress' || !hook || hook.event !== event || hook.report)
    throw new LifecycleEventAlreadyCompletedException(saying(`The lifecycle event ${event} has already completed`))
  hook.report = {at: now, status}
  return {lifecycleEventHookExecutionId: execution}
}

import type * as codedeploy from '@aws-sdk/client-codedeploy'
import {
  BatchGetDeployments$,
  BatchGetDeploymentTargets$,
  ContinueDeployment$,
  CreateDeployment$,
  DeploymentAlreadyCompletedException,
  DeploymentConfigDoesNotExistException,
  DeploymentDoesNotExistException,
  DeploymentIsNotInReadyStateException,
  DeploymentLimitExceededException,
  DeploymentNotStartedException,
  DescriptionTooLongException,
  GetDeployment$,
  GetDeploymentTarget$,
  InvalidDeploymentTargetIdException,
  InvalidDeploymentWaitTypeException,
  ListDeployments$,
  ListDeploymentTargets$,
  RevisionRequiredException,
  StopDeployment$,
} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {activeDeployment, newDeployment} from '../create.js'
import {type Deployment, deploymentsAt, isOver, statusAt} from '../deployments.js'
import {activeFault} from '../faults.js'
import {type Handlers, page, saying} from '../handlers.js'
import {minute, second} from '../plan.js'
import {strategies} from '../strategies.js'
import {taskDefinitionOf} from './appspec.js'
import {inApplication, inGroup, rollbackEvents} from './deployment-group.js'
import {deploymentInfo, deploymentTarget, findDeployment} from './deployment-shapes.js'

export const schemas = {
  BatchGetDeployments$,
  BatchGetDeploymentTargets$,
  ContinueDeployment$,
  CreateDeployment$,
  GetDeployment$,
  GetDeploymentTarget$,
  ListDeployments$,
  ListDeploymentTargets$,
  StopDeployment$,
}

export const handlers: Handlers<typeof codedeploy, typeof schemas> = {
  CreateDeployment: (input, account) => account.record((inside) => create(inside, input)),
  GetDeployment: ({deploymentId}, account) => ({deploymentInfo: deploymentInfo(account, known(account, deploymentId))}),
  BatchGetDeployments({deploymentIds}, account) {
    const found = deploymentIds!.flatMap((id) => findDeployment(account, id) ?? [])
    return {deploymentsInfo: found.map((deployment) => deploymentInfo(account, deployment))}
  },
  ListDeployments(input, account) {
    if (input.applicationName) inApplication(account, input.applicationName)
    if (input.deploymentGroupName) inGroup(account, input.applicationName, input.deploymentGroupName)
    const {start, end} = input.createTimeRange ?? {}
    const {world, now} = account
    const ids = deploymentsAt(world, now)
      .filter((one) => !input.includeOnlyStatuses || input.includeOnlyStatuses.includes(statusAt(one, now)))
      .filter(({at}) => at >= (start?.getTime() ?? 0) && at <= (end?.getTime() ?? now))
      .map(({id}) => id)
    const {items, next} = page(ids, 100, input.nextToken)
    return {deployments: items, nextToken: next}
  },
  ListDeploymentTargets({deploymentId}, account) {
    started(account, known(account, deploymentId))
    return {targetIds: [targetId(account)]}
  },
  GetDeploymentTarget: ({deploymentId, targetId: id}, account) => ({
    deploymentTarget: target(account, deploymentId, id),
  }),
  BatchGetDeploymentTargets: ({deploymentId, targetIds}, account) => ({
    deploymentTargets: targetIds!.map((id) => target(account, deploymentId, id)),
  }),
  StopDeployment: ({deploymentId, autoRollbackEnabled}, account) =>
    account.record((inside) => stop(inside, known(inside, deploymentId), autoRollbackEnabled)),
  ContinueDeployment: ({deploymentId, deploymentWaitType}, account) =>
    account.record((inside) => proceed(inside, known(inside, deploymentId), deploymentWaitType)),
}

function create(account: Account, input: codedeploy.CreateDeploymentCommandInput) {
  const group = inGroup(account, input.applicationName, input.deploymentGroupName)
  const content = input.revision?.appSpecContent?.content ?? input.revision?.string?.content
  if (!content) throw new RevisionRequiredException(saying('The revision must be specified'))
  // 512 is the limit the service enforces; the documentation's 256 is what the console shows.
  if ((input.description?.length ?? 0) > 512) throw new DescriptionTooLongException(saying('Description is too long'))
  const config = input.deploymentConfigName ?? account.state.knobs.config
  if (!strategies[config])
    throw new DeploymentConfigDoesNotExistException(saying(`No Deployment Configuration found for name: ${config}`))
  const busy = activeDeployment(account)
  if (busy)
    throw new DeploymentLimitExceededException(
      saying(`The Deployment Group '${group}' already has an active Deployment '${busy.id}'`),
    )
  const task = taskDefinitionOf(account, content)
  const {autoRollbackConfiguration: rollback, overrideAlarmConfiguration: alarms, description} = input
  const record = newDeployment(account, task, {
    content,
    config,
    description,
    alarms: alarms?.alarms?.map(({name}) => name ?? '') ?? Object.values(account.inventory.alarms),
    ignoreAlarms: alarms?.enabled === false,
    rollbackOn: rollback ? (rollback.enabled ? (rollback.events ?? []) : []) : rollbackEvents(account),
  })
  return {deploymentId: record.id}
}

function known(account: Account, id?: string): Deployment {
  const deployment = id ? findDeployment(account, id) : undefined
  if (!deployment) throw new DeploymentDoesNotExistException(saying(`The deployment ${id} could not be found`))
  return deployment
}

const targetId = ({inventory}: Account) => `${inventory.cluster}:${inventory.service}`

function started({now}: Account, deployment: Deployment) {
  if (statusAt(deployment, now) === 'Created')
    throw new DeploymentNotStartedException(saying(`The deployment ${deployment.id} has not started.`))
}

function target(account: Account, deploymentId?: string, id?: string) {
  const deployment = known(account, deploymentId)
  if (id !== targetId(account))
    throw new InvalidDeploymentTargetIdException(
      saying(`Invalid id ${id} for ECS deployment, valid Id should be in format <cluster-name>:<service-name>`),
    )
  started(account, deployment)
  return deploymentTarget(account, deployment)
}

function stop({now, state}: Account, deployment: Deployment, rollback?: boolean) {
  const over = isOver(statusAt(deployment, now)) || deployment.rollback
  if (over)
    throw new DeploymentAlreadyCompletedException(saying(`The deployment ${deployment.id} has already completed`))
  const takes = activeFault(state.faults, 'stop-refused', now) ? 10 * minute : 2 * second
  const record = state.deployments.find(({id}) => id === deployment.id)!
  record.stop ??= {at: now + takes, rollback: rollback ?? false}
  return {status: 'Pending' as const, statusMessage: 'The deployment is being stopped.'}
}

function proceed({now, state}: Account, deployment: Deployment, wait: string = 'READY_WAIT') {
  const {plan} = deployment.rollout
  const status = statusAt(deployment, now)
  const record = state.deployments.find(({id}) => id === deployment.id)
  if (isOver(status) || !record)
    throw new DeploymentAlreadyCompletedException(saying(`The deployment ${deployment.id} has already completed`))
  const ready = wait === 'READY_WAIT'
  if (!ready && wait !== 'TERMINATION_WAIT') throw new InvalidDeploymentWaitTypeException(saying('Invalid wait type'))
  if (ready ? status !== 'Ready' : now < plan.waitsFrom)
    throw new DeploymentIsNotInReadyStateException(saying(`The deployment ${deployment.id} is not in a ready state`))
  if (ready) record.readyContinuedAt = now
  else record.terminationContinuedAt = now
  return {}
}

import {AccessError, Busy, explain, FbError, NotFound, Refused} from '../errors.js'
import {notDone} from './denied.js'

/** A missing application or group is an answer. */
export function absent(error: Error): undefined {
  if (!['DeploymentGroupDoesNotExistException', 'ApplicationDoesNotExistException'].includes(error.name)) throw error
}

export function tooLate(error: Error): false {
  if (!['DeploymentAlreadyCompletedException', 'DeploymentIsNotInReadyStateException'].includes(error.name)) throw error
  return false
}

export const noGroup = (name: string) =>
  new NotFound(`There is no CodeDeploy deployment group ${name}.`, {
    code: 'no_deployment_group',
    state: 'Nothing was changed.',
    next: ['check --env and --service; the infrastructure makes the group'],
  })

export const noConfig = (name: string) => (error: Error) => {
  if (error.name !== 'DeploymentConfigDoesNotExistException' && error.name !== 'InvalidDeploymentConfigNameException')
    throw error
  throw new NotFound(`There is no deployment configuration ${name}.`, {
    code: 'no_strategy',
    next: ['--strategy all-at-once | canary | linear'],
    cause: error,
  })
}

export const otherPlatform = (name: string, platform: string) =>
  new Refused(`${name} is a configuration for ${platform}, not for ECS.`, {
    code: 'wrong_strategy',
    state: 'Nothing was changed.',
    next: ['--strategy all-at-once | canary | linear'],
  })

export const noDeployment = (id: string) => (error: Error) => {
  if (error.name !== 'DeploymentDoesNotExistException' && error.name !== 'InvalidDeploymentIdException') throw error
  throw new NotFound(`There is no deployment ${id}.`, {code: 'no_deployment', next: ['fb releases'], cause: error})
}

/** Right after CreateDeployment there is no target yet. */
export function notStarted(error: Error): undefined {
  if (!['DeploymentNotStartedException', 'DeploymentTargetDoesNotExistException'].includes(error.name)) throw error
}

/** CodeDeploy asks for the right to change the group of a deployment that does not heed the group's alarms. */
export const mayNotCreate =
  (ignoring?: {otherwise: string}) =>
  (error: Error): never => {
    const failure = explain(error)
    const forGroup = error.message.includes('codedeploy:UpdateDeploymentGroup')
    if (!ignoring || !forGroup || !(failure instanceof AccessError)) notDone(error)
    throw failure.given({state: 'Nothing was changed.', next: [ignoring.otherwise]})
  }

export function translate(error: Error): never {
  if (error.name === 'DeploymentLimitExceededException') {
    const id = /'(d-\w+)'/.exec(error.message)?.[1]
    throw new Busy(`Another deployment is already running${id ? `: ${id}` : ''}.`, {
      code: 'busy',
      because: [`codedeploy:CreateDeployment: ${error.message}`],
      next: [`fb watch${id ? ` ${id}` : ''}`],
      cause: error,
    })
  }
  if (error.name.startsWith('Invalid')) {
    throw new FbError(`CodeDeploy refused the deployment: ${error.message}`, {
      code: 'refused_by_codedeploy',
      cause: error,
    })
  }
  throw error
}

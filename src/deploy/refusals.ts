import type {Names} from '../config/names.js'
import {Busy, FbError, Refused} from '../errors.js'
import type {DeployPlan, PlanReads, Scene} from './plan.js'
import {readDescription, sayCreator} from './release.js'
import {type Deployment, type Group, revisionOf, type ServiceState, type TaskSet} from './service.js'

export function primaryOf({controller, name, taskSets}: ServiceState): TaskSet {
  if (controller !== 'CODE_DEPLOY') {
    throw new Refused(`${name} is not deployed by CodeDeploy (its deployment controller is ${controller}).`, {
      code: 'not_code_deploy',
      because: ['ecs:DescribeServices: deploymentController'],
      state: 'Nothing was changed.',
      next: ['fb deploys services whose deployment controller is CODE_DEPLOY'],
    })
  }
  const primary = taskSets.find(({status}) => status === 'PRIMARY')
  if (primary) return primary
  throw new FbError(`${name} has no PRIMARY task set: nothing serves production.`, {
    code: 'no_primary',
    next: ['fb status'],
  })
}

export function refuseOtherGroup({name, listener, service}: Group, {cluster, service: own}: Names): void {
  const refusal = (message: string, because: string) =>
    new Refused(message, {code: 'wrong_group', because: [because], state: 'Nothing was changed.'})
  const said = 'codedeploy:GetDeploymentGroup:'
  if (!listener)
    throw refusal(`Deployment group ${name} is not one for blue/green on ECS.`, `${said} it has no listener`)
  if (!service || service === `${cluster}/${own}`) return
  throw refusal(`Deployment group ${name} deploys ${service}, not ${cluster}/${own}.`, `${said} ecsServices`)
}

/** Which deployment it is, whose, and since when. */
export function sayBusy({id, createdAt, creator, description}: Deployment): string {
  const {actor = sayCreator(creator)} = readDescription(description)
  return `${id}, by ${actor}, since ${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

export function busyWith(deployment: Deployment, {env}: Scene): Busy {
  const {id, description} = deployment
  const {message} = readDescription(description)
  return new Busy(`Another deployment is running: ${sayBusy(deployment)}.`, {
    code: 'busy',
    because: [message ? `It says: ${message}` : 'CodeDeploy runs one deployment of a service at a time.'],
    state: 'Nothing was changed.',
    next: [`fb watch ${id} --env ${env}`, '--if-busy wait | replace | attach'],
  })
}

/** Fails when somebody else's release has come in between since the plan was made. */
export async function refuseIfChanged(
  aws: Pick<PlanReads, 'service'>,
  {primary, scene}: Pick<DeployPlan, 'primary' | 'scene'>,
): Promise<void> {
  const now = primaryOf(await aws.service())
  if (now.taskDefinition === primary.taskDefinition) return
  throw new Busy(`v${revisionOf(now.taskDefinition)} has come into ${scene.env} since this plan was made.`, {
    code: 'changed',
    state: 'Nothing was changed.',
    next: ['plan it again'],
  })
}

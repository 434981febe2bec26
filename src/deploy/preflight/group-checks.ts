import {fail, type Look, ok, warn} from './check.js'
import type {TargetGroup} from './preflight.js'

export const account: Look = ({scene, account: given}) => {
  if (given === undefined)
    return warn('fb.yml names none, so that any will do', `set environments.${scene.env}.account in fb.yml`)
  if (given === scene.account) return ok(`${given}, as fb.yml says`)
  return fail(`the credentials are of ${scene.account}; fb.yml says ${given}`, '--profile NAME')
}

export const controller: Look = async ({primary, scene}) => {
  await primary
  return ok(`CodeDeploy deploys ${scene.names.service}`)
}

export const group: Look = async ({group, strategy}) => {
  const {name, service} = await group
  const {name: config} = await strategy
  if (service) return ok(`deploys this service, ${config.replace('CodeDeployDefault.', '')}`)
  return warn(`${name} does not say which service it deploys`, 'set ecsServices of the deployment group')
}

const FAILURE = 'DEPLOYMENT_FAILURE'
const ALARM = 'DEPLOYMENT_STOP_ON_ALARM'

/** Without it a failed deployment stays where it was, be it with the traffic divided. */
export const rollback: Look = async ({group}) => {
  const {name, rollbackOn, alarms} = await group
  const missing = [FAILURE, ...(alarms.length > 0 ? [ALARM] : [])].filter((event) => !rollbackOn.includes(event))
  if (missing.length === 0) return ok(alarms.length > 0 ? 'by itself, on failure and alarm' : 'by itself, on failure')
  return fail(
    `${name} does not roll back by itself on ${missing.join(', ')}`,
    'add it to autoRollbackConfiguration of the deployment group',
  )
}

/** What makes traffic reach the tasks at all; the rest only decides when they count as healthy. */
const ESSENTIAL = ['protocol', 'port', 'target type', 'VPC']

export const targetGroups: Look = async ({targetGroups}) => {
  const [blue, green] = await targetGroups
  if (!blue || !green) return fail('the deployment group does not have two target groups')
  const names = `${blue.name} and ${green.name}`
  const different = differences(blue, green)
  if (different.length === 0) return ok(`${names} are alike`)
  const said = different.map((key) => `${key} ${blue.settings[key]} and ${green.settings[key]}`).join(', ')
  const verdict = different.some((key) => ESSENTIAL.includes(key)) ? fail : warn
  return verdict(`${names} differ: ${said}`, 'make the two target groups alike')
}

const differences = (blue: TargetGroup, green: TargetGroup): string[] =>
  Object.keys(blue.settings).filter((key) => blue.settings[key] !== green.settings[key])

/** CodeDeploy refuses to begin otherwise, and mostly it was Terraform that has put the listener back. */
export const listener: Look = async ({group, primary, targetGroups, inFlight}, aws) => {
  const [{listener}, set, pair] = await Promise.all([group, primary, targetGroups])
  if (await inFlight) return ok('its traffic is being moved')
  const weights = await aws.weights(
    listener,
    pair.map(({arn}) => arn),
  )
  const own = pair.find(({arn}) => arn === set.targetGroup)
  if (!own) return fail('the PRIMARY task set is behind a target group that is not the deployment group’s')
  const percent = weights[own.arn] ?? 0
  if (percent === 100) return ok(`all traffic goes to the PRIMARY task set, in ${own.name}`)
  return fail(
    `${percent} % of the traffic goes to the PRIMARY task set, in ${own.name}`,
    `let the listener forward to ${own.name} alone; see whether Terraform has changed it`,
  )
}

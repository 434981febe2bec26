import type * as codedeploy from '@aws-sdk/client-codedeploy'
import {
  BatchGetApplicationRevisions$,
  DeploymentConfigDoesNotExistException,
  GetApplication$,
  GetApplicationRevision$,
  GetDeploymentConfig$,
  GetDeploymentGroup$,
  ListApplications$,
  ListDeploymentGroups$,
  RevisionDoesNotExistException,
} from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {readyMinutesOf} from '../create.js'
import {deploymentsAt, statusAt} from '../deployments.js'
import {activeFault} from '../faults.js'
import {type Handlers, saying} from '../handlers.js'
import {uuidOf} from '../inventory.js'
import {strategies} from '../strategies.js'
import * as applications from './applications.js'
import {inApplication, inGroup, rollbackEvents} from './deployment-group.js'
import {autoRollback, blueGreen, loadBalancerInfo} from './deployment-shapes.js'
import * as deployments from './deployments.js'
import * as hooks from './hooks.js'

const own = {
  BatchGetApplicationRevisions$,
  GetApplication$,
  GetApplicationRevision$,
  GetDeploymentConfig$,
  GetDeploymentGroup$,
  ListApplications$,
  ListDeploymentGroups$,
}

export const schemas = {...deployments.schemas, ...hooks.schemas, ...applications.schemas, ...own}

export const handlers: Handlers<typeof codedeploy, typeof schemas> = {
  ...deployments.handlers,
  ...hooks.handlers,
  ...applications.handlers,
  ListApplications: (_, {inventory}) => ({applications: [inventory.codedeployApplication]}),
  GetApplication({applicationName}, account) {
    const made = applications.madeApplication(account, applicationName)
    if (made) return {application: made}
    inApplication(account, applicationName)
    const createTime = new Date(account.state.taskDefinitions[0]!.at)
    const applicationId = uuidOf(applicationName!)
    return {application: {applicationId, applicationName, createTime, linkedToGitHub: false, computePlatform: 'ECS'}}
  },
  ListDeploymentGroups({applicationName}, account) {
    inApplication(account, applicationName)
    const {inventory, state, now} = account
    const none = activeFault(state.faults, 'no-group', now)
    return {applicationName, deploymentGroups: none ? [] : [inventory.deploymentGroup]}
  },
  GetDeploymentGroup({applicationName, deploymentGroupName}, account) {
    const made = applications.madeGroup(account, applicationName, deploymentGroupName)
    if (made) return {deploymentGroupInfo: made}
    inGroup(account, applicationName, deploymentGroupName)
    return {deploymentGroupInfo: group(account)}
  },
  GetDeploymentConfig: ({deploymentConfigName: name}) => ({deploymentConfigInfo: config(name!)}),
  GetApplicationRevision({applicationName, revision}, account) {
    inApplication(account, applicationName)
    const found = content(account, revision!)
    if (!found) throw new RevisionDoesNotExistException(saying('No application revision found'))
    return {applicationName, revision: found.revisionLocation, revisionInfo: found.genericRevisionInfo}
  },
  BatchGetApplicationRevisions({applicationName, revisions}, account) {
    inApplication(account, applicationName)
    return {applicationName, revisions: revisions!.flatMap((revision) => content(account, revision) ?? [])}
  },
}

function group(account: Account): codedeploy.DeploymentGroupInfo {
  const {inventory, state, world, now} = account
  const all = deploymentsAt(world, now)
  const last = (deployment = all[0]): codedeploy.LastDeploymentInfo | undefined =>
    deployment && {
      deploymentId: deployment.id,
      status: statusAt(deployment, now),
      createTime: new Date(deployment.at),
    }
  return {
    applicationName: inventory.codedeployApplication,
    deploymentGroupId: uuidOf(inventory.deploymentGroup),
    deploymentGroupName: inventory.deploymentGroup,
    deploymentConfigName: state.knobs.config,
    serviceRoleArn: `arn:aws:iam::${inventory.where.account}:role/${inventory.where.app}-${inventory.where.env}-codedeploy`,
    computePlatform: 'ECS',
    deploymentStyle: {deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL'},
    blueGreenDeploymentConfiguration: blueGreen(state.knobs.terminationMinutes, readyMinutesOf(account)),
    loadBalancerInfo: loadBalancerInfo(account),
    ecsServices: [{clusterName: inventory.cluster, serviceName: inventory.service}],
    alarmConfiguration: {
      enabled: true,
      ignorePollAlarmFailure: false,
      alarms: Object.values(inventory.alarms).map((name) => ({name})),
    },
    autoRollbackConfiguration: autoRollback(rollbackEvents(account)),
    triggerConfigurations: [],
    lastAttemptedDeployment: last(all[0]),
    lastSuccessfulDeployment: last(all.find((one) => statusAt(one, now) === 'Succeeded')),
  }
}

function config(name: string): codedeploy.DeploymentConfigInfo {
  const strategy = strategies[name]
  if (!strategy)
    throw new DeploymentConfigDoesNotExistException(saying(`No Deployment Configuration found for name: ${name}`))
  const {type} = strategy
  const share = type === 'AllAtOnce' ? undefined : strategy
  return {
    deploymentConfigId: uuidOf(name),
    deploymentConfigName: name,
    computePlatform: 'ECS',
    createTime: new Date('2018-11-27T00:00:00Z'),
    trafficRoutingConfig: {
      type,
      ...(share?.type === 'TimeBasedCanary' && {
        timeBasedCanary: {canaryPercentage: share.percentage, canaryInterval: share.interval},
      }),
      ...(share?.type === 'TimeBasedLinear' && {
        timeBasedLinear: {linearPercentage: share.percentage, linearInterval: share.interval},
      }),
    },
  }
}

function content(
  {state, inventory}: Account,
  wanted: codedeploy.RevisionLocation,
): codedeploy.RevisionInfo | undefined {
  const sha256 = wanted.appSpecContent?.sha256
  const uses = state.deployments.filter((record) => record.sha256 === sha256)
  const [first] = uses
  if (!first) return undefined
  return {
    revisionLocation: {revisionType: 'AppSpecContent', appSpecContent: {content: first.content, sha256}},
    genericRevisionInfo: {
      deploymentGroups: [inventory.deploymentGroup],
      registerTime: new Date(first.at),
      firstUsedTime: new Date(first.at),
      lastUsedTime: new Date(uses.at(-1)!.at),
    },
  }
}

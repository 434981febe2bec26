import type * as codedeploy from '@aws-sdk/client-codedeploy'
import type {Account} from '../account.js'
import {cutBy, type Deployment, deploymentsAt, isOver, lifecycleAt, statusAt} from '../deployments.js'
import {countsOf} from '../tasks.js'
import {desiredAt, setsAt} from '../world.js'

type Info = codedeploy.DeploymentInfo

export function deploymentInfo(account: Account, deployment: Deployment): Info {
  const {inventory, now} = account
  const {rollout, rollback} = deployment
  const {record, plan} = rollout
  const status = statusAt(deployment, now)
  const over = isOver(status)
  const deployed = rollback ? previousRecord(account, deployment) : record
  return {
    applicationName: inventory.codedeployApplication,
    deploymentGroupName: inventory.deploymentGroup,
    deploymentConfigName: rollback ? 'CodeDeployDefault.ECSAllAtOnce' : record.config,
    deploymentId: deployment.id,
    computePlatform: 'ECS',
    status,
    creator: rollback ? 'codeDeployRollback' : 'user',
    description: rollback ? undefined : record.description,
    createTime: new Date(deployment.at),
    startTime: status === 'Created' ? undefined : new Date(rollback ? rollback.at + 2000 : plan.startsAt),
    completeTime: over ? new Date(rollback?.endsAt ?? rollout.endsAt) : undefined,
    // The content of an AppSpec is only given by GetApplicationRevision (recorded: null here).
    revision: revision(deployed?.sha256),
    previousRevision: revision(previousRecord(account, deployment)?.sha256),
    deploymentOverview: over ? overview(status) : undefined,
    ...(rollback ? rollbackOrigin(deployment) : cutInformation(deployment, now)),
    instanceTerminationWaitTimeStarted: !rollback && !cutBy(rollout, now) && plan.waitsFrom <= now,
    deploymentStyle: {deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL'},
    blueGreenDeploymentConfiguration: blueGreen(record.terminationMinutes, record.readyMinutes),
    loadBalancerInfo: loadBalancerInfo(account),
    autoRollbackConfiguration: rollback ? {enabled: false, events: []} : autoRollback(record.rollbackOn),
    ...(record.ignoreAlarms && {overrideAlarmConfiguration: {enabled: false}}),
    ignoreApplicationStopFailures: false,
    updateOutdatedInstancesOnly: false,
  }
}

const revision = (sha256?: string): codedeploy.RevisionLocation | undefined =>
  sha256 ? {revisionType: 'AppSpecContent', appSpecContent: {sha256}} : undefined

/** What served before: the newest deployment that succeeded before this one was created. */
function previousRecord({world}: Account, {rollout}: Deployment) {
  return world.rollouts.findLast(({record, cut}) => record.at < rollout.record.at && !cut)?.record
}

const overview = (status: string): codedeploy.DeploymentOverview => {
  const ok = status === 'Succeeded'
  return {Pending: 0, InProgress: 0, Succeeded: ok ? 1 : 0, Failed: ok ? 0 : 1, Skipped: 0, Ready: 0}
}

const rollbackOrigin = ({id, rollout}: Deployment): Info => ({
  rollbackInfo: {
    rollbackTriggeringDeploymentId: rollout.record.id,
    rollbackMessage: `Deployment ${id} is triggered to roll back deployment ${rollout.record.id}.`,
  },
})

function cutInformation({id, rollout}: Deployment, now: number): Info {
  const cut = cutBy(rollout, now)
  if (!cut) return {}
  const errorInformation = {code: cut.code as codedeploy.ErrorCode, message: cut.message}
  if (!cut.rollback) return {errorInformation}
  const rollbackMessage = `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${cut.rollback.id}.`
  return {errorInformation, rollbackInfo: {rollbackDeploymentId: cut.rollback.id, rollbackMessage}}
}

export const blueGreen = (termination: number, ready: number): codedeploy.BlueGreenDeploymentConfiguration => ({
  terminateBlueInstancesOnDeploymentSuccess: {action: 'TERMINATE', terminationWaitTimeInMinutes: termination},
  deploymentReadyOption: {
    actionOnTimeout: ready ? 'STOP_DEPLOYMENT' : 'CONTINUE_DEPLOYMENT',
    waitTimeInMinutes: ready,
  },
})

export function loadBalancerInfo({inventory, state}: Account): codedeploy.LoadBalancerInfo {
  const {listeners, targetGroups} = inventory
  const pair: codedeploy.TargetGroupPairInfo = {
    targetGroups: targetGroups.map(({name}) => ({name})),
    prodTrafficRoute: {listenerArns: [listeners.prod]},
    ...(state.knobs.testListener && {testTrafficRoute: {listenerArns: [listeners.test]}}),
  }
  return {targetGroupPairInfoList: [pair]}
}

export const autoRollback = (events: string[]): codedeploy.AutoRollbackConfiguration => ({
  enabled: events.length > 0,
  events: events as codedeploy.AutoRollbackEvent[],
})

const targetStatus = {Created: 'Pending', Stopped: 'Failed'} as Record<string, codedeploy.TargetStatus>

export function deploymentTarget(account: Account, deployment: Deployment): codedeploy.DeploymentTarget {
  const {inventory, now} = account
  const status = statusAt(deployment, now)
  const ecsTarget: codedeploy.ECSTarget = {
    deploymentId: deployment.id,
    targetId: `${inventory.cluster}:${inventory.service}`,
    targetArn: inventory.serviceArn,
    lastUpdatedAt: new Date(Math.min(now, deployment.rollback?.endsAt ?? deployment.rollout.endsAt)),
    status: targetStatus[status] ?? (status as codedeploy.TargetStatus),
    lifecycleEvents: lifecycleAt(deployment, now).map(({name, status: state, start, end}) => ({
      lifecycleEventName: name,
      status: state,
      ...(start !== undefined && {startTime: new Date(start)}),
      ...(end !== undefined && {endTime: new Date(end)}),
      ...(state === 'Failed' && {diagnostics: diagnostics(deployment)}),
    })),
    taskSetsInfo: taskSetsInfo(account, deployment),
  }
  return {deploymentTargetType: 'ECSTarget', ecsTarget}
}

const diagnostics = ({rollout}: Deployment): codedeploy.Diagnostics => ({
  errorCode: rollout.cut?.code === 'HOOK_EXECUTION_FAILURE' ? 'ScriptFailed' : 'UnknownError',
  message: rollout.cut?.message,
})

function taskSetsInfo(account: Account, {rollout}: Deployment): codedeploy.ECSTaskSet[] {
  const {world, now, state, inventory} = account
  const mine = setsAt(world, now).filter(({id}) => id === rollout.blue.id || id === rollout.green?.id)
  return mine.map((set) => {
    const {pending, running} = countsOf(world, set, now)
    return {
      identifer: set.id,
      desiredCount: set.status === 'DRAINING' ? 0 : desiredAt(state, now),
      pendingCount: pending,
      runningCount: running,
      status: set.status,
      trafficWeight: set.weight,
      targetGroup: {name: inventory.targetGroups[set.group].name},
      taskSetLabel: set.id === rollout.green?.id ? 'Green' : 'Blue',
    }
  })
}

export const findDeployment = ({world, now}: Account, id: string) =>
  deploymentsAt(world, now).find((one) => one.id === id)

import {
  BatchGetApplicationRevisionsCommand,
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  type DeploymentGroupInfo,
  type DeploymentInfo,
  type DeploymentStatus,
  type DeploymentWaitType,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListDeploymentsCommand,
  ListTagsForResourceCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy'

import type {Names} from '../config/names.js'
import type {Deployment, Group, LifecycleEvent} from '../deploy/service.js'
import type {Strategy} from '../deploy/strategy.js'
import {type Connection, connect, onceOnly, pages} from './clients.js'
import {
  absent,
  mayNotCreate,
  noConfig,
  noDeployment,
  noGroup,
  notStarted,
  otherPlatform,
  tooLate,
  translate,
} from './codedeploy-errors.js'

const IN_FLIGHT: DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready']
const BATCH = 25
const HOUR = 3_600_000

export type NewDeployment = {
  content: string
  sha256: string
  config: string
  description: string
  /** Alarms that fire do not stop this deployment, whatever the group says; what to do where that may not be said. */
  ignoreAlarms?: {otherwise: string}
}

export function codedeploy(connection: Connection, names: Names) {
  const {cluster, service, codedeployApplication: applicationName, deploymentGroup: deploymentGroupName} = names
  const {read, write} = connect(CodeDeployClient, connection)
  const place = {applicationName, deploymentGroupName}

  const deployments = async (ids: string[]): Promise<Deployment[]> => {
    const batches = chunks(ids).map((deploymentIds) => read(new BatchGetDeploymentsCommand({deploymentIds})))
    const found = (await Promise.all(batches)).flatMap(({deploymentsInfo = []}) => deploymentsInfo.map(deploymentFrom))
    return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
  }

  const listed = async (
    most: number,
    filter: {includeOnlyStatuses?: DeploymentStatus[]; createTimeRange?: {start: Date}} = {},
  ) => {
    const get = (nextToken?: string) => read(new ListDeploymentsCommand({...place, ...filter, nextToken}))
    return deployments(
      await pages(
        get,
        (page) => page.deployments,
        (page) => page.nextToken,
        most,
      ),
    )
  }

  const create = ({content, sha256, config, description, ignoreAlarms}: NewDeployment): Promise<string> => {
    const revision = {revisionType: 'AppSpecContent', appSpecContent: {content, sha256}} as const
    const alarms = ignoreAlarms ? {overrideAlarmConfiguration: {enabled: false, alarms: []}} : {}
    const input = {...place, deploymentConfigName: config, description, revision, ...alarms}
    const command = () => new CreateDeploymentCommand(input)
    // No other deployment of the last hour has this AppSpec: its sha256 is ours alone.
    const createTimeRange = {start: new Date(Date.now() - HOUR)}
    const ours = async () =>
      (await listed(BATCH, {createTimeRange})).find((deployment) => deployment.sha256 === sha256)?.id
    const look = ['fb status', 'fb releases']
    const created = onceOnly(async () => (await write(command())).deploymentId!, ours, look)
    return created.catch(mayNotCreate(ignoreAlarms)).catch(translate)
  }

  const groupTags = async ({region, account}: {region: string; account: string}): Promise<Record<string, string>> => {
    const ResourceArn = `arn:aws:codedeploy:${region}:${account}:deploymentgroup:${applicationName}/${deploymentGroupName}`
    const get = (NextToken?: string) => read(new ListTagsForResourceCommand({ResourceArn, NextToken}))
    const found = await pages(
      get,
      (page) => page.Tags,
      (page) => page.NextToken,
    )
    return Object.fromEntries(found.map(({Key, Value}) => [Key!, Value ?? '']))
  }

  /** Asking again for what was asked for changes nothing, so a lost answer is asked for again. */
  const told = (tell: () => Promise<unknown>): Promise<boolean> =>
    onceOnly(
      () => tell().then(() => true, tooLate),
      async () => undefined,
      ['fb status', 'fb watch'],
    )

  const findGroup = async (): Promise<Group | undefined> => {
    const answer = await read(new GetDeploymentGroupCommand(place)).catch(absent)
    return answer?.deploymentGroupInfo && groupFrom(answer.deploymentGroupInfo)
  }

  return {
    findGroup,
    async group(): Promise<Group> {
      const group = await findGroup()
      if (!group) throw noGroup(deploymentGroupName)
      return group
    },
    /** The tags of the group, by which the infrastructure tells what deployments need to know. */
    groupTags,
    async strategy(name: string): Promise<Strategy> {
      const {deploymentConfigInfo} = await read(new GetDeploymentConfigCommand({deploymentConfigName: name})).catch(
        noConfig(name),
      )
      const {computePlatform = 'ECS', trafficRoutingConfig} = deploymentConfigInfo!
      if (computePlatform !== 'ECS') throw otherPlatform(name, computePlatform)
      const {timeBasedCanary: canary, timeBasedLinear: linear} = trafficRoutingConfig ?? {}
      if (canary) return {name, percent: canary.canaryPercentage!, everyMinutes: canary.canaryInterval!, kind: 'canary'}
      if (linear) return {name, percent: linear.linearPercentage!, everyMinutes: linear.linearInterval!, kind: 'linear'}
      return {name, percent: 100, everyMinutes: 0, kind: 'all-at-once'}
    },
    create,
    /** Asks for the end of a deployment and, with `rollback`, for its traffic back on blue. False: it was over before. */
    stop: (deploymentId: string, {rollback}: {rollback: boolean}): Promise<boolean> =>
      told(() => write(new StopDeploymentCommand({deploymentId, autoRollbackEnabled: rollback}))),
    /** Ends a wait for approval, or for the end of blue. False: it was not waiting (any more). */
    proceed: (deploymentId: string, deploymentWaitType: DeploymentWaitType): Promise<boolean> =>
      told(() => write(new ContinueDeploymentCommand({deploymentId, deploymentWaitType}))),
    async deployment(deploymentId: string): Promise<Deployment> {
      const {deploymentInfo} = await read(new GetDeploymentCommand({deploymentId})).catch(noDeployment(deploymentId))
      return deploymentFrom(deploymentInfo!)
    },
    /** Lifecycle events in order; none before CodeDeploy has started. */
    async lifecycle(deploymentId: string): Promise<LifecycleEvent[]> {
      const input = {deploymentId, targetId: `${cluster}:${service}`}
      const answer = await read(new GetDeploymentTargetCommand(input)).catch(notStarted)
      return (answer?.deploymentTarget?.ecsTarget?.lifecycleEvents ?? []).map((event) => ({
        name: event.lifecycleEventName!,
        status: event.status!,
        startedAt: event.startTime,
        endedAt: event.endTime,
        message: event.diagnostics?.message,
      }))
    },
    /** The newest deployment CodeDeploy is still working on. */
    async inFlight(): Promise<Deployment | undefined> {
      return (await listed(10, {includeOnlyStatuses: IN_FLIGHT}).catch(absent))?.[0]
    },
    /** The newest deployments, newest first. */
    history: async (most: number) => (await listed(most).catch(absent)) ?? [],
    /** The task definition that each AppSpec, named by its sha256, deploys. */
    async deployedTaskDefinitions(sha256s: string[]): Promise<Record<string, string>> {
      const revisions = (batch: string[]) =>
        batch.map((sha256) => ({revisionType: 'AppSpecContent' as const, appSpecContent: {sha256}}))
      const batches = chunks([...new Set(sha256s)]).map((batch) =>
        read(new BatchGetApplicationRevisionsCommand({applicationName, revisions: revisions(batch)})),
      )
      const found = (await Promise.all(batches)).flatMap((answer) => answer.revisions ?? [])
      return Object.fromEntries(
        found.flatMap(({revisionLocation}) => {
          const {sha256, content} = revisionLocation?.appSpecContent ?? {}
          const arn = /arn:aws[\w-]*:ecs:[^"'\s]+:task-definition\/[\w-]+:\d+/.exec(content ?? '')?.[0]
          return sha256 && arn ? [[sha256, arn]] : []
        }),
      )
    },
  }
}

const chunks = <T>(all: T[]): T[][] =>
  Array.from({length: Math.ceil(all.length / BATCH)}, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH))

function deploymentFrom(info: DeploymentInfo): Deployment {
  return {
    id: info.deploymentId!,
    status: info.status!,
    creator: info.creator ?? 'user',
    config: info.deploymentConfigName ?? '',
    createdAt: info.createTime!,
    completedAt: info.completeTime,
    description: info.description,
    sha256: info.revision?.appSpecContent?.sha256 ?? info.revision?.string?.sha256,
    error: info.errorInformation && {code: info.errorInformation.code!, message: info.errorInformation.message!},
    rollbackId: info.rollbackInfo?.rollbackDeploymentId,
    rollbackOf: info.rollbackInfo?.rollbackTriggeringDeploymentId,
    terminationStarted: info.instanceTerminationWaitTimeStarted ?? false,
    terminationMinutes:
      info.blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess?.terminationWaitTimeInMinutes ??
      0,
  }
}

function groupFrom(info: DeploymentGroupInfo): Group {
  const pair = info.loadBalancerInfo?.targetGroupPairInfoList?.[0]
  const blueGreen = info.blueGreenDeploymentConfiguration
  const ready = blueGreen?.deploymentReadyOption
  const waitsForApproval = ready?.actionOnTimeout === 'STOP_DEPLOYMENT'
  const {enabled: watched, alarms} = info.alarmConfiguration ?? {}
  const {enabled: automatic, events} = info.autoRollbackConfiguration ?? {}
  return {
    name: info.deploymentGroupName!,
    service: info.ecsServices?.map(({clusterName, serviceName}) => `${clusterName}/${serviceName}`)[0],
    config: info.deploymentConfigName!,
    alarms: watched ? (alarms ?? []).map(({name}) => name!) : [],
    targetGroups: (pair?.targetGroups ?? []).map(({name}) => name!),
    listener: pair?.prodTrafficRoute?.listenerArns?.[0] ?? '',
    testListener: pair?.testTrafficRoute?.listenerArns?.[0],
    terminationMinutes: blueGreen?.terminateBlueInstancesOnDeploymentSuccess?.terminationWaitTimeInMinutes ?? 0,
    waitsForApproval,
    approvalMinutes: waitsForApproval ? (ready.waitTimeInMinutes ?? 0) : 0,
    rollbackOn: automatic ? (events ?? []) : [],
  }
}

import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Task as SdkTask,
  type TaskSet as SdkTaskSet,
  type Service,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs'

import type {Names} from '../config/names.js'
import type {ServiceState, Task, TaskSet} from '../deploy/service.js'
import type {Revision, TaskDefinition} from '../deploy/task-definition.js'
import {NotFound} from '../errors.js'
import {type Connection, connect, onceOnly, pages} from './clients.js'
import {notDone} from './denied.js'

/** The tag by which fb finds its own registration again when the answer to it was lost. */
const OPERATION = 'fb:operation'

/** DescribeTasks takes 100 tasks. */
const BATCH = 100

export function ecs(connection: Connection, {cluster, service, family}: Names) {
  const {read, write, put} = connect(ECSClient, connection)
  const revisions = new Map<string, Promise<Revision>>()

  const describe = async (arn: string): Promise<Revision> => {
    const answer = await read(new DescribeTaskDefinitionCommand({taskDefinition: arn, include: ['TAGS']})).catch(
      noTaskDefinition(arn),
    )
    return {
      definition: answer.taskDefinition as TaskDefinition,
      tags: tagMap(answer.tags),
      arn: answer.taskDefinition!.taskDefinitionArn!,
    }
  }

  /** A revision never changes, so it is read once. */
  const taskDefinition = (arn: string): Promise<Revision> => {
    const known = revisions.get(arn)
    if (known) return known
    const reading = describe(arn)
    revisions.set(arn, reading)
    reading.catch(() => revisions.delete(arn))
    return reading
  }

  const newestRevisions = async (most: number): Promise<string[]> => {
    const input = {familyPrefix: family, sort: 'DESC', maxResults: most} as const
    const get = (nextToken?: string) => read(new ListTaskDefinitionsCommand({...input, nextToken}))
    const arns = await pages(
      get,
      (page) => page.taskDefinitionArns,
      (page) => page.nextToken,
      most,
    )
    return arns.filter((arn) => arn.includes(`/${family}:`))
  }

  const register = (definition: TaskDefinition, tags: Record<string, string>): Promise<string> => {
    const operation = crypto.randomUUID()
    const input = {
      ...definition,
      tags: tagList({...tags, [OPERATION]: operation}),
    } as RegisterTaskDefinitionCommandInput
    const ours = async () =>
      (await Promise.all((await newestRevisions(3)).map(describe))).find(({tags}) => tags[OPERATION] === operation)?.arn
    return onceOnly(
      async () => (await write(new RegisterTaskDefinitionCommand(input))).taskDefinition!.taskDefinitionArn!,
      ours,
      ['fb status', 'fb releases'],
    ).catch(notDone)
  }

  const tasks = async (desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> => {
    const get = (nextToken?: string) =>
      read(new ListTasksCommand({cluster, serviceName: service, desiredStatus, nextToken}))
    const arns = await pages(
      get,
      (page) => page.taskArns,
      (page) => page.nextToken,
    )
    const described: Task[] = []
    for (let i = 0; i < arns.length; i += BATCH) {
      const {tasks = []} = await read(new DescribeTasksCommand({cluster, tasks: arns.slice(i, i + BATCH)}))
      described.push(...tasks.map(taskFrom))
    }
    return described
  }

  return {
    async service(): Promise<ServiceState> {
      const {services, failures} = await read(new DescribeServicesCommand({cluster, services: [service]})).catch(
        noCluster(cluster),
      )
      const found = services?.find(({status}) => status !== 'INACTIVE')
      if (found) return stateFrom(found)
      throw new NotFound(`There is no service ${service} in cluster ${cluster}.`, {
        code: 'no_service',
        because: failures?.map(({reason}) => `ecs:DescribeServices: ${reason}`),
        next: ['check --env, --service and --region'],
      })
    },
    taskDefinition,
    newestRevisions,
    register,
    tasks,
    /** Changes the tags of a task definition; its content never changes. */
    async retag(resourceArn: string, {add, drop}: {add: Record<string, string>; drop: string[]}): Promise<void> {
      revisions.delete(resourceArn)
      if (Object.keys(add).length > 0) await put(new TagResourceCommand({resourceArn, tags: tagList(add)}))
      if (drop.length > 0) await put(new UntagResourceCommand({resourceArn, tagKeys: drop}))
    },
  }
}

const noCluster = (cluster: string) => (error: Error) => {
  if (error.name !== 'ClusterNotFoundException') throw error
  throw new NotFound(`There is no cluster ${cluster}.`, {
    code: 'no_cluster',
    next: ['check --env and --region'],
    cause: error,
  })
}

const noTaskDefinition = (arn: string) => (error: Error) => {
  if (error.name !== 'ClientException' || !/Unable to describe/.test(error.message)) throw error
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  throw new NotFound(`There is no task definition ${name}.`, {code: 'no_task_definition', cause: error})
}

const tagMap = (tags: Tag[] = []) => Object.fromEntries(tags.map(({key, value}) => [key!, value ?? '']))

const tagList = (tags: Record<string, string>): Tag[] => Object.entries(tags).map(([key, value]) => ({key, value}))

function stateFrom(service: Service): ServiceState {
  return {
    name: service.serviceName!,
    controller: service.deploymentController?.type ?? 'ECS',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    taskDefinition: service.taskDefinition!,
    taskSets: (service.taskSets ?? []).map(taskSetFrom),
    events: (service.events ?? []).map(({id, createdAt, message}) => ({id: id!, at: createdAt!, message: message!})),
  }
}

function taskSetFrom(set: SdkTaskSet): TaskSet {
  const balancer = set.loadBalancers?.[0]
  const vpc = set.networkConfiguration?.awsvpcConfiguration
  return {
    id: set.id!,
    taskDefinition: set.taskDefinition!,
    status: set.status as TaskSet['status'],
    desired: set.computedDesiredCount ?? 0,
    pending: set.pendingCount ?? 0,
    running: set.runningCount ?? 0,
    deploymentId: set.externalId,
    targetGroup: balancer?.targetGroupArn ?? '',
    container: balancer?.containerName ?? '',
    port: balancer?.containerPort ?? 0,
    platformVersion: set.platformVersion,
    network: vpc && {
      subnets: vpc.subnets ?? [],
      securityGroups: vpc.securityGroups ?? [],
      assignPublicIp: vpc.assignPublicIp ?? 'DISABLED',
    },
    capacityProviders: (set.capacityProviderStrategy ?? []).map(({capacityProvider, base = 0, weight = 0}) => ({
      provider: capacityProvider!,
      base,
      weight,
    })),
  }
}

function taskFrom(task: SdkTask): Task {
  return {
    id: task.taskArn!.slice(task.taskArn!.lastIndexOf('/') + 1),
    taskDefinition: task.taskDefinitionArn!,
    startedBy: task.startedBy,
    createdAt: task.createdAt,
    endedAt: task.executionStoppedAt ?? task.stoppingAt ?? task.stoppedAt,
    beganAt: task.pullStartedAt ?? task.startedAt,
    startedAt: task.startedAt,
    stoppedAt: task.stoppedAt ?? task.stoppingAt,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containers: (task.containers ?? []).map(({name, exitCode, reason}) => ({name: name!, exitCode, reason})),
  }
}

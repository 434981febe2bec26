import type * as ecs from '@aws-sdk/client-ecs'
import {
  DescribeClusters$,
  DescribeServices$,
  DescribeTaskSets$,
  InvalidParameterException,
  ListServices$,
  ServiceNotFoundException,
  UpdateService$,
} from '@aws-sdk/client-ecs'
import type {Account} from '../account.js'
import {serviceEvents} from '../events.js'
import {activeFault} from '../faults.js'
import {type Handlers, saying} from '../handlers.js'
import {minute} from '../plan.js'
import {countsOf} from '../tasks.js'
import {desiredAt, type LiveSet, setsAt} from '../world.js'
import {inCluster} from './cluster.js'
import * as runs from './run-task.js'
import * as definitions from './task-definitions.js'
import * as tasks from './tasks.js'

const own = {DescribeClusters$, DescribeServices$, DescribeTaskSets$, ListServices$, UpdateService$}

export const schemas = {...definitions.schemas, ...tasks.schemas, ...runs.schemas, ...own}

export const handlers: Handlers<typeof ecs, typeof schemas> = {
  ...definitions.handlers,
  ...tasks.handlers,
  ...runs.handlers,
  DescribeClusters({clusters}, {inventory, world, now}) {
    const known = (name: string) => name === inventory.cluster || name === inventory.clusterArn
    const wanted = clusters ?? ['default']
    const runningTasksCount = setsAt(world, now).reduce((sum, set) => sum + countsOf(world, set, now).running, 0)
    const cluster: ecs.Cluster = {
      clusterArn: inventory.clusterArn,
      clusterName: inventory.cluster,
      status: 'ACTIVE',
      activeServicesCount: 1,
      runningTasksCount,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    }
    const missing = wanted.filter((name) => !known(name))
    return {
      clusters: wanted.some(known) ? [cluster] : [],
      failures: missing.map((name) => ({arn: inventory.arn('ecs', `cluster/${name}`), reason: 'MISSING'})),
    }
  },
  ListServices({cluster}, account) {
    inCluster(account, cluster)
    return {serviceArns: [account.inventory.serviceArn]}
  },
  DescribeServices({cluster, services, include}, account) {
    inCluster(account, cluster)
    const {inventory} = account
    const known = (name: string) => name === inventory.service || name === inventory.serviceArn
    const arn = (name: string) => inventory.arn('ecs', `service/${inventory.cluster}/${name}`)
    return {
      services: services!.some(known) ? [service(account, include?.includes('TAGS') ?? false)] : [],
      failures: services!.filter((name) => !known(name)).map((name) => ({arn: arn(name), reason: 'MISSING'})),
    }
  },
  DescribeTaskSets({cluster, service: name, taskSets}, account) {
    inService(account, cluster, name!)
    const live = setsAt(account.world, account.now)
    const known = (set: LiveSet) => !taskSets?.length || taskSets.includes(set.id) || taskSets.includes(set.arn)
    const missing = taskSets?.filter((id) => !live.some((set) => set.id === id || set.arn === id)) ?? []
    return {
      taskSets: live.filter(known).map((set) => taskSet(account, set)),
      failures: missing.map((arn) => ({arn, reason: 'MISSING'})),
    }
  },
  UpdateService(input, account) {
    inService(account, input.cluster, input.service!)
    refuseSideDoors(input)
    return account.record((inside) => {
      if (input.desiredCount !== undefined) inside.state.desired.push({at: inside.now, count: input.desiredCount})
      return {service: service(inside, false)}
    })
  },
}

function inService(account: Account, cluster: string | undefined, name: string) {
  inCluster(account, cluster)
  const {service: known, serviceArn} = account.inventory
  if (name !== known && name !== serviceArn) throw new ServiceNotFoundException(saying('Service not found.'))
}

/** Texts recorded against a service with the CODE_DEPLOY controller. */
function refuseSideDoors(input: ecs.UpdateServiceCommandInput) {
  const controller =
    'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.'
  const refusals: [unknown, string][] = [
    [input.taskDefinition, 'Unable to update task definition'],
    [input.forceNewDeployment || undefined, 'Cannot force a new deployment'],
    [input.networkConfiguration, 'Unable to update network parameters'],
    [input.platformVersion, 'Unable to update platform version'],
    [input.loadBalancers, 'Unable to update load balancers'],
    [input.serviceRegistries, 'Unable to update service registries'],
    [input.capacityProviderStrategy, 'Unable to update capacity provider strategy'],
  ]
  const refusal = refusals.find(([given]) => given !== undefined)
  if (refusal) throw new InvalidParameterException(saying(`${refusal[1]} ${controller}`))
}

function service(account: Account, withTags: boolean): ecs.Service {
  const {inventory, world, state, now} = account
  const live = setsAt(world, now)
  const primary = live.find((set) => set.status === 'PRIMARY')!
  const taskSets = live.map((set) => taskSet(account, set))
  const total = (count: (set: ecs.TaskSet) => number | undefined) =>
    taskSets.reduce((sum, set) => sum + (count(set) ?? 0), 0)
  const byEcs = activeFault(state.faults, 'not-code-deploy', now) !== undefined
  return {
    serviceArn: inventory.serviceArn,
    serviceName: inventory.service,
    clusterArn: inventory.clusterArn,
    status: 'ACTIVE',
    desiredCount: desiredAt(state, now),
    runningCount: total((set) => set.runningCount),
    pendingCount: total((set) => set.pendingCount),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    deploymentController: {type: byEcs ? 'ECS' : 'CODE_DEPLOY'},
    taskDefinition: primary.taskDefinition,
    loadBalancers: loadBalancers(account, primary),
    taskSets: byEcs ? [] : taskSets,
    deployments: byEcs ? [ecsDeployment(account, primary)] : [],
    events: serviceEvents(world, now),
    createdAt: new Date(state.taskDefinitions[0]!.at + minute),
    schedulingStrategy: 'REPLICA',
    healthCheckGracePeriodSeconds: 60,
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: false,
    ...(withTags && {tags: [{key: 'Application', value: inventory.where.app}]}),
  }
}

const ecsDeployment = ({state, now}: Account, primary: LiveSet): ecs.Deployment => ({
  id: primary.id,
  status: 'PRIMARY',
  taskDefinition: primary.taskDefinition,
  desiredCount: desiredAt(state, now),
  rolloutState: 'COMPLETED',
})

const loadBalancers = ({inventory}: Account, {group}: LiveSet): ecs.LoadBalancer[] => [
  {targetGroupArn: inventory.targetGroups[group].arn, containerName: inventory.container, containerPort: 8000},
]

function taskSet(account: Account, set: LiveSet): ecs.TaskSet {
  const {inventory, world, state, now} = account
  const {pending, running} = countsOf(world, set, now)
  const steady = now >= set.steadyAt
  const scale = set.status === 'DRAINING' ? 0 : 100
  return {
    id: set.id,
    taskSetArn: set.arn,
    serviceArn: inventory.serviceArn,
    clusterArn: inventory.clusterArn,
    startedBy: 'CODE_DEPLOY',
    externalId: set.deploymentId,
    status: set.status,
    taskDefinition: set.taskDefinition,
    computedDesiredCount: scale === 0 ? 0 : desiredAt(state, now),
    pendingCount: pending,
    runningCount: running,
    createdAt: new Date(set.createdAt),
    updatedAt: new Date(Math.min(now, set.drainsAt, Math.max(set.createdAt, steady ? set.steadyAt : 0))),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: inventory.subnets,
        securityGroups: inventory.securityGroups,
        assignPublicIp: 'DISABLED',
      },
    },
    loadBalancers: loadBalancers(account, set),
    serviceRegistries: [],
    scale: {value: scale, unit: 'PERCENT'},
    stabilityStatus: steady ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: new Date(steady ? set.steadyAt : set.createdAt),
    tags: [],
  }
}

import type * as ecs from '@aws-sdk/client-ecs'
import {DescribeTasks$, ListTasks$} from '@aws-sdk/client-ecs'
import type {Account} from '../account.js'
import {filled} from '../filled.js'
import {type Handlers, page} from '../handlers.js'
import {findImage, imageDigest} from '../images.js'
import {digestOf} from '../inventory.js'
import {oneOffTasks} from '../one-off.js'
import {isVisible, stageOf, type Task, tasksOf} from '../tasks.js'
import {allSets} from '../world.js'
import {inCluster} from './cluster.js'
import {findTaskDefinition} from './task-definitions.js'

export const schemas = {DescribeTasks$, ListTasks$}

export const handlers: Handlers<typeof ecs, typeof schemas> = {
  ListTasks(
    {cluster, family, startedBy, serviceName, desiredStatus = 'RUNNING', maxResults = 100, nextToken},
    account,
  ) {
    inCluster(account, cluster)
    const {inventory, now} = account
    const foreign = serviceName && serviceName !== inventory.service && serviceName !== inventory.serviceArn
    const found = visibleTasks(account)
      .filter(({run}) => !foreign && !(serviceName && run))
      .filter(({set}) => !startedBy || set.id === startedBy)
      .filter(({set}) => !family || set.taskDefinition.includes(`/${family}:`))
      .filter((task) => wantedStatus(task, now) === desiredStatus)
    const {items, next} = page(found, maxResults, nextToken)
    return {taskArns: items.map((task) => taskArn(account, task)), nextToken: next}
  },
  DescribeTasks({cluster, tasks}, account) {
    inCluster(account, cluster)
    const {inventory} = account
    const known = new Map(visibleTasks(account).map((task) => [task.id, task]))
    const found = tasks!.map((name) => known.get(name.split('/').at(-1)!))
    const missing = tasks!.filter((_, i) => !found[i])
    return {
      tasks: found.flatMap((task) => (task ? [taskShape(account, task)] : [])),
      failures: missing.map((id) => ({
        arn: id.startsWith('arn:') ? id : inventory.arn('ecs', `task/${inventory.cluster}/${id}`),
        reason: 'MISSING',
      })),
    }
  },
}

const visibleTasks = ({world, state, now}: Account): Task[] =>
  [...allSets(world).flatMap((set) => tasksOf(world, set, now)), ...oneOffTasks(state)].filter((task) =>
    isVisible(task, now),
  )

const wantedStatus = (task: Task, now: number) => (now >= task.leavesAt ? 'STOPPED' : 'RUNNING')

const taskArn = ({inventory}: Account, {id}: Task) => inventory.arn('ecs', `task/${inventory.cluster}/${id}`)

const dateAfter = (at: number, now: number) => (at <= now ? new Date(at) : undefined)

export function taskShape(account: Account, task: Task): ecs.Task {
  const {inventory, state, now} = account
  const definition = findTaskDefinition(state, task.set.taskDefinition)!.input
  const stage = stageOf(task, now)
  const stops = now >= task.leavesAt
  return {
    taskArn: taskArn(account, task),
    clusterArn: inventory.clusterArn,
    taskDefinitionArn: task.set.taskDefinition,
    group: task.run ? `family:${definition.family}` : `service:${inventory.service}`,
    startedBy: task.set.id || undefined,
    ...(task.run?.overrides && {overrides: task.run.overrides}),
    lastStatus: stage,
    desiredStatus: wantedStatus(task, now),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    cpu: definition.cpu,
    memory: definition.memory,
    availabilityZone: inventory.where.region + 'ab'[task.slot % 2],
    connectivity: 'CONNECTED',
    healthStatus: 'UNKNOWN',
    createdAt: new Date(task.createdAt),
    pullStartedAt: dateAfter(task.pullsAt, now),
    startedAt: dateAfter(task.startedAt, now),
    stoppingAt: dateAfter(task.leavesAt, now),
    stoppedAt: dateAfter(task.stoppedAt, now),
    ...(stops && {
      stopCode: task.stop.stopCode,
      stoppedReason: filled(account.world, task.set, task.stop.stoppedReason),
    }),
    containers: definition.containerDefinitions?.map(({name, image}) => container(account, task, name!, image!)),
  }
}

function container(account: Account, task: Task, name: string, image: string): ecs.Container {
  const {inventory, now} = account
  const stage = stageOf(task, now)
  const known = findImage(inventory, image)
  const pulled = known && task.startedAt <= now
  return {
    containerArn: inventory.arn(
      'ecs',
      `container/${inventory.cluster}/${task.id}/${digestOf(name + task.id).slice(0, 32)}`,
    ),
    taskArn: taskArn(account, task),
    name,
    image,
    lastStatus: stage === 'DEACTIVATING' ? 'RUNNING' : stage === 'PROVISIONING' ? 'PENDING' : stage,
    healthStatus: 'UNKNOWN',
    runtimeId: `${task.id}-${digestOf(name).slice(0, 10)}`,
    ...(pulled && {imageDigest: imageDigest(known)}),
    ...(stage === 'STOPPED' && {
      exitCode: task.startedAt <= now ? task.stop.exitCode : undefined,
      reason: filled(account.world, task.set, task.stop.containerReason),
    }),
    networkInterfaces: task.startedAt <= now && stage !== 'STOPPED' ? [{privateIpv4Address: task.address}] : [],
  }
}

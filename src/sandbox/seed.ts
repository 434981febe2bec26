import type {RegisterTaskDefinitionCommandInput} from '@aws-sdk/client-ecs'
import {findImage} from './images.js'
import {digestOf, type Inventory, inventoryOf, type Where} from './inventory.js'
import {minute} from './plan.js'
import {type DeploymentRecord, type State, stateVersion, type TaskDefinitionRecord} from './state.js'
import {deploymentId} from './world.js'

const day = 24 * 60 * minute

const history = [
  {tag: '0.9.0', daysAgo: 9, by: 'maria', message: 'first release'},
  {tag: '0.9.1', daysAgo: 6, by: 'jonas', message: 'faster search'},
  {tag: '1.0.0', daysAgo: 2, by: 'maria', message: 'search with the memory fix'},
]

/** A living application with three releases behind it, the second of which an alarm stopped. */
export function seed(where: Where, speed: number): State {
  const inventory = inventoryOf(where)
  const now = Date.now()
  const taskDefinitions = history.map((release, i) => taskDefinition(inventory, release, i + 1, now))
  const deployments = history.map((release, i) => deployment(inventory, release, taskDefinitions[i]!, now))
  return {
    version: stateVersion,
    where,
    clock: {at: now, real: now, speed},
    seededAt: now,
    knobs: {
      testListener: true,
      readyMinutes: 0,
      terminationMinutes: 15,
      config: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
    },
    taskDefinitions,
    deployments,
    desired: [{at: now - 10 * day, count: 2}],
    alarms: [],
    faults: [],
  }
}

type Release = (typeof history)[number]

function taskDefinition(inventory: Inventory, release: Release, revision: number, now: number): TaskDefinitionRecord {
  const image = `${inventory.repositoryUri}:${release.tag}`
  const input = {...definition(inventory, image), tags: tags(inventory, release)}
  const at = now - release.daysAgo * day - 20_000 - (revision === 1 ? 60 * minute : 0)
  return {
    arn: inventory.arn('ecs', `task-definition/${inventory.family}:${revision}`),
    revision,
    at,
    by: release.by,
    input,
  }
}

const tags = ({where}: Inventory, release: Release) => [
  {key: 'Application', value: where.app},
  {key: 'Environment', value: where.env},
  {key: 'Version', value: release.tag},
  {key: 'DeployedBy', value: release.by},
]

function definition(inventory: Inventory, image: string): RegisterTaskDefinitionCommandInput {
  const {where, family, container, logGroup, streamPrefix, parameterPath} = inventory
  const role = (name: string) => `arn:aws:iam::${where.account}:role/${where.app}-${where.env}-${name}`
  const secret = (key: string) => ({name: key, valueFrom: inventory.arn('ssm', `parameter${parameterPath}${key}`)})
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '512',
    memory: '1024',
    executionRoleArn: role('execution'),
    taskRoleArn: role('task'),
    runtimePlatform: {cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX'},
    containerDefinitions: [
      {
        name: container,
        image,
        cpu: 0,
        essential: true,
        portMappings: [{containerPort: 8000, hostPort: 8000, protocol: 'tcp'}],
        environment: [{name: 'LOG_LEVEL', value: 'info'}],
        secrets: [secret('DATABASE_URL'), secret('SECRET_KEY')],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {'awslogs-group': logGroup, 'awslogs-region': where.region, 'awslogs-stream-prefix': streamPrefix},
        },
      },
    ],
  }
}

function deployment(inventory: Inventory, release: Release, task: TaskDefinitionRecord, now: number): DeploymentRecord {
  const content = JSON.stringify({
    version: 0,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: task.arn,
            LoadBalancerInfo: {ContainerName: inventory.container, ContainerPort: 8000},
          },
        },
      },
    ],
  })
  return {
    id: deploymentId(`seed ${release.tag} ${now}`),
    at: now - release.daysAgo * day,
    taskDefinition: task.arn,
    content,
    sha256: digestOf(content),
    config: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes',
    description: release.message,
    rehearsal: findImage(inventory, `${inventory.repositoryUri}:${release.tag}`)?.rehearsal ?? 'good',
    alarms: Object.values(inventory.alarms),
    rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
    installSeconds: 108,
    readyMinutes: 0,
    terminationMinutes: 15,
    testListener: true,
  }
}

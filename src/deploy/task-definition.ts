import {NotFound, UsageError} from '../errors.js'

export type Container = {
  name: string
  image: string
  environment?: {name: string; value: string}[]
  secrets?: {name: string; valueFrom: string}[]
  portMappings?: {containerPort: number; hostPort?: number}[]
  logConfiguration?: {logDriver: string; options?: Record<string, string>}
  [key: string]: unknown
}

/** A task definition as RegisterTaskDefinition takes it. Keys that fb does not know are carried along untouched. */
export type TaskDefinition = {
  family: string
  cpu?: string
  memory?: string
  containerDefinitions: Container[]
  [key: string]: unknown
}

/** A registered task definition. */
export type Revision = {arn: string; definition: TaskDefinition; tags: Record<string, string>}

export type Edits = {image: string; env: Record<string, string>; cpu?: number; memory?: number}

/** What DescribeTaskDefinition adds and RegisterTaskDefinition refuses; everything else is copied, known or not. */
const READ_ONLY = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
  'tags',
])

export function registrable(definition: TaskDefinition): TaskDefinition {
  return Object.fromEntries(Object.entries(definition).filter(([key]) => !READ_ONLY.has(key))) as TaskDefinition
}

export function containerOf(definition: TaskDefinition, name: string, where: string): Container {
  const found = definition.containerDefinitions.find((container) => container.name === name)
  if (found) return found
  throw new NotFound(`${where} has no container ${name}.`, {
    code: 'no_container',
    because: [`It has ${definition.containerDefinitions.map((container) => container.name).join(', ')}.`],
    state: 'Nothing was changed.',
  })
}

/** `base` with another image and the changes a person asked for on the command line. */
export function edited(base: TaskDefinition, container: string, {image, env, cpu, memory}: Edits): TaskDefinition {
  const change = (one: Container) => (one.name === container ? {...one, image, environment: withEnv(one, env)} : one)
  return {
    ...registrable(base),
    ...(cpu && {cpu: String(cpu)}),
    ...(memory && {memory: String(memory)}),
    containerDefinitions: base.containerDefinitions.map(change),
  } as TaskDefinition
}

function withEnv({environment = [], secrets = []}: Container, env: Record<string, string>) {
  const secret = secrets.find(({name}) => name in env)
  if (secret) {
    throw new UsageError(
      `${secret.name} is a secret of this task definition; --set-env would put its value in the clear.`,
      {
        code: 'env_is_secret',
        state: 'Nothing was changed.',
      },
    )
  }
  const kept = environment.filter(({name}) => !(name in env))
  return [...kept, ...Object.entries(env).map(([name, value]) => ({name, value}))]
}

/** Where the container's log lines go: group and the stream of one task. */
export function logStreamOf(
  {name, logConfiguration}: Container,
  taskId: string,
): {group: string; stream: string} | undefined {
  const {'awslogs-group': group, 'awslogs-stream-prefix': prefix} = logConfiguration?.options ?? {}
  return group && prefix ? {group, stream: `${prefix}/${name}/${taskId}`} : undefined
}

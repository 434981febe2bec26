import type * as ecs from '@aws-sdk/client-ecs'
import {
  ClientException,
  DeregisterTaskDefinition$,
  DescribeTaskDefinition$,
  InvalidParameterException,
  ListTaskDefinitions$,
  RegisterTaskDefinition$,
  type Tag,
  TagResource$,
  UntagResource$,
} from '@aws-sdk/client-ecs'
import {type Handlers, page, saying} from '../handlers.js'
import type {State, TaskDefinitionRecord} from '../state.js'

export const schemas = {
  DeregisterTaskDefinition$,
  DescribeTaskDefinition$,
  ListTaskDefinitions$,
  RegisterTaskDefinition$,
  TagResource$,
  UntagResource$,
}

export const handlers: Handlers<typeof ecs, typeof schemas> = {
  DescribeTaskDefinition({taskDefinition, include}, {state}) {
    const record = findTaskDefinition(state, taskDefinition!)
    if (!record) throw new ClientException(saying('Unable to describe task definition.'))
    const tags = include?.includes('TAGS') ? {tags: record.input.tags ?? []} : {}
    return {taskDefinition: shape(record), ...tags}
  },
  ListTaskDefinitions({familyPrefix, status = 'ACTIVE', sort = 'ASC', maxResults = 100, nextToken}, {state}) {
    const known = state.taskDefinitions
      .filter(({input}) => !familyPrefix || input.family === familyPrefix)
      .filter(({inactive}) => Boolean(inactive) === (status === 'INACTIVE'))
      .sort((a, b) => byText(a.input.family!, b.input.family!) || a.revision - b.revision)
      .map(({arn}) => arn)
    const {items, next} = page(sort === 'DESC' ? known.reverse() : known, maxResults, nextToken)
    return {taskDefinitionArns: items, nextToken: next}
  },
  RegisterTaskDefinition(input, {record}) {
    refuse(input)
    return record(({state, now, inventory}) => {
      const revisions = state.taskDefinitions.filter((one) => one.input.family === input.family)
      const revision = 1 + Math.max(0, ...revisions.map((one) => one.revision))
      const arn = inventory.arn('ecs', `task-definition/${input.family}:${revision}`)
      const added: TaskDefinitionRecord = {arn, revision, at: now, input}
      state.taskDefinitions.push(added)
      return {taskDefinition: shape(added), tags: input.tags ?? []}
    })
  },
  /** Tasks of it go on, and it can be described; only new deployments of it are refused. */
  DeregisterTaskDefinition({taskDefinition}, {record}) {
    return record(({state}) => {
      const found = findTaskDefinition(state, taskDefinition!)
      if (!found) throw new ClientException(saying('Unable to describe task definition.'))
      found.inactive = true
      return {taskDefinition: shape(found)}
    })
  },
  TagResource({resourceArn, tags = []}, {record}) {
    const given = tags.map(({key}) => key)
    return record(({state}) =>
      retag(state, resourceArn!, (own) => [...own.filter(({key}) => !given.includes(key)), ...tags]),
    )
  },
  UntagResource({resourceArn, tagKeys = []}, {record}) {
    return record(({state}) => retag(state, resourceArn!, (own) => own.filter(({key}) => !tagKeys.includes(key!))))
  },
}

/** Only task definitions have tags that change here. */
function retag(state: State, arn: string, change: (tags: Tag[]) => Tag[]) {
  const found = state.taskDefinitions.find((one) => one.arn === arn)
  if (!found) throw new InvalidParameterException(saying('The specified resource is not found.'))
  const tags = change(found.input.tags ?? [])
  if (tags.length > 50) throw new InvalidParameterException(saying('Tags can have a maximum size of 50.'))
  found.input.tags = tags
  return {}
}

/** By ARN, `family:revision`, or `family` for its newest active revision. */
export function findTaskDefinition({taskDefinitions}: State, name: string): TaskDefinitionRecord | undefined {
  const short = name.startsWith('arn:') ? name.split('/').at(-1)! : name
  const exact = taskDefinitions.find(({arn}) => (name.startsWith('arn:') ? arn === name : arn.endsWith(`/${short}`)))
  return exact ?? taskDefinitions.findLast(({input, inactive}) => input.family === short && !inactive)
}

/** Rules and texts of the ECS API for Fargate task definitions. */
function refuse(input: ecs.RegisterTaskDefinitionCommandInput) {
  const {containerDefinitions = [], requiresCompatibilities, cpu, memory, networkMode} = input
  const say = (text: string) => {
    throw new ClientException(saying(text))
  }
  if (containerDefinitions.length === 0) say('Container list cannot be empty.')
  if (containerDefinitions.some(({name, image}) => !name || !image)) say('Container.image should not be null or empty.')
  if (!requiresCompatibilities?.includes('FARGATE')) return
  if (!cpu || !memory) say('Fargate requires task definition to have cpu and memory defined at the task level.')
  if (networkMode !== 'awsvpc') say("Fargate only supports network mode 'awsvpc'.")
  const sizes = fargate[cpu ?? '']
  const [least = 0, most = 0] = sizes ?? []
  if (!sizes || Number(memory) < least || Number(memory) > most)
    say(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`)
}

/** Smallest and largest memory (MiB) for each task size (ECS developer guide, "Task CPU and memory"). */
const fargate: Record<string, [number, number]> = {
  256: [512, 2048],
  512: [1024, 4096],
  1024: [2048, 8192],
  2048: [4096, 16_384],
  4096: [8192, 30_720],
  8192: [16_384, 61_440],
  16384: [32_768, 122_880],
}

function shape({arn, revision, at, inactive, by = 'you', input}: TaskDefinitionRecord): ecs.TaskDefinition {
  const {tags: _, ...rest} = input
  return {
    ...rest,
    containerDefinitions: rest.containerDefinitions?.map((container) => ({
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...container,
    })),
    placementConstraints: rest.placementConstraints ?? [],
    volumes: rest.volumes ?? [],
    taskDefinitionArn: arn,
    revision,
    status: inactive ? 'INACTIVE' : 'ACTIVE',
    requiresAttributes: [
      {name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18'},
      {name: 'ecs.capability.task-eni'},
    ],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: new Date(at),
    registeredBy: `arn:aws:sts::${arn.split(':')[4]}:assumed-role/sandbox/${by}`,
  }
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

import {linksIn} from '../deploy/links.js'
import type {ServiceState, Task} from '../deploy/service.js'
import type {Container, Revision} from '../deploy/task-definition.js'
import {explain, NotFound} from '../errors.js'

/** What is read of one service. */
export type FleetReads = {
  service(): Promise<Pick<ServiceState, 'taskDefinition'>>
  taskDefinition(arn: string): Promise<Revision>
  tasks(status: 'RUNNING'): Promise<Task[]>
}

/** A variable of a container that comes from a parameter. */
export type Reader = {service: string; container: string; variable: string; parameter: string}

/** A running task; `beganAt` is missing while it has not read its parameters yet. */
export type RunningTask = {service: string; beganAt?: Date; reads: Reader[]}

/** Who reads parameters: what new tasks will read, and the tasks that run. */
export type Fleet = {
  readers: Reader[]
  /** Those that the next deployment adds. */
  linked: Reader[]
  tasks: RunningTask[]
  /** Why nothing is known of some service. */
  unknown: string[]
}

/** Reads every service of an environment. One that was not made yet reads nothing. */
export async function readFleet(services: Record<string, FleetReads>): Promise<Fleet> {
  const each = await Promise.all(Object.entries(services).map(([name, reads]) => readService(name, reads)))
  return {
    readers: each.flatMap(({readers}) => readers),
    linked: each.flatMap(({linked}) => linked),
    tasks: each.flatMap(({tasks}) => tasks),
    unknown: each.flatMap(({unknown}) => unknown),
  }
}

async function readService(service: string, aws: FleetReads): Promise<Fleet> {
  try {
    // First: whether there is a service is told by this read alone.
    const {taskDefinition} = await aws.service()
    const running = await aws.tasks('RUNNING')
    const live = await aws.taskDefinition(taskDefinition)
    const read = async (arn: string) =>
      readersOf(service, (await aws.taskDefinition(arn)).definition.containerDefinitions)
    const tasks = running.map(async ({taskDefinition: arn, beganAt}) => ({service, beganAt, reads: await read(arn)}))
    return {
      readers: await read(taskDefinition),
      linked: linksIn(live.tags).flatMap(({variable, valueFrom = ''}) => readerOf(service, '', variable, valueFrom)),
      tasks: await Promise.all(tasks),
      unknown: [],
    }
  } catch (error) {
    const failure = explain(error)
    if (failure instanceof NotFound) return {readers: [], linked: [], tasks: [], unknown: []}
    if (failure.code === 'unexpected') throw error
    return {readers: [], linked: [], tasks: [], unknown: [`${service}: ${failure.message}`]}
  }
}

const readersOf = (service: string, containers: Container[]): Reader[] =>
  containers.flatMap(({name: container, secrets = []}) =>
    secrets.flatMap(({name, valueFrom}) => readerOf(service, container, name, valueFrom)),
  )

function readerOf(service: string, container: string, variable: string, valueFrom: string): Reader[] {
  const parameter = parameterOf(valueFrom)
  return parameter ? [{service, container, variable, parameter}] : []
}

/** The parameter that a secret is taken from, by ARN or by name; undefined for one of Secrets Manager. */
export function parameterOf(valueFrom: string): string | undefined {
  if (!valueFrom.startsWith('arn:')) return valueFrom
  const [, path] = /^arn:aws[\w-]*:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(valueFrom) ?? []
  if (path === undefined) return undefined
  return path.includes('/') ? `/${path}` : path
}

export type RolloutState = 'live' | 'partial' | 'pending' | 'unused'

/** Which of the tasks that read a parameter have its newest version. A task keeps what it read when it began. */
export type Rollout = {state: RolloutState; readers: Reader[]; tasks: number; old: number}

export function rolloutOf({readers, tasks}: Fleet, name: string, modifiedAt: Date): Rollout {
  const reading = tasks.filter(({reads}) => reads.some(({parameter}) => parameter === name))
  const old = reading.filter(({beganAt}) => beganAt && beganAt <= modifiedAt).length
  const own = readers.filter(({parameter}) => parameter === name)
  const counts = {readers: own, tasks: reading.length, old}
  if (own.length === 0 && reading.length === 0) return {state: 'unused', ...counts}
  if (old === 0) return {state: 'live', ...counts}
  return {state: old === reading.length ? 'pending' : 'partial', ...counts}
}

/** `v1 (DB_URL)`: each service with the variables it takes a parameter as. */
export function sayReaders(readers: Reader[]): string {
  const services = [...new Set(readers.map(({service}) => service))]
  const variables = (service: string) =>
    [...new Set(readers.filter((one) => one.service === service).map(({variable}) => variable))].join(', ')
  return services.map((service) => `${service} (${variables(service)})`).join(', ')
}

export const servicesOf = (readers: Reader[]): string[] => [...new Set(readers.map(({service}) => service))]

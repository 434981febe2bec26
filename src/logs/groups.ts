import type {ServiceState} from '../deploy/service.js'
import type {Container, Revision} from '../deploy/task-definition.js'
import type {Whose} from './targets.js'

export type Group = {
  name: string
  /** None: what is in it stays for ever. */
  retentionDays?: number
  /** What is stored, compressed. */
  bytes: number
  class: string
  kmsKey?: string
  createdAt: Date
}

/** A group with the services that write to it, and what a person should know of it. */
export type KnownGroup = Group & {services: string[]; warnings: string[]}

export type GroupReads = {
  groups(pattern?: string): Promise<Group[]>
  group(name: string): Promise<Group | undefined>
}

export type Writer = {service: string; container: string; group: string; mode?: string; buffer?: string}

export type Groups = {
  groups: KnownGroup[]
  /** Groups that tasks want to write to and that are not there. */
  missing: Writer[]
  /** Services of which fb may not read where they write, and whether they may lose lines. */
  unread: string[]
}

/** `whole`: the groups that services write to are wanted too, whatever they are called. */
type Wanted = {pattern?: string; writers: Writer[]; unread: string[]; whole: boolean}

/** The groups whose names contain a text; all without one. */
export async function readGroups(aws: GroupReads, {pattern, writers, unread, whole}: Wanted): Promise<Groups> {
  const found = await aws.groups(pattern)
  const written = whole ? writers.map(({group}) => group) : []
  const named = [...new Set(written)].filter((name) => !found.some((one) => one.name === name))
  const own = await Promise.all(named.map((name) => aws.group(name)))
  const missing = writers.filter(({group}) => named.some((name, i) => name === group && !own[i]))
  const groups = [...found, ...own.flatMap((one) => one ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {groups: groups.map((group) => known(group, writers)), missing, unread}
}

function known(group: Group, writers: Writer[]): KnownGroup {
  const own = writers.filter((writer) => writer.group === group.name)
  return {
    ...group,
    services: [...new Set(own.map(({service}) => service))],
    warnings: [
      ...(group.retentionDays === undefined ? ['never expires; what is in it is kept, and paid for, for ever'] : []),
      ...(group.class === 'INFREQUENT_ACCESS'
        ? ['of the class Infrequent Access; only fb logs search --engine insights can read it']
        : []),
      ...(group.class === 'DELIVERY'
        ? ['of the class Delivery, which only passes on what comes in; nothing can read it']
        : []),
      ...own.flatMap(lossOf),
    ],
  }
}

/**
 * A container goes on when its non-blocking driver cannot send, and lines are dropped once the buffer is full. Since 2025-06-25
 * that is the default, unless the account's setting defaultLogDriverMode says otherwise.
 */
function lossOf({container, mode, buffer = '10m'}: Writer): string[] {
  if (mode === 'blocking') return []
  const how = mode === undefined ? 'non-blocking (the default, unless the account has set defaultLogDriverMode)' : mode
  return [
    `may lack lines of ${container}; its log driver is ${how}, and drops what its buffer of ${buffer} has no room for`,
  ]
}

type ServiceReads = {service(): Promise<ServiceState>; taskDefinition(arn: string): Promise<Revision>}

/** Who writes where in a Region, from the task definition that new tasks start from. */
export async function writersOf(aws: ServiceReads, {service, region}: Whose): Promise<Writer[]> {
  const {taskDefinition} = await aws.service()
  const {definition} = await aws.taskDefinition(taskDefinition)
  return definition.containerDefinitions.flatMap((container) => writer(container, service, region))
}

function writer({name, logConfiguration}: Container, service: string, here: string): Writer[] {
  const {logDriver, options = {}} = logConfiguration ?? {}
  const {'awslogs-group': group, 'awslogs-region': region = here, mode, 'max-buffer-size': buffer} = options
  if (logDriver !== 'awslogs' || !group || region !== here) return []
  return [{service, container: name, group, mode, buffer}]
}

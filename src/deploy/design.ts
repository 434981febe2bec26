import {HOOK_TAG, TASK_TAGS} from '../config/names.js'
import type {Hooks, Placement} from './appspec.js'
import type {Change} from './changes.js'
import {ACTOR, DESIGN} from './release.js'
import type {TaskSet} from './service.js'
import type {Revision, TaskDefinition} from './task-definition.js'
import {merged} from './three-way.js'

/**
 * What the infrastructure wants of the next deployment. It stands in the tags of the deployment group: with CodeDeploy as its
 * controller ECS takes task definition, network and capacity providers of a service from a deployment and from nothing else.
 */
export type Design = {
  hooks?: Hooks
  placement: Placement
  /** The task definition that the infrastructure has registered; nothing runs it as it is. */
  taskDefinition?: string
}

export function designIn(tags: Record<string, string>): Design {
  const {[TASK_TAGS.subnets]: subnets, [TASK_TAGS.securityGroups]: securityGroups} = tags
  const provider = tags[TASK_TAGS.capacityProvider]
  const listed = (text: string) => text.split(' ')
  const hooks = Object.entries(tags)
    .filter(([key]) => key.startsWith(HOOK_TAG))
    .map(([key, value]) => ({[key.slice(HOOK_TAG.length)]: value}))
  return {
    hooks: hooks.length > 0 ? hooks : undefined,
    placement: {
      ...(subnets &&
        securityGroups && {
          network: {subnets: listed(subnets), securityGroups: listed(securityGroups), assignPublicIp: 'DISABLED'},
        }),
      ...(provider && {capacityProviders: [{provider, base: 0, weight: 1}]}),
    },
    taskDefinition: tags[TASK_TAGS.definition],
  }
}

/** The live task definition with what has changed in the infrastructure's own since the live one was made from that. */
export async function redesigned(
  aws: {taskDefinition(arn: string): Promise<Revision>},
  live: Revision,
  {taskDefinition}: Design,
): Promise<TaskDefinition> {
  const before = designOf(live)
  if (!taskDefinition || !before || before === taskDefinition) return live.definition
  const [was, now] = await Promise.all([aws.taskDefinition(before), aws.taskDefinition(taskDefinition)])
  return merged(live.definition, was.definition, now.definition) as TaskDefinition
}

/** Terraform's tags on it and nobody's name: no deployment has made this one. */
function designOf({arn, tags}: Revision): string | undefined {
  const untouched = tags['managed-by'] === 'fb' && !(ACTOR in tags)
  return tags[DESIGN] ?? (untouched ? arn : undefined)
}

/** Where tasks will run that does not follow from their definition. */
export function placementChanges(primary: TaskSet, {network, capacityProviders}: Placement): Change[] {
  const names = (all: TaskSet['capacityProviders'] = []) => all.map(({provider}) => provider)
  return [
    difference('subnets', primary.network?.subnets, network?.subnets),
    difference('security groups', primary.network?.securityGroups, network?.securityGroups),
    difference('capacity', names(primary.capacityProviders), capacityProviders && names(capacityProviders)),
  ].flat()
}

function difference(what: string, before: string[] = [], after?: string[]): Change[] {
  const [old, now] = [before, after ?? before].map((all) => [...all].sort().join(' '))
  return old === now ? [] : [{what, before: old || undefined, after: now}]
}

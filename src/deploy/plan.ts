import type {Names} from '../config/names.js'
import {UsageError} from '../errors.js'
import type {AppSpecTemplate} from './appspec.js'
import type {IfBusy} from './busy.js'
import {type Change, changesBetween, sameDefinition} from './changes.js'
import {type Design, designIn, placementChanges, redesigned} from './design.js'
import type {ChosenImage} from './image.js'
import {linksIn, withLinks} from './links.js'
import type {Check} from './preflight/check.js'
import {primaryOf, refuseOtherGroup} from './refusals.js'
import {DESIGN, inheritedTags, MIGRATION, type Release, releaseOf, tagValue} from './release.js'
import {type Deployment, type Group, revisionOf, type ServiceState, type TaskSet} from './service.js'
import {configurationName, type Strategy, shiftMinutes, shiftSteps} from './strategy.js'
import {containerOf, edited, type Revision, type TaskDefinition} from './task-definition.js'
import type {WaitFor} from './watch.js'

/** What planning reads. It changes nothing. */
export type PlanReads = {
  service(): Promise<ServiceState>
  taskDefinition(arn: string): Promise<Revision>
  newestRevisions(most: number): Promise<string[]>
  group(): Promise<Group>
  groupTags(scene: Pick<Scene, 'account' | 'region'>): Promise<Record<string, string>>
  strategy(name: string): Promise<Strategy>
  inFlight(): Promise<Deployment | undefined>
  targetGroups(names: string[]): Promise<Record<string, string>>
}

export type Commits = {count: number; list: {sha: string; author: string; subject: string}[]}

/** Where the deployment takes place and who carries it out. */
export type Scene = {env: string; account: string; region: string; service: string; caller: string; names: Names}

/** How results name their place. */
export const placeOf = ({env, account, region, service}: Scene) => ({env, account, region, service})

export type Wanted = {
  image: ChosenImage
  /** The application's own templates; without them what runs is taken. */
  taskDefinition?: {file: string; definition: TaskDefinition}
  appSpec?: {file: string; template: AppSpecTemplate}
  env: Record<string, string>
  cpu?: number
  memory?: number
  strategy?: string
  message?: string
  force: boolean
  /** The command that brings the schema to what the new version needs. */
  migrate?: string
}

export type DeployPlan = {
  scene: Scene
  image: ChosenImage
  previous: Release
  /** The release number AWS will most likely give. */
  number: number
  definition: TaskDefinition
  tags: Record<string, string>
  /** The file the task definition came from; without one it is the live release's. */
  template?: string
  appSpec: AppSpecTemplate
  /** The container that the load balancer sends requests to. */
  container: string
  primary: TaskSet
  changes: Change[]
  strategy: Strategy
  group: Group
  /** ARNs of the group's two target groups. */
  targetGroups: string[]
  message: string
  /** True when this is already what runs and nobody asked to deploy it again. */
  already: boolean
  /** What is run once on the new release before it is deployed. */
  migration?: string
  /** Another deployment, which must be over before CodeDeploy takes this one. */
  busy?: Deployment
  /** What was asked to be done about it. */
  ifBusy?: IfBusy
  commits?: Commits
  /** Alarms that fire and are to be left out of account: then no alarm stops the deployment. */
  unheeded?: string[]
  /** What the preflight has found. */
  checks?: Check[]
}

/** Reads what runs, works out what would change, and refuses what could not work. Changes nothing. */
export async function planDeploy(aws: PlanReads, scene: Scene, wanted: Wanted): Promise<DeployPlan> {
  const template = wanted.appSpec?.template ?? {}
  const [service, group, busy, newest, tags] = await Promise.all([
    aws.service(),
    aws.group(),
    aws.inFlight(),
    aws.newestRevisions(1),
    aws.groupTags(scene),
  ])
  const design = designIn(tags)
  const primary = primaryOf(service)
  refuseOtherGroup(group, scene.names)
  const container = template.container ?? primary.container
  const [live, strategy, arns] = await Promise.all([
    aws.taskDefinition(primary.taskDefinition),
    aws.strategy(configurationName(wanted.strategy ?? group.config)),
    aws.targetGroups(group.targetGroups),
  ])
  const base = wanted.taskDefinition?.definition ?? (await redesigned(aws, live, design))
  const definition = definitionFor(base, live, container, wanted)
  const moved = placementChanges(primary, design.placement)
  const already = !wanted.force && moved.length === 0 && sameDefinition(live.definition, definition, container)
  // While its traffic moves the old version is still PRIMARY: that it runs does not mean that it will.
  const inTheWay = already && busy?.id === primary.deploymentId ? undefined : busy
  const name = wanted.image.tag ?? wanted.image.digest.slice(0, 19)
  return {
    scene,
    image: wanted.image,
    previous: releaseOf(live, container),
    number: Math.max(...newest.map(revisionOf), revisionOf(live.arn)) + 1,
    definition,
    tags: tagsFor(live, scene, wanted, design),
    template: wanted.taskDefinition?.file,
    appSpec: {...design.placement, ...template, hooks: template.hooks ?? design.hooks},
    container,
    primary,
    changes: [...changesBetween(live.definition, definition, container), ...moved],
    strategy,
    group,
    targetGroups: group.targetGroups.map((target) => arns[target]!),
    message: wanted.message ?? `deploy ${name}`,
    already,
    migration: wanted.migrate,
    busy: inTheWay,
  }
}

function definitionFor(
  base: TaskDefinition,
  live: Revision,
  container: string,
  {taskDefinition, image, env, cpu, memory}: Wanted,
): TaskDefinition {
  containerOf(base, container, taskDefinition?.file ?? live.arn)
  const linked = withLinks(base, container, linksIn(live.tags))
  return edited(linked, container, {image: image.image, env, cpu, memory})
}

/** The live release's tags, then the template's own. Those that begin with aws: are AWS's, and it refuses them from others. */
function tagsFor(
  live: Revision,
  {caller}: Scene,
  {taskDefinition: template, migrate}: Wanted,
  {taskDefinition}: Design,
): Record<string, string> {
  const own = (template?.definition.tags ?? []) as {key: string; value?: string}[]
  const all = {...live.tags, ...Object.fromEntries(own.map(({key, value}) => [key, value ?? '']))}
  const {[DESIGN]: before, ...tags} = inheritedTags(all, caller)
  const design = template ? undefined : (taskDefinition ?? before)
  return {...tags, ...(design && {[DESIGN]: design}), ...(migrate && {[MIGRATION]: tagValue(migrate)})}
}

/** `KEY=VALUE` pairs as a record. */
export function parseEnv(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw new UsageError('--set-env takes NAME=VALUE, with a name of letters, digits and underscores.', {
        code: 'bad_env',
      })
    }),
  )
}

/** What happens when, if every step goes as expected. Starting tasks and their first health checks take about two minutes. */
export function timeline({strategy, group}: DeployPlan, now: Date): {at: Date; what: string}[] {
  const START_MINUTES = 2
  const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  const steps = shiftSteps(strategy)
  const shown = steps.length > 3 ? [steps[0]!, steps.at(-1)!] : steps
  const last = START_MINUTES + steps.at(-1)!.minute
  return [
    {at: now, what: 'start green tasks'},
    ...(group.testListener ? [{at: after(START_MINUTES), what: 'test traffic to green'}] : []),
    ...shown.map(({minute, percent}) => ({at: after(START_MINUTES + minute), what: `${percent} % on green`})),
    {at: after(last + group.terminationMinutes), what: 'blue is terminated'},
  ]
}

/** CodeDeploy gives new tasks 60 minutes to become healthy; the rest is room for hooks and a rollback. In ms. */
export function patience({strategy, group}: Pick<DeployPlan, 'strategy' | 'group'>, until: WaitFor): number {
  const minutes =
    60 + group.approvalMinutes + shiftMinutes(strategy) + 15 + (until === 'complete' ? group.terminationMinutes : 0)
  return minutes * 60_000
}

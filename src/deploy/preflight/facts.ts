import type {AppSpecTemplate} from '../appspec.js'
import {type ImageReference, parseReference} from '../image.js'
import type {DeployPlan, Scene} from '../plan.js'
import {primaryOf, refuseOtherGroup} from '../refusals.js'
import type {Deployment, Group, TaskSet} from '../service.js'
import {configurationName, type Strategy} from '../strategy.js'
import type {Revision, TaskDefinition} from '../task-definition.js'
import type {PreflightReads, TargetGroup} from './preflight.js'

/** What the checks look at. A part that is not as it must be is a rejection that says so. */
export type Facts = {
  scene: Scene
  /** The account that fb.yml gives. */
  account?: string
  now: Date
  primary: Promise<TaskSet>
  group: Promise<Group>
  strategy: Promise<Strategy>
  targetGroups: Promise<TargetGroup[]>
  live: Promise<Revision>
  inFlight: Promise<Deployment | undefined>
  /** What is to be deployed. */
  definition: Promise<TaskDefinition>
  /** Nothing when it is not in ECR, where alone fb can look. */
  image: Promise<ImageReference | undefined>
  /** The container and port that the load balancer sends requests to. */
  entrance: Promise<{container: string; port: number}>
}

export type Place = Pick<Facts, 'scene' | 'account' | 'now'>

/** Of a deployment that is planned: most of it has been read. */
export function factsOfPlan(aws: PreflightReads, plan: DeployPlan, place: Omit<Place, 'scene'>): Facts {
  const {scene, primary, group, strategy, definition, image, container, appSpec, busy} = plan
  return {
    ...place,
    scene,
    primary: Promise.resolve(primary),
    group: Promise.resolve(group),
    strategy: Promise.resolve(strategy),
    targetGroups: aws.describeTargetGroups(group.targetGroups),
    live: aws.taskDefinition(primary.taskDefinition),
    inFlight: Promise.resolve(busy),
    definition: Promise.resolve(definition),
    image: Promise.resolve(parseReference(image.image)),
    entrance: Promise.resolve({container, port: appSpec.port ?? primary.port}),
  }
}

/** What a deployment would be made of; what is not given is as it runs. */
export type Wanted = {
  taskDefinition?: {definition: TaskDefinition}
  appSpec?: {template: AppSpecTemplate}
  image?: ImageReference
}

export function readFacts(aws: PreflightReads, place: Place, {taskDefinition, appSpec, image}: Wanted): Facts {
  const {names} = place.scene
  const primary = aws.service().then(primaryOf)
  const group = aws.group().then((found) => {
    refuseOtherGroup(found, names)
    return found
  })
  const live = primary.then((set) => aws.taskDefinition(set.taskDefinition))
  const {container, port} = appSpec?.template ?? {}
  const entrance = primary.then((set) => ({container: container ?? set.container, port: port ?? set.port}))
  return {
    ...place,
    primary,
    group,
    strategy: group.then(({config}) => aws.strategy(configurationName(config))),
    targetGroups: group.then(({targetGroups}) => aws.describeTargetGroups(targetGroups)),
    live,
    inFlight: aws.inFlight(),
    definition: live.then(({definition}) => taskDefinition?.definition ?? definition),
    image: image
      ? Promise.resolve(image)
      : Promise.all([live, entrance]).then(([revision, {container}]) => imageIn(revision.definition, container)),
    entrance,
  }
}

/** The image of a container, when it is one in ECR. */
export function imageIn(definition: TaskDefinition, container: string): ImageReference | undefined {
  const image = definition.containerDefinitions.find(({name}) => name === container)?.image ?? ''
  return /\.dkr\.ecr\./.test(image) ? parseReference(image) : undefined
}

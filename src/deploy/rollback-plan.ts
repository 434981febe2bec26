import {Busy} from '../errors.js'
import {type Change, changesBetween} from './changes.js'
import {MIGRATION, type Release, releaseOf, sayRelease} from './release.js'
import {type Situation, type UnderWay, unlessUnread} from './rollback-situation.js'
import {doubtsAbout} from './rollback-target.js'
import {isOver, revisionOf} from './service.js'
import {configurationName, type Strategy, shiftMinutes} from './strategy.js'
import {containerOf, type Revision} from './task-definition.js'

/**
 * How the traffic comes back. abort: it has not moved. instant: what served before still runs. redeploy: it must be started
 * anew. attach: somebody, or CodeDeploy itself, is going back already.
 */
export type Path = 'abort' | 'instant' | 'redeploy' | 'attach'

/** What must be over before another release can be deployed, and how it is brought to its end. */
export type First = {how: 'stop' | 'finish' | 'wait'; deploymentId: string}

/** A migration that began with a release newer than the one to go back to. */
export type Migration = {number: number; command: string}

export type RollbackPlan = Situation & {
  path: Path
  first?: First
  target: Release
  revision: Revision
  /** ECS takes no deployment of a task definition that was deregistered: its content is registered again. */
  inactive: boolean
  changes: Change[]
  /** Not known when the tags cannot be read. */
  migrations?: Migration[]
  doubts: string[]
  strategy: Strategy
  reason?: string
  ignoreAlarms: boolean
  /** How long it will take, in ms, if all goes as expected. */
  expectedMs: number
  /** True when it serves already and nothing is under way. */
  already: boolean
}

export type RollbackReads = {
  taskDefinition(arn: string): Promise<Revision>
  newestRevisions(most: number): Promise<string[]>
  strategy(name: string): Promise<Strategy>
}

export type RollbackWish = {strategy?: string; reason?: string; respectAlarms: boolean}

/** Finds the way from what serves to the release to go back to. Changes nothing. */
export async function planRollback(
  aws: RollbackReads,
  situation: Situation,
  revision: Revision,
  {strategy, reason, respectAlarms}: RollbackWish,
): Promise<RollbackPlan> {
  const {from, primary} = situation
  const target = releaseOf(revision, primary.container)
  const way = wayTo(situation, target)
  if (way.path === 'redeploy') containerOf(revision.definition, primary.container, sayRelease(target))
  const [leaving, routing, migrations] = await Promise.all([
    aws.taskDefinition(from.taskDefinitionArn),
    aws.strategy(configFor(situation, way, strategy)),
    unlessUnread(migrationsSince(aws, target)),
  ])
  return {
    ...situation,
    ...way,
    target,
    revision,
    inactive: revision.definition.status === 'INACTIVE',
    changes: changesBetween(leaving.definition, revision.definition, primary.container),
    migrations,
    doubts: doubtsAbout(revision, situation, primary.container),
    strategy: routing,
    reason,
    ignoreAlarms: !respectAlarms && situation.group.alarms.length > 0,
    expectedMs: expected(way, routing),
  }
}

const configFor = ({underWay}: Situation, {path}: Way, strategy = 'all-at-once'): string =>
  path === 'attach' ? underWay!.deployment.config : configurationName(strategy)

type Way = {path: Path; first?: First; already: boolean}

/** The way to a release from here. Only what still runs beside the new version is a matter of seconds. */
export function wayTo(situation: Situation, {taskDefinitionArn: arn}: Release): Way {
  const {underWay, from} = situation
  const leaves = arn !== from.taskDefinitionArn
  if (!underWay) return {path: 'redeploy', already: !leaves}
  const {deployment, blue, returning} = underWay
  if (returning?.to === arn) return {path: 'attach', already: false}
  if (blue?.taskDefinition === arn && !isOver(deployment))
    return {path: hasMoved(underWay) ? 'instant' : 'abort', already: false}
  if (!leaves && !returning && !deployment.terminationStarted) throw ownRelease(situation, underWay)
  return {path: 'redeploy', first: firstOf(situation, underWay), already: !leaves && !returning}
}

/** Unread, the listener may have sent traffic to green: then it has to be brought back. */
const hasMoved = ({green, traffic}: UnderWay): boolean => green !== undefined && traffic !== 0

/** A stop brings the traffic to what served before; when that was rolled back itself, the wait for its end is ended instead. */
function firstOf({releases}: Situation, {deployment, blue, returning}: UnderWay): First {
  if (isOver(deployment)) return {how: 'wait', deploymentId: returning!.by}
  const {id, terminationStarted} = deployment
  if (!blue) return {how: 'wait', deploymentId: id}
  const last = releases.find(({taskDefinitionArn}) => taskDefinitionArn === blue.taskDefinition)
  const bad = last?.result === 'rolled back'
  return {how: bad && terminationStarted ? 'finish' : 'stop', deploymentId: id}
}

/** Tasks start and turn healthy within about two minutes, and one more is for what CodeDeploy does around it; a rollback takes seconds (recorded runs). */
function expected({path, first}: Way, strategy: Strategy): number {
  if (path === 'abort') return 10_000
  if (path !== 'redeploy') return 20_000
  return (3 + shiftMinutes(strategy) + (first ? 1 : 0)) * 60_000
}

const NEWER = 20

/** Migrations run before a deployment is created: that of a release which never served has changed the schema as well. */
async function migrationsSince(aws: RollbackReads, {number}: Release): Promise<Migration[]> {
  const newer = (await aws.newestRevisions(NEWER)).filter((arn) => revisionOf(arn) > number)
  const revisions = await Promise.all(newer.map((arn) => aws.taskDefinition(arn)))
  return revisions.flatMap(({arn, tags}) =>
    tags[MIGRATION] === undefined ? [] : [{number: revisionOf(arn), command: tags[MIGRATION]}],
  )
}

const ownRelease = ({from, scene}: Situation, {deployment}: UnderWay) =>
  new Busy(`${sayRelease(from)} is what ${deployment.id} is deploying.`, {
    code: 'being_deployed',
    state: 'Nothing was changed.',
    next: [`fb watch ${deployment.id} --env ${scene.env}`],
  })

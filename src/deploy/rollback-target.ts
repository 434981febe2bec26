import {columns} from '../columns.js'
import {age, duration} from '../durations.js'
import {NotFound} from '../errors.js'
import {digestOf, shortName} from './image.js'
import {type Release, releaseOf, sayRelease} from './release.js'
import type {PastRelease} from './releases.js'
import type {Situation} from './rollback-situation.js'
import type {Revision} from './task-definition.js'

/** A release that had all the traffic; `lives` are the deployments by which it got it, newest first. */
export type GoodRelease = Release & {lives: PastRelease[]}

/** Releases that really served and were not rolled back in the end, newest first, without the one that is left. */
export function goodReleases(releases: PastRelease[], leaving: string): GoodRelease[] {
  const key = ({repeats, number}: PastRelease) => repeats ?? number!
  const left = releases.filter(({taskDefinitionArn}) => taskDefinitionArn === leaving).map(key)
  const lives = new Map<number, PastRelease[]>()
  for (const one of releases.filter(hasServed).filter((one) => !left.includes(key(one))))
    lives.set(key(one), [...(lives.get(key(one)) ?? []), one])
  return [...lives.values()]
    .filter(([newest]) => newest!.result !== 'rolled back')
    .map((all) => ({...(all[0] as Release), lives: all}))
}

const hasServed = ({servedFrom, number, image}: PastRelease) =>
  servedFrom !== undefined && number !== undefined && image !== undefined

const HOUR = 3_600_000

/** When it last got all the traffic, and how long it had it in all. */
export function sayLife({lives}: GoodRelease, now: Date): {live: string; ran: string} {
  const ms = lives.reduce((sum, {servedFrom, servedUntil = now}) => sum + (+servedUntil - +servedFrom!), 0)
  return {live: `live ${age(+now - +lives[0]!.servedFrom!)} ago`, ran: `ran ${ms < HOUR ? duration(ms) : age(ms)}`}
}

/** What there is to go back to, the best first: what still runs beside the new version, then what served before. */
export function choices({releases, from, underWay}: Situation): GoodRelease[] {
  const good = goodReleases(releases, from.taskDefinitionArn)
  const running = good.find(({taskDefinitionArn}) => taskDefinitionArn === underWay?.blue?.taskDefinition)
  return running ? [running, ...good.filter((one) => one !== running)] : good
}

/** Rows for a person to pick from: age, how long it ran, image, who. */
export function targetChoices(situation: Situation, now: Date): {name: string; short: string; value: string}[] {
  const shown = choices(situation).slice(0, SHOWN)
  const blue = situation.underWay?.blue?.taskDefinition
  const rows = shown.map((release) => {
    const {live, ran} = sayLife(release, now)
    const {who, message} = release.lives[0]!
    const running = release.taskDefinitionArn === blue
    return [`v${release.number}`, shortName(release.image), live, ran, who, running ? 'still runs' : message]
  })
  return columns(rows).map((name, i) => ({name, short: sayRelease(shown[i]!), value: `v${shown[i]!.number}`}))
}

const SHOWN = 10

/**
 * What was deployed last when it serves no longer: somebody, or CodeDeploy, has gone back already. Then only who names a
 * release means to go further; a runbook that runs twice, or after CodeDeploy's own rollback, does not.
 */
export function undone({releases, from, underWay, primary, weights}: Situation): PastRelease | undefined {
  const deployed = releases.filter((one) => !cameToNothing(one))
  const [newest] = deployed
  if (!newest || (underWay && !underWay.deployment.terminationStarted)) return undefined
  const serves = (weights?.[primary.targetGroup] ?? 100) === 100
  const other = deployed.find(({taskDefinitionArn}) => taskDefinitionArn !== from.taskDefinitionArn)
  return serves && (other === newest || newest.repeats !== undefined) ? other : undefined
}

/** Why the choice is only of what is further back. */
export const sayUndone = ({from}: Pick<Situation, 'from'>, {number, at}: PastRelease, now: Date): string =>
  `v${number}, deployed ${age(+now - +at)} ago, is rolled back already: ${sayRelease(from)} serves.`

/** A rollback of fb's that failed has undone nothing: the release that it was to take away still serves. */
const cameToNothing = ({repeats, servedFrom}: PastRelease): boolean => repeats !== undefined && servedFrom === undefined

type TargetReads = {taskDefinition(arn: string): Promise<Revision>}

/** The release to go back to: the one that was named by number, tag or digest, or the best there is. */
export async function findTarget(aws: TargetReads, situation: Situation, wanted?: string): Promise<Revision> {
  const {releases, from, underWay, primary} = situation
  const good = choices(situation)
  if (wanted !== undefined) {
    const arn = named(wanted, [...good, ...releases], primary.taskDefinition)
    if (!arn) throw noSuchRelease(wanted, good)
    return aws.taskDefinition(arn).catch((error: unknown) => {
      throw error instanceof NotFound ? noSuchRelease(wanted, good) : error
    })
  }
  if (underWay?.returning) return aws.taskDefinition(underWay.returning.to)
  if (undone(situation)) return aws.taskDefinition(from.taskDefinitionArn)
  const blue = underWay?.blue?.taskDefinition
  // What Terraform made first was never deployed by CodeDeploy; it runs, so one can go back to it.
  const unknown = blue && !releases.some(({taskDefinitionArn}) => taskDefinitionArn === blue)
  const arn = unknown ? blue : good[0]?.taskDefinitionArn
  if (arn) return aws.taskDefinition(arn)
  throw nothingGood(situation)
}

/** Good releases come first, so that of several with one image it is a good one. */
function named(wanted: string, releases: Partial<Release>[], family: string): string | undefined {
  const number = /^v?(\d+)$/.exec(wanted)?.[1]
  const found =
    releases.find((one) => number !== undefined && one.number === Number(number)) ??
    releases.find(({image}) => image !== undefined && shortName(image) === wanted) ??
    releases.find(({image}) => /^(sha256:)?[0-9a-f]{7,64}$/.test(wanted) && hasDigest(image, wanted))
  return found?.taskDefinitionArn ?? (number && family.replace(/:\d+$/, `:${number}`))
}

const hasDigest = (image: string | undefined, wanted: string): boolean =>
  digestOf(image ?? '')?.startsWith(`sha256:${wanted.replace('sha256:', '')}`) ?? false

const sayGood = (good: GoodRelease[]): string[] =>
  good.length > 0 ? [`Good releases: ${good.slice(0, 5).map(sayRelease).join(', ')}.`] : []

const noSuchRelease = (wanted: string, good: GoodRelease[]) =>
  new NotFound(`There is no release ${wanted}.`, {
    code: 'no_release',
    because: sayGood(good),
    state: 'Nothing was changed.',
    next: ['fb releases'],
  })

const nothingGood = ({from, scene: {env}}: Situation) =>
  new NotFound(`There is no release to go back to from ${sayRelease(from)}.`, {
    code: 'no_target',
    because: ['codedeploy:ListDeployments: no other release had all the traffic without being rolled back.'],
    state: 'Nothing was changed.',
    next: [`fb releases --env ${env}`, '--to RELEASE takes any that is registered'],
  })

/** Whether CodeDeploy has ever seen all traffic on it, or who took it back. */
export function doubtsAbout(target: Revision, {releases, underWay}: Situation, container: string): string[] {
  const lives = releases.filter(({taskDefinitionArn}) => taskDefinitionArn === target.arn)
  const name = sayRelease(releaseOf(target, container))
  if (underWay?.blue?.taskDefinition === target.arn && lives.length === 0) return []
  const last = lives.find(({servedFrom}) => servedFrom) ?? lives[0]
  if (!last?.servedFrom && last?.result !== 'rolled back') return [`${name} never had all the traffic`]
  if (last.result !== 'rolled back') return []
  const {by, reason} = last.rolledBack ?? {}
  return [`${name} was rolled back itself${by ? ` by ${by}` : ''}${reason ? `: ${reason}` : ''}`]
}

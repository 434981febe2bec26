import {NotFound, UsageError} from './errors.js'
import {awsTime, byAwsTime} from './logs/aws-clock.js'
import {catchingUp, lookingBack, type Passing} from './logs/catching-up.js'
import {namingGroups} from './logs/group-names.js'
import {LIVE_NOTE, refuseManyGroups} from './logs/live.js'
import {explainQuiet} from './logs/quiet.js'
import {paceOf, quotaOf} from './logs/quota.js'
import {outlastThrottling} from './logs/retry.js'
import {type Query, withoutOverlap} from './logs/source.js'
import type {Kept} from './logs/tail.js'
import {planTail, type Shown, type TailAsked} from './logs/tail-plan.js'
import {strangersText} from './logs/tail-text.js'
import {type Targets, targetsOf, type Which, type Whose} from './logs/targets.js'
import {TaskWatch} from './logs/task-watch.js'
import type {Zone} from './logs/zone.js'
import {aws, type Site} from './site.js'

export type LogsAsked = {task?: string[]; group?: string[]; previous?: boolean}

/** Where the lines are that are asked for. One of several services that is not there is only told. */
export async function findTargets(sites: Site[], {task, group, previous}: LogsAsked): Promise<Targets> {
  if (group) return {sources: withoutOverlap(group.map((name) => ({group: name}))), notes: []}
  const which: Which = {tasks: task, previous}
  const found = await Promise.allSettled(
    sites.map(async (site) => targetsOf(await aws(site, 'ecs'), placeOf(site), which)),
  )
  const known = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const missing = found.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const serious = missing.find((error) => known.length === 0 || !(error instanceof NotFound))
  if (serious) throw serious
  const stops = known.flatMap(({stoppedAt}) => (stoppedAt ? [stoppedAt] : []))
  return {
    sources: withoutOverlap(known.flatMap(({sources}) => sources)),
    notes: [...missing.map((error) => (error as Error).message), ...known.flatMap(({notes}) => notes)],
    ...(stops.length > 0 && {stoppedAt: new Date(Math.min(...stops.map(Number)))}),
  }
}

const placeOf = ({service, environment: {region}}: Site): Whose => ({service, region})

/** When the newest deployment of these services began. */
async function newestDeployment(sites: Site[]): Promise<Date> {
  const newest = await Promise.all(sites.map(async (site) => (await (await aws(site, 'codedeploy')).history(1))[0]))
  const times = newest.flatMap((deployment) => (deployment ? [deployment.createdAt.getTime()] : []))
  if (times.length > 0) return new Date(Math.max(...times))
  throw new NotFound('Nothing was deployed yet.', {code: 'no_deployment', next: ['fb logs tail --since 1h']})
}

export type Hearer = {
  onScreen: boolean
  /** Whether somebody is there who can log in again, wherever the lines go. */
  attended: boolean
  json: boolean
  /** The same place for what is read for a last time after Ctrl-C. */
  outlive(site: Site): Site
  say(text: string): void
  /** For what is of interest only while it is true; in a pipe nothing is. */
  passing?: Passing
  cursor?: {load(): Promise<Kept[]>; keep(kept: Kept[]): Promise<void>}
}

/** All that following needs: what to read and show, the way to read it, and how many tasks run. */
export async function prepareTail(
  sites: [Site, ...Site[]],
  asked: LogsAsked & TailAsked & {deploy?: boolean; live?: boolean},
  hearer: Hearer,
) {
  const {outlive, say, onScreen, attended, json, passing, cursor} = hearer
  const site = outlive(sites[0])
  const saved = (await cursor?.load()) ?? []
  const {names, ...means} = await logMeans(site, say, attended)
  const looked = () => Promise.all([findTargets(sites, asked), asked.deploy ? newestDeployment(sites) : undefined])
  const end = asked.for === undefined ? undefined : means.clock.now().getTime() + asked.for
  const {signal} = sites[0].connection
  const [targets, deployedAt] = await outlastThrottling(looked, {...means.patience, signal, end})
  const health = sites.map(({settings, service}) => settings.services[service]!.health)
  const now = await awsTime(means, targets.sources[0]!)
  const plan = planTail(asked, targets, {now, onScreen, json, health, deployedAt, saved})
  const live = asked.live ? await liveWay(site, plan) : undefined
  const found = sites.filter(({service}) => plan.sources.some((source) => source.service === service))
  const watches = plan.follow ? await taskWatches(found.map(outlive), plan.zone, say) : []
  return {
    plan,
    notes: [...targets.notes, ...strangersText(plan), ...(live ? [LIVE_NOTE] : [])],
    means: {
      ...means,
      live,
      progress: passing && catchingUp(passing, plan.zone),
      looking: passing && lookingBack(passing, plan.zone),
      keep: cursor?.keep,
      tick(at: number) {
        for (const watch of watches) watch.tick(at)
      },
      nothing: () => explainQuiet(names, plan, say, means.patience.signal),
    },
    tasks: sumOf(await Promise.all(watches.map((watch) => watch.running()))),
  }
}

async function liveWay(site: Site, {sources, follow, order}: Shown) {
  refuseManyGroups(sources)
  if (!follow) throw notFollowing()
  if (order === 'time') throw inOrder()
  return (await aws(site, 'liveTail')).open
}

const notFollowing = () =>
  new UsageError('Live Tail tells what comes, and this only reads what is there.', {
    code: 'live_without_follow',
    next: ['--live --follow', 'without --live'],
  })

const inOrder = () =>
  new UsageError('--order time holds every line back for 8s: Live Tail would be paid for nothing.', {
    code: 'live_in_order',
    next: ['without --live', 'without --order time'],
  })

/** Undefined when one of them is, or there is none. */
function sumOf(counts: (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined)
  return known.length === counts.length && known.length > 0 ? known.reduce((sum, count) => sum + count, 0) : undefined
}

/** Says which tasks of the services start and stop. */
const taskWatches = (sites: Site[], zone: Zone, say: (text: string) => void): Promise<TaskWatch[]> =>
  Promise.all(
    sites.map(async (site) => {
      const name = sites.length > 1 ? site.service : undefined
      return new TaskWatch(await aws(site, 'ecs'), zone, say, name)
    }),
  )

/** The way to CloudWatch, within fb's share of the quota. With `login` it waits for a person to log in again. */
export async function logMeans(site: Site, say: (text: string) => void, login: boolean, share?: number) {
  const logs = await aws(site, 'logs')
  const {environment, connection} = site
  const {page, clock} = byAwsTime(logs.page, site.clock)
  const quota = quotaOf(environment.region)
  if (!quota.known)
    say(
      `fb does not know the quota of ${environment.region}; it reads as if it were ${quota.perSecond} calls a second.`,
    )
  return {
    page: (query: Query) => namingGroups([query.group], logs.groupNames, () => page(query)),
    names: logs,
    clock,
    // By the machine's own: it counts seconds, whatever the hour is.
    pace: paceOf(quota, site.clock, share),
    patience: {clock, signal: connection.signal, login, note: say},
  }
}

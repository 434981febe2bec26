import {isLoggedOut} from './errors.js'
import {findTargets, type LogsAsked, logMeans} from './log-access.js'
import {awsTime} from './logs/aws-clock.js'
import {betterEngine, type Engine, onlyEngine, type Volume} from './logs/engine.js'
import {namingGroups} from './logs/group-names.js'
import type {Insights} from './logs/insights.js'
import {type Price, priceIn} from './logs/price.js'
import {quotaOf} from './logs/quota.js'
import {outlastThrottling} from './logs/retry.js'
import {groupsOf, type Search} from './logs/search.js'
import type {Wanted} from './logs/search-plan.js'
import {aws, type Site} from './site.js'

/** A search is short: it takes more of the quota than what goes on for hours. */
const SHARE = 0.8

export type Hearer = {
  say(text: string): void
  onScreen: boolean
  /** How things stand should fb end now; without a state, as before. */
  stands(state?: string, next?: string[]): void
}

/** All that searching needs: what and where, by which engine at what cost, and the way to read. `wantedAt` a time (ms). */
export async function prepareSearch(
  sites: [Site, ...Site[]],
  wantedAt: (now: number) => Wanted,
  asked: LogsAsked,
  {say, onScreen, stands}: Hearer,
) {
  const [site] = sites
  // What is wrong with it is told before anything is read, and whatever the time is.
  onlyEngine(wantedAt(site.clock.now().getTime()).engine)
  const {names, ...means} = {...(await logMeans(site, say, onScreen, SHARE)), stands}
  const {sources, notes} = await outlastThrottling(() => findTargets(sites, asked), means.patience)
  for (const note of notes) say(note)
  const [now, kinds] = await Promise.all([awsTime(means, sources[0]!), kindsOf(site, asked.group ?? [])])
  const wanted = wantedAt(now)
  const search = wanted.searchIn(sources)
  const groups = groupsOf(search)
  const only = onlyEngine(
    wanted.engine,
    groups.map((name) => ({name, kind: kinds.get(name)})),
  )
  const perSecond = quotaOf(site.environment.region).perSecond * SHARE
  const volume: Volume = {perSecond, ...(only !== 'filter' && {bytes: await volumeOf(site, search)})}
  const engine = only ?? betterEngine(volume)
  const api = await aws(site, 'insights')
  const startQuery: Insights['startQuery'] = (query) =>
    namingGroups(groups, names.groupNames, () => api.startQuery(query))
  const price = priceIn(site.environment.region)
  const usd = usdOf(engine, volume, price)
  const insights = {...api, startQuery}
  return {wanted, search, engine, volume, price, usd, means, insights, filters: wanted.engine.filters}
}

/** The classes of groups, as far as they can be read: who cannot read one may still search the group. */
async function kindsOf(site: Site, names: string[]): Promise<Map<string, string | undefined>> {
  const api = await aws(site, 'logGroups')
  const kindOf = async (name: string) => (await unlessOver(site, () => api.group(name)))?.class
  // One that is named by its ARN may be another account's.
  const own = names.filter((name) => !name.startsWith('arn:'))
  return new Map(await Promise.all(own.map(async (name) => [name, await kindOf(name)] as const)))
}

/** What the query costs; nothing is known of groups whose metric may not be read. */
const usdOf = (engine: Engine, {bytes}: Volume, price: Price): number | undefined =>
  engine === 'filter' ? 0 : bytes === undefined ? undefined : price.usd(bytes)

/** Without it fb can still read, whatever stands in its way: it only matters to one who wants Insights, who is asked then. */
async function volumeOf(site: Site, search: Search): Promise<number | undefined> {
  const api = await aws(site, 'cloudwatch')
  return unlessOver(site, () => api.ingestedBytes(groupsOf(search), search.from, search.to))
}

/** What is good to know and can be done without; only who is told to end, or is not logged in, gets no further. */
async function unlessOver<T>(site: Site, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (site.connection.signal.aborted || isLoggedOut(error)) throw error
    return undefined
  }
}

import {isLoggedOut} from './errors.js'
import {findTargets, type LogsAsked, logMeans} from './log-access.js'
import {awsTime} from './logs/aws-clock.js'
import {betterEngine, type Engine, onlyEngine, type Volume} from './logs/engine.js'
import {type Price, priceIn} from './logs/price.js'
import {quotaOf} from './logs/quota.js'
import {outlastThrottling} from './logs/retry.js'
import type {Search} from './logs/search.js'
import type {Wanted} from './logs/search-plan.js'
import {aws, type Site} from './site.js'

/** A search is short: it takes more of the quota than what goes on for hours. */
const SHARE = 0.8

export type Hearer = {say(text: string): void; onScreen: boolean}

/** All that searching needs: what and where, by which engine at what cost, and the way to read. `wantedAt` a time (ms). */
export async function prepareSearch(
  sites: [Site, ...Site[]],
  wantedAt: (now: number) => Wanted,
  asked: LogsAsked,
  {say, onScreen}: Hearer,
) {
  const [site] = sites
  // What is wrong with it is told before anything is read, and whatever the time is.
  const only = onlyEngine(wantedAt(site.clock.now().getTime()).engine)
  const means = await logMeans(site, say, onScreen, SHARE)
  const {sources, notes} = await outlastThrottling(() => findTargets(sites, asked), means.patience)
  for (const note of notes) say(note)
  const wanted = wantedAt(await awsTime(means, sources[0]!))
  const search = wanted.searchIn(sources)
  const perSecond = quotaOf(site.environment.region).perSecond * SHARE
  const volume: Volume = {perSecond, ...(only !== 'filter' && {bytes: await volumeOf(site, search)})}
  const engine = only ?? betterEngine(volume)
  const insights = await aws(site, 'insights')
  const price = priceIn(site.environment.region)
  const usd = usdOf(engine, volume, price)
  return {wanted, search, engine, volume, price, usd, means, insights, filters: wanted.engine.filters}
}

/** What the query costs; nothing is known of groups whose metric may not be read. */
const usdOf = (engine: Engine, {bytes}: Volume, price: Price): number | undefined =>
  engine === 'filter' ? 0 : bytes === undefined ? undefined : price.usd(bytes)

/** Without it fb can still read, whatever stands in its way: it only matters to one who wants Insights, who is asked then. */
async function volumeOf(site: Site, {sources, from, to}: Search): Promise<number | undefined> {
  const groups = [...new Set(sources.map(({group}) => group))]
  try {
    return await (await aws(site, 'cloudwatch')).ingestedBytes(groups, from, to)
  } catch (error) {
    if (site.connection.signal.aborted || isLoggedOut(error)) throw error
    return undefined
  }
}

import {clip, columns, wrapped} from '../columns.js'
import {duration} from '../durations.js'
import {FbError, NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import {amountText, bytesText} from './amounts.js'
import {type Engine, secondsToRead, type Volume} from './engine.js'
import {type Answer, isFull, limitOf, MOST_ROWS, type Row} from './insights.js'
import type {Price} from './price.js'
import type {Search} from './search.js'
import type {Zone} from './zone.js'

/** `13:00 to 14:00`, with the days unless both are today; `from 13:00` when it ends now. */
function spanText({from, to}: Search, {zone, now}: When): string {
  const today = zone.date(from) === zone.date(now)
  const text = (at: number) => `${today ? '' : `${zone.date(at)} `}${zone.time(at).slice(0, to - from < SHORT ? 8 : 5)}`
  return to === now ? `from ${text(from)}` : `${text(from)} to ${text(to)}`
}

/** Seconds matter in it. */
const SHORT = 10 * 60_000

/** Where it is looked: `v1 (/ecs/app-prod)`. */
function placesText({sources}: Search): string {
  const services = [...new Set(sources.flatMap(({service}) => service ?? []))]
  const groups = [...new Set(sources.map(({group}) => group))].join(', ')
  return services.length > 0 ? `${services.join(', ')} (${groups})` : groups
}

type Prepared = {search: Search; engine: Engine; volume: Volume; price: Price}
type When = {zone: Zone; now: number}

/** Said before the first line: where, when, and what it takes. */
export function headerText(
  {search, engine, volume, price}: Prepared,
  when: When,
  {paint, safe, width}: Canvas,
): string[] {
  const facts = [safe(placesText(search)), spanText(search, when), ...effortText(engine, volume, price)]
  return wrapped(`${paint.accent('▶')} ${facts.join(paint.dim(' · '))}`, width, 2)
}

function effortText(engine: Engine, volume: Volume, price: Price): string[] {
  const {bytes} = volume
  if (engine === 'insights')
    return [`Logs Insights, ${bytes === undefined ? 'at a cost fb cannot tell' : scanText(bytes, price)}`]
  const seconds = secondsToRead(volume)
  return seconds > 10 ? [`${bytesText(bytes!)}, up to ${duration(seconds * 1000)}`] : []
}

/** Said before each query after the first, because only that one's cost was told. */
export const againText = (rows: number, bytes: number, price: Price): string =>
  `Logs Insights has sent ${amountText(rows, 'line')} and sends no more at once: the next query ${scanText(bytes, price)} more.`

const scanText = (bytes: number, price: Price): string =>
  `scans about ${bytesText(bytes)} for ${price.text(price.usd(bytes))}`

export const costQuestion = ({volume: {bytes}, price}: Prepared): string =>
  bytes === undefined
    ? 'fb could not read how much was logged (cloudwatch:GetMetricData), so it cannot tell the cost. Start the query?'
    : `The query ${scanText(bytes, price)}. Start it?`

/**
 * `more`: there are others, before the shown ones when those are the `last`, otherwise after them. `cut`: Logs Insights has not
 * sent all of them. `unpaid`: to go on would cost so much in all (USD).
 */
export type Summary = {
  shown: number
  more: boolean
  cut?: boolean
  unpaid?: number
  last: boolean
  limit?: number
  scanned?: number
}

/** Said after the last line. */
export function footerText(
  {shown, more, cut, unpaid, last, limit, scanned}: Summary,
  ms: number,
  price: Price,
  {paint}: Canvas,
): string {
  const facts = [
    `${amountText(shown, 'line')} in ${duration(ms)}`,
    ...(more ? [`there are more: --limit ${(limit ?? shown) * 10}${last ? '' : ', or --last for the newest'}`] : []),
    ...(cut ? ['Logs Insights has not sent all: --engine filter'] : []),
    ...(unpaid === undefined ? [] : [`there may be more, for ${price.text(unpaid)} in all: ${dearer(unpaid)}`]),
    ...paidText(price, scanned),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

const paidText = (price: Price, scanned?: number): string[] =>
  scanned === undefined ? [] : [`${bytesText(scanned)} scanned for ${price.text(price.usd(scanned))}`]

const dearer = (usd: number) => `--max-cost ${Math.ceil(usd)}`

/** The same for the rows of a query, which may have been cut at its own limit or at that of Logs Insights. */
export function rowsFooterText({rows, scanned}: Answer, query: string, price: Price, {paint}: Canvas): string {
  const limit = limitOf(query)
  const more =
    rows.length === limit && limit < MOST_ROWS
      ? `| limit ${Math.min(limit * 10, MOST_ROWS)}`
      : '--since with a shorter range'
  const facts = [
    amountText(rows.length, 'row'),
    ...(isFull(rows, limit) ? [`there may be more: ${more}`] : []),
    ...paidText(price, scanned),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

const DAY = 24 * 3_600_000

/** Nothing there is an answer too: what was looked through, and how to look further. */
export function nothingFound(
  {search, price}: Pick<Prepared, 'search' | 'price'>,
  {cut, unpaid}: Summary,
  when: When,
): FbError {
  if (cut || unpaid !== undefined)
    return new FbError('Nothing matches in what Logs Insights has sent, and that is not all.', {
      code: 'cut',
      because: unpaid === undefined ? [] : [`To go on would cost ${price.text(unpaid)} in all.`],
      next: unpaid === undefined ? ['--engine filter'] : [dearer(unpaid), '--engine filter'],
    })
  return new NotFound(`Nothing matches${search.text ? ` ${JSON.stringify(search.text)}` : ''}.`, {
    code: 'no_match',
    because: [`Looked in ${placesText(search)}, ${spanText(search, when)}.`],
    next: [`--since ${search.to - search.from < DAY ? '24h' : '14d'}`],
  })
}

/** The rows of a query as a table. */
export function rowsText(rows: Row[], {paint, safe, width}: Canvas): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== '@ptr')
  const cells = rows.map((row) => names.map((name) => safe(row[name] ?? '')))
  const right = names.flatMap((_, i) => (cells.every((row) => /^-?[\d.]*$/.test(row[i]!)) ? [i] : []))
  const [head = '', ...table] = columns([names, ...cells], {right})
  return [paint.dim(clip(head, width)), ...table.map((line) => clip(line, width))]
}

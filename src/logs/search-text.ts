import {clip, columns, wrapped} from '../columns.js'
import {duration} from '../durations.js'
import {FbError, NotFound, UsageError} from '../errors.js'
import type {Canvas} from '../events.js'
import {amountText, bytesText} from './amounts.js'
import {type Engine, secondsToRead, type Volume} from './engine.js'
import {type Answer, isFull, limitOf, MOST_ROWS, type Row} from './insights.js'
import type {Price} from './price.js'
import type {Search} from './search.js'
import type {Prepared} from './search-plan.js'
import type {Zone} from './zone.js'

type When = {zone: Zone; now: number}

/** `13:00 to 14:00`, with the days unless both are today; `from 13:00` when it ends now. */
function spanText({from, to}: Search, {zone, now}: When): string {
  const clock = (at: number) => zone.time(at).slice(0, to - from < SHORT ? 8 : 5)
  const day = (at: number, known: number) => (zone.date(at) === zone.date(known) ? '' : `${zone.date(at)} `)
  const begin = `${day(from, now)}${clock(from)}`
  return to === now ? `from ${begin}` : `${begin} to ${day(to, from)}${clock(to)}`
}

/** Seconds matter in it. */
const SHORT = 10 * 60_000

/** Where it is looked: `v1 (/ecs/app-prod)`. */
function placesText({sources}: Search): string {
  const services = [...new Set(sources.flatMap(({service}) => service ?? []))]
  const groups = [...new Set(sources.map(({group}) => group))].join(', ')
  return services.length > 0 ? `${services.join(', ')} (${groups})` : groups
}

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

export const costQuestion = (prepared: Prepared): string => `${costText(prepared)} Start the query?`

/** The same where nobody can be asked. */
export const tooDear = (prepared: Prepared, most: number, usd?: number): UsageError =>
  new UsageError(costText(prepared), {
    code: 'cost',
    because: [
      usd === undefined
        ? 'Nobody is there to be asked.'
        : `That is more than --max-cost ${most}, and nobody is there to be asked.`,
    ],
    state: 'No query was started.',
    next: [...(usd === undefined ? [] : [dearer(usd)]), '--yes'],
  })

const costText = ({volume: {bytes}, price}: Prepared): string =>
  bytes === undefined
    ? 'fb could not read how much was logged (cloudwatch:GetMetricData), so it cannot tell what the query costs.'
    : `The query ${scanText(bytes, price)}.`

/**
 * `more`: there are others, before the shown ones when those are the `last`, otherwise after them. `cut`: Logs Insights has not
 * sent all of them. `unpaid`: to go on would cost so much in all (USD). `done`: the part that is read (0 to 1).
 */
export type Summary = {
  shown: number
  more: boolean
  cut?: boolean
  unpaid?: number
  last: boolean
  limit?: number
  scanned?: number
  done?: number
}

/** How a search has gone: all of it, or until Ctrl-C or another error. */
export type Course = {ms: number; price: Price; reason: 'end' | 'interrupted' | 'error'}

/** Said after the last line. */
export function footerText(summary: Summary, {ms, price, reason}: Course, {paint}: Canvas): string {
  const {shown, more, cut, unpaid, last, limit, scanned, done} = summary
  const newest = last || scanned !== undefined ? '' : ', or --last for the newest'
  const facts = [
    `${amountText(shown, 'line')}${reason === 'end' ? '' : ' so far'}${took(ms)}`,
    ...(reason === 'end' || done === undefined ? [] : [`${Math.floor(done * 100)} % read`]),
    ...(more ? [`there are more: --limit ${(limit ?? shown) * 10}${newest}`] : []),
    ...(cut ? ['Logs Insights has not sent all: --engine filter'] : []),
    ...(unpaid === undefined ? [] : [`there may be more, for ${price.text(unpaid)} in all: ${dearer(unpaid)}`]),
    ...paidText(price, scanned),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

/** A second is not worth telling. */
const took = (ms: number) => (ms < 1000 ? '' : ` in ${duration(ms)}`)

/** The same for programs, in a line. */
export const endRecord = <T extends {scanned?: number}>(what: T, {price, reason}: Course, engine: Engine): string =>
  JSON.stringify({
    type: 'end',
    reason,
    ...what,
    engine,
    ...(what.scanned !== undefined && {usd: Number(price.usd(what.scanned).toPrecision(3))}),
  })

/** Said after a count that was paid for. */
export const countedText = (scanned: number, {ms, price}: Course, {paint}: Canvas): string =>
  paint.dim(`■ ${paidText(price, scanned).join('')}${took(ms)}`)

const paidText = (price: Price, scanned?: number): string[] =>
  scanned === undefined
    ? []
    : [`${bytesText(scanned)} scanned${scanned > 0 ? ` for ${price.text(price.usd(scanned))}` : ''}`]

const dearer = (usd: number) => `--max-cost ${Math.ceil(usd)}`

/** The same for the rows of a query, which may have been cut at its own limit or at that of Logs Insights. */
export function rowsFooterText({rows, scanned}: Answer, query: string, course: Course, {paint}: Canvas): string {
  const limit = limitOf(query)
  const more =
    rows.length === limit && limit < MOST_ROWS
      ? `| limit ${Math.min(limit * 10, MOST_ROWS)}`
      : '--since with a shorter range'
  const facts = [
    `${amountText(rows.length, 'row')}${course.reason === 'end' ? '' : ' so far'}${took(course.ms)}`,
    ...(isFull(rows, limit) ? [`there may be more: ${more}`] : []),
    ...paidText(course.price, scanned),
  ]
  return paint.dim(`■ ${facts.join(' · ')}`)
}

const DAY = 24 * 3_600_000

/** Nothing there is an answer too: what was looked through, and how to look further. */
export function nothingFound(
  {search, price}: Pick<Prepared, 'search' | 'price'>,
  {cut, unpaid}: Summary,
  when: When & {onlyText: boolean},
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
    next: further(search, when),
  })
}

/** How to look further back than it was looked. */
function further({text, from, to}: Search, {now, onlyText}: When & {onlyText: boolean}): string[] {
  const since = [1, 14, 90].find((days) => now - from < 0.9 * days * DAY)
  if (since === undefined) return []
  const command = onlyText && to === now ? `fb logs search ${quoted(text)} ` : ''
  return [`${command}--since ${since === 1 ? '24h' : `${since}d`}`]
}

/** For a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The rows of a query as a table. */
export function rowsText(rows: Row[], {paint, safe, width, edge = width}: Canvas): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== '@ptr')
  const cells = rows.map((row) => names.map((name) => safe(row[name] ?? '')))
  const right = names.flatMap((_, i) => (cells.every((row) => /^-?[\d.]*$/.test(row[i]!)) ? [i] : []))
  const [head = '', ...table] = columns([names, ...cells], {right})
  return [paint.dim(clip(head, edge)), ...table.map((line) => clip(line, edge))]
}

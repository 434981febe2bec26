import {wrapped} from '../columns.js'
import {duration} from '../durations.js'
import {FbError, NotFound} from '../errors.js'
import type {Canvas} from '../events.js'
import {amountText, bytesText} from './amounts.js'
import {dearer, paidText, scanText, took} from './cost-text.js'
import {type Engine, secondsToRead, type Volume} from './engine.js'
import type {Price} from './price.js'
import type {Search} from './search.js'
import type {Course, Summary} from './search-end.js'
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

/** Said after a count that was paid for. */
export const countedText = (scanned: number, {ms, price}: Course, {paint}: Canvas): string =>
  paint.dim(`■ ${paidText(price, scanned).join('')}${took(ms)}`)

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

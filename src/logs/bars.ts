import {clip, padEnd, padStart, widthOf} from '../columns.js'
import type {Canvas} from '../events.js'
import {amountText, countText} from './amounts.js'
import type {Engine} from './engine.js'
import type {Span} from './slices.js'
import {type Key, MINUTE, type Tally} from './tally.js'
import type {Zone} from './zone.js'

type Bar = {label: string; count: number; paint?: (text: string) => string}

/** A chart has about so many lines: more is no picture any more. */
const MOST = 30
const WIDEST = 60
/** Steps of time that a person counts in, in minutes. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

type When = {by?: Key; zone: Zone}

/** How many there are; by something, as a chart. `whole`: nobody ended the counting before it was done. */
export function tallyText(tally: Tally, span: Span & {whole: boolean}, {by, zone}: When, canvas: Canvas): string[] {
  const end = span.whole ? '' : ' so far'
  if (!by || tally.total === 0) return [`${countText(tally.total)}${end}`]
  return [...chartText(tally, by, {...span, zone}, canvas), canvas.paint.dim(amountText(tally.total, 'line') + end)]
}

/** The same for programs: every minute by itself, times as ISO 8601. */
export function tallyDocument(tally: Tally, {search: {from, to}, engine}: Counted, scanned?: number): object {
  const iso = (at: number) => new Date(at).toISOString()
  const rows = tally.rows().map(({key, count}) => ({key: typeof key === 'number' ? iso(key) : key, count}))
  return {count: tally.total, ...(tally.by && {by: tally.by, rows}), from: iso(from), to: iso(to), engine, scanned}
}

type Counted = {search: Span; engine: Engine}

/** A count as a bar for each minute (or as many of them as fit), task, level or path. */
function chartText(
  tally: Tally,
  by: Key,
  {from, to, zone}: {from: number; to: number; zone: Zone},
  canvas: Canvas,
): string[] {
  if (by === 'minute') {
    const {bars, step} = timeBars(tally, from, to, zone)
    const title = step === 1 ? 'MINUTE' : step < 60 ? `${step} MINUTES` : step === 60 ? 'HOUR' : `${step / 60} HOURS`
    return drawn(title, bars, canvas)
  }
  const rows = tally.rows()
  const bars = rows.slice(0, MOST).map(({key, count}) => ({
    label: canvas.safe(by === 'task' ? String(key).slice(0, 8) : String(key)),
    count,
    paint: by === 'level' ? levelPaint(String(key), canvas) : undefined,
  }))
  const rest = rows.slice(MOST)
  const others = rest.reduce((sum, {count}) => sum + count, 0)
  const end =
    rest.length > 0 ? [canvas.paint.dim(`and ${countText(others)} in ${amountText(rest.length, 'other')}`)] : []
  return [...drawn(by.toUpperCase(), bars, canvas), ...end]
}

/** Minutes in which nothing was found are there too: a gap is news. */
function timeBars(tally: Tally, from: number, to: number, zone: Zone): {bars: Bar[]; step: number} {
  const step = STEPS.find((minutes) => (to - from) / (minutes * MINUTE) <= MOST) ?? STEPS.at(-1)!
  const size = step * MINUTE
  const begin = (at: number) => {
    const ahead = zone.offset(at) * MINUTE
    return Math.floor((at + ahead) / size) * size - ahead
  }
  const counts = new Map<number, number>()
  for (let at = begin(from); at <= to; at += size) counts.set(begin(at), 0)
  for (const {key, count} of tally.rows()) {
    const at = begin(Number(key))
    counts.set(at, (counts.get(at) ?? 0) + count)
  }
  const days = zone.date(from) !== zone.date(to)
  const label = (at: number) => `${days ? `${zone.date(at).slice(5)} ` : ''}${zone.time(at).slice(0, 5)}`
  const bars = [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({label: label(at), count}))
  return {bars, step}
}

function drawn(title: string, bars: Bar[], {paint, width}: Canvas): string[] {
  const most = Math.max(1, ...bars.map(({count}) => count))
  const figures = Math.max(5, countText(most).length)
  const names = Math.min(
    Math.max(widthOf(title), ...bars.map(({label}) => widthOf(label))),
    Math.max(10, width - figures - 24),
  )
  const room = Math.min(WIDEST, width - names - figures - 4)
  const head = paint.dim(`${padEnd(title, names)}  ${padStart('LINES', figures)}`)
  const line = ({label, count, paint: colour = paint.accent}: Bar) =>
    `${padEnd(clip(label, names), names)}  ${padStart(countText(count), figures)}  ${colour(block((count / most) * room))}`
  return [head, ...bars.map((bar) => line(bar).trimEnd())]
}

/** A bar in eighths of a column; whatever there is shows. */
function block(length: number): string {
  const eighths = length > 0 ? Math.max(1, Math.round(length * 8)) : 0
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]
}

function levelPaint(level: string, {paint}: Canvas): (text: string) => string {
  const paints: Record<string, (text: string) => string> = {
    fatal: paint.bad,
    error: paint.bad,
    warn: paint.warn,
    info: paint.good,
  }
  return paints[level] ?? paint.dim
}

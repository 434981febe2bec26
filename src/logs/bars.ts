import {clipMiddle, padEnd, padStart, widthOf} from '../columns.js'
import type {Canvas} from '../events.js'
import {amountText, countText} from './amounts.js'
import type {Engine} from './engine.js'
import type {Span} from './slices.js'
import {type Counted, type Key, MINUTE, type Tally} from './tally.js'
import type {Zone} from './zone.js'

type Bar = {label: string; count: number; paint?: (text: string) => string}

/** A chart has about so many lines: more is no picture any more. */
const MOST = 30
const WIDEST = 60
/** Steps of time that a person counts in, in minutes. */
const DAY = 1440
const HOUR = 60 * MINUTE
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 3650 * DAY]
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** `whole`: nobody ended the counting before it was done. `bare`: figures are for programs. */
export type Counting = Span & {zone: Zone; whole: boolean; bare: boolean}

/** How many there are; by something, as a chart. */
export function tallyText(tally: Tally, counting: Counting, canvas: Canvas): string[] {
  const end = counting.whole ? '' : ' so far'
  const {by, total} = tally
  if (!by || total === 0) return [`${figure(total, counting)}${end}`]
  return [...chartText(tally, by, counting, canvas), canvas.paint.dim(amountText(total, 'line') + end)]
}

/** No shell reckons with `3,329`. */
const figure = (count: number, {bare}: {bare: boolean}) => (bare ? String(count) : countText(count))

/** The same for programs: every minute by itself from the first to the last that has lines, times as ISO 8601. */
export function tallyDocument(tally: Tally, {search: {from, to}, engine}: Looked, scanned?: number) {
  const iso = (at: number) => new Date(at).toISOString()
  const counted = tally.rows()
  const rows = (tally.by === 'minute' ? withGaps(counted) : counted).map(({key, count}) => ({
    key: typeof key === 'number' ? iso(key) : key,
    count,
  }))
  return {count: tally.total, ...(tally.by && {by: tally.by, rows}), from: iso(from), to: iso(to), engine, scanned}
}

type Looked = {search: Span; engine: Engine}

/** With the minutes between them in which there was nothing. */
function withGaps(minutes: Counted[]): Counted[] {
  return minutes.flatMap((minute, i) => {
    const next = Number(minutes[i + 1]?.key ?? 0)
    const gap = Math.max(0, (next - Number(minute.key)) / MINUTE - 1)
    const empty = Array.from({length: gap}, (_, k) => ({key: Number(minute.key) + (k + 1) * MINUTE, count: 0}))
    return [minute, ...empty]
  })
}

/** A count as a bar for each minute (or as many of them as fit), task, level or path. */
function chartText(tally: Tally, by: Key, counting: Counting, canvas: Canvas): string[] {
  if (by === 'minute') {
    const {bars, step} = timeBars(tally, counting)
    return drawn(stepText(step), bars, counting, canvas)
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
  return [...drawn(by.toUpperCase(), bars, counting, canvas), ...end]
}

function stepText(minutes: number): string {
  const [size, name] = minutes < 60 ? [1, 'MINUTE'] : minutes < DAY ? [60, 'HOUR'] : [DAY, 'DAY']
  return minutes === size ? name : `${minutes / size} ${name}S`
}

/** Minutes in which nothing was found are there too: a gap is news. */
function timeBars(tally: Tally, {from, to, zone}: Counting): {bars: Bar[]; step: number} {
  const step = STEPS.find((minutes) => (to - from) / (minutes * MINUTE) <= MOST) ?? STEPS.at(-1)!
  const size = step * MINUTE
  const begin = (at: number) => stepAt(at, size, zone)
  const counts = new Map<number, number>()
  // Where a clock is put back a step is longer than others.
  const after = (at: number) => (begin(at + size) > at ? begin(at + size) : begin(at + 1.5 * size))
  for (let at = begin(from); at < to; at = after(at)) counts.set(at, 0)
  for (const {key, count} of tally.rows()) {
    const at = begin(Number(key))
    counts.set(at, (counts.get(at) ?? 0) + count)
  }
  const years = zone.date(from).slice(0, 4) !== zone.date(to).slice(0, 4)
  const day = (at: number) => zone.date(at).slice(years ? 0 : 5)
  const time = (at: number) => zone.time(at).slice(0, 5)
  const several = zone.date(from) !== zone.date(to)
  const label = (at: number) => (step >= DAY ? day(at) : several ? `${day(at)} ${time(at)}` : time(at))
  const bars = [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({label: label(at), count}))
  return {bars, step}
}

/** When the step began that a moment is in, by the clocks of a zone; one that is longer than an hour is one, whatever they do meanwhile. */
function stepAt(at: number, size: number, zone: Zone): number {
  const ahead = (moment: number) => zone.offset(moment) * MINUTE
  const begin = Math.floor((at + ahead(at)) / size) * size
  const start = begin - ahead(at)
  if (size <= HOUR) return start
  const own = begin - ahead(start)
  const earlier = own - HOUR
  return earlier + ahead(earlier) === begin ? earlier : own
}

function drawn(title: string, bars: Bar[], bare: {bare: boolean}, {paint, width, edge = width}: Canvas): string[] {
  const most = Math.max(1, ...bars.map(({count}) => count))
  const figures = Math.max(5, figure(most, bare).length)
  const names = Math.min(
    Math.max(widthOf(title), ...bars.map(({label}) => widthOf(label))),
    Math.max(10, edge - figures - 24),
  )
  const room = Math.min(WIDEST, edge - names - figures - 4)
  const head = paint.dim(`${padEnd(title, names)}  ${padStart('LINES', figures)}`)
  const line = ({label, count, paint: colour = paint.accent}: Bar) =>
    `${padEnd(clipMiddle(label, names), names)}  ${padStart(figure(count, bare), figures)}  ${colour(block((count / most) * room))}`
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

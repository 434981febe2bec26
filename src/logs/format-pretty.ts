import {padEnd} from '../columns.js'
import {duration} from '../durations.js'
import type {Canvas, Paint} from '../events.js'
import type {Entry} from './entry.js'
import {writerOf} from './event.js'
import {fieldText} from './field-text.js'
import type {Level} from './level.js'
import {raisedBy} from './traceback.js'
import type {Zone} from './zone.js'

export type Style = {
  zone: Zone
  /** The day that needs no saying before its first line. */
  today?: string
  /** Names the service, or the group, in front of the task: there are several. */
  several?: boolean
  /** Whole tracebacks instead of the error and its last frame. */
  expand?: boolean
  /** What a person looks for. */
  highlight?: RegExp[]
}

/** Tasks are always some seconds out of step: the awslogs driver sends what it has every 5 s (ms). */
const LATE = 10_000

export type Format = (entry: Entry, canvas: Canvas) => string[]

/** Time, task, level, message, fields, ids: what a person reads first stands first. It remembers the day and the widths. */
export function prettyFormat({zone, today, several = false, expand = false, highlight = []}: Style): Format {
  let day = today
  let width = 8
  const tasks = new Map<string, number>()
  const marked = highlight.map((pattern) => new RegExp(pattern.source, `g${pattern.flags.replace('g', '')}`))
  return (entry, canvas) => {
    const {event, parsed, late} = entry
    const {paint} = canvas
    const writer = canvas.safe(writerText(entry, several))
    width = Math.max(width, writer.length)
    const head = `${paint.dim(zone.time(event.at))} ${colourOf(event.stream, tasks, paint)(padEnd(writer, width))} ${levelText(parsed.level, paint)}`
    const [first = '', ...more] = bodyOf(entry, expand, canvas, marked)
    const behind = late && late >= LATE ? `  ${paint.dim(`+${duration(late)} late`)}` : ''
    const lines = [`${head} ${first}${behind}`.trimEnd(), ...more.map((line) => `  ${line}`)]
    const date = zone.date(event.at)
    if (date === day || late) return lines
    const fresh = day !== undefined
    day = date
    return fresh ? [paint.dim(`── ${date}`), ...lines] : lines
  }
}

/** Time, level and message, for a narrow window or a note. */
export function shortFormat({zone, highlight = []}: Style): Format {
  const marked = highlight.map((pattern) => new RegExp(pattern.source, `g${pattern.flags.replace('g', '')}`))
  return ({event, parsed}, {paint, safe}) => {
    const text = parsed.text.split('\n')[0] || (parsed.trace ? raisedBy(parsed.trace).error : '')
    const time = zone.time(event.at).slice(0, 8)
    return [`${paint.dim(time)} ${levelText(parsed.level, paint)} ${marks(safe(text), marked, paint)}`.trimEnd()]
  }
}

/** Exactly what was logged, in as many lines as it had. */
export const rawLines = ({events}: Entry): string[] => events.flatMap(({message}) => message.split('\n'))

function writerText({event, service}: Entry, several: boolean): string {
  const {task} = writerOf(event.stream)
  const name = task?.slice(0, 8) ?? event.stream.slice(event.stream.lastIndexOf('/') + 1).slice(-20)
  if (!several) return name
  return `${service ?? event.group.split('/').slice(-2).join('/')} ${name}`
}

/** One task, one colour, as long as there are some left; red and yellow are for levels. */
function colourOf(
  stream: string,
  known: Map<string, number>,
  {accent, blue, green, bold}: Paint,
): (text: string) => string {
  const place = known.get(stream) ?? known.size
  known.set(stream, place)
  const colour = [accent, blue, green][place % 3]!
  return place % 6 < 3 ? colour : (text) => bold(colour(text))
}

function levelText(level: Level | undefined, {dim, bad, warn, bold}: Paint): string {
  if (!level) return '     '
  const plain = (text: string) => text
  const paints = {trace: dim, debug: dim, info: plain, warn, error: bad, fatal: (text: string) => bold(bad(text))}
  return paints[level](level.toUpperCase().padEnd(5))
}

function bodyOf({parsed}: Entry, expand: boolean, {paint, safe}: Canvas, marked: RegExp[]): string[] {
  const [first = '', ...more] = parsed.text.includes('\n') ? parsed.text.split('\n') : [parsed.text]
  const fields = safe(fieldText(parsed))
  const behind = fields === '' ? '' : `  ${paint.dim(fields)}`
  const text = (line: string) => marks(safe(line), marked, paint)
  const trace = parsed.trace ? traceText(parsed.trace, expand, {paint, safe}, text) : []
  if (first === '' && trace.length === 0 && more.length === 0) return [behind.trimStart()]
  if (first === '' && trace.length > 0) return [`${trace[0]}${behind}`, ...trace.slice(1)]
  return [`${answerText(text(first), parsed.fields.status, parsed.told, paint)}${behind}`, ...more.map(text), ...trace]
}

/** The status at the end of a request's line, in the colour of a failure. */
function answerText(text: string, status: unknown, told: readonly string[] | undefined, paint: Paint): string {
  const end = ` ${status}`
  if (!told || typeof status !== 'number' || !text.endsWith(end)) return text
  if (status < 400) return text
  const colour = status >= 500 ? paint.bad : paint.warn
  return `${text.slice(0, -end.length)} ${colour(String(status))}`
}

type Pen = Pick<Canvas, 'paint' | 'safe'>

function traceText(trace: string, expand: boolean, {paint, safe}: Pen, text: (line: string) => string): string[] {
  const {error, frame, lines} = raisedBy(trace)
  if (expand) return [paint.bad(safe(error)), ...trace.split('\n').map((line) => text(line))]
  const where = [...(frame ? [safe(frame)] : []), ...(lines > 1 ? [`${lines} lines, --expand`] : [])]
  return [`${paint.bad(text(error))}  ${paint.dim(where.join(' · '))}`.trimEnd()]
}

function marks(text: string, patterns: RegExp[], {bold, accent}: Paint): string {
  for (const pattern of patterns) {
    const marked = text.replace(pattern, (found) => (found ? bold(accent(found)) : ''))
    if (marked !== text) return marked
  }
  return text
}

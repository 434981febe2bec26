import type {LogEvent} from './event.js'
import {FRUITLESS, nowhere, type Query, type ReadPage} from './source.js'

/** Some of a source's events, oldest first, and the moment up to which all of them are known now (ms). */
export type Batch = {events: LogEvent[]; until: number}

export type Span = {from: number; to: number}

/** How many slices are read at once, and how many may be ready before it is their turn. */
const LANES = 12
const AHEAD = 2 * LANES
/** Pages that a slice should have: fewer, and its last one is half empty; more, and those behind it wait. */
const PAGES = 2
/** A slice that has more ends there, and the rest of it is cut again: it would hold up all behind it, and fill the memory. */
const MOST_PAGES = 8
/** Fewer events on the first page do not tell how dense they are. */
const FEW = 10
/** Into how many slices a range is cut then. */
const CUTS = 64

/**
 * One source's events in order, in a fraction of the time of one page after the other: a token leads only to the next page,
 * but ranges of time can be read side by side. The first page shows how dense the events are; after that the slices become
 * as wide as fits the pages they had.
 */
export async function* readSlices(read: ReadPage, query: Query & Span): AsyncGenerator<Batch, void> {
  const {from, to} = query
  const first = await read(query)
  if (!first.next) return yield {events: first.events, until: to}
  const begun = first.events[0]?.at ?? from
  const reached = Math.max(from, first.events.at(-1)?.at ?? from)
  // What happened in the page's last millisecond may go on in the next one: it is read again.
  if (reached > from) yield {events: first.events.filter(({at}) => at < reached), until: reached - 1}
  // How dense they are says the page itself: before its first event there may be weeks without any.
  const tells = first.events.length >= FEW && reached > begun
  yield* sideBySide(read, {...query, from: reached}, tells ? (reached - begun) * PAGES : (to - reached) / CUTS)
}

/** `until` is before the end that was asked for when there is more than anybody should wait for. */
type Slice = Batch & {from: number; to: number; pages: number}

/** What is still to come, in its order: slices that are being read, and spans that are not cut yet. */
type Part = {slice: Promise<Slice>} | Span

async function* sideBySide(read: ReadPage, query: Query & Span, firstWidth: number): AsyncGenerator<Batch, void> {
  const turns = new Lanes(LANES)
  const ahead: Part[] = [{from: query.from, to: query.to}]
  let width = firstWidth
  let over = false
  const begin = (span: Span) => {
    const slice = readSlice(
      (page) => turns.take(() => read(page)),
      {...query, ...span},
      () => over,
    )
    // One that fails is heard when it is its turn.
    slice.catch(() => {})
    return {slice}
  }
  const fill = () => {
    let begun = ahead.filter((part) => 'slice' in part).length
    for (let i = 0; i < ahead.length && (i < LANES || begun < AHEAD); i++) {
      const part = ahead[i]!
      if ('slice' in part) continue
      const to = Math.min(part.to, part.from + Math.max(0, Math.round(width) - 1))
      const rest = to < part.to ? [{from: to + 1, to: part.to}] : []
      ahead.splice(i, 1, begin({from: part.from, to}), ...rest)
      begun++
    }
  }
  try {
    for (fill(); ahead.length > 0; fill()) {
      const {events, from, to, until, pages} = await (ahead.shift() as {slice: Promise<Slice>}).slice
      width = (until - from + 1) * (pages === 1 ? 4 : Math.max(1 / 4, PAGES / pages))
      if (until < to) ahead.unshift({from: until + 1, to})
      yield {events, until}
    }
  } finally {
    over = true
  }
}

/** Page by page to its end. A page can be empty and still have a next one, and repeat what the one before had. */
async function readSlice(read: ReadPage, query: Query & Span, isOver: () => boolean): Promise<Slice> {
  const events: LogEvent[] = []
  let asked: Query = query
  let pages = 0
  let vain = 0
  let last = new Set<string>()
  for (; !isOver(); pages++) {
    const page = await read(asked)
    events.push(...page.events.filter(({id}) => !last.has(id)))
    if (page.events.length > 0) last = new Set(page.events.map(({id}) => id))
    if (!page.next) break
    const far = events.at(-1)?.at ?? 0
    // Of pages without any event nobody knows how far they are.
    if (pages + 1 >= MOST_PAGES && page.events.length > 0 && far > query.from) {
      while (events.at(-1)?.at === far) events.pop()
      return {events, from: query.from, to: query.to, until: far - 1, pages: pages + 1}
    }
    if (page.next !== asked.token) asked = {...asked, token: page.next}
    else {
      // A token that leads nowhere: what is left is asked for without it.
      const reached = events.at(-1)?.at ?? asked.from
      vain = reached > asked.from ? 0 : vain + 1
      if (vain === FRUITLESS) throw nowhere(query)
      while (events.at(-1)?.at === reached) events.pop()
      asked = {...asked, from: reached, token: undefined}
      last.clear()
    }
  }
  return {events, from: query.from, to: query.to, until: query.to, pages: pages + 1}
}

/** So many at once, the others in the order in which they came. */
class Lanes {
  private readonly waiting: (() => void)[] = []
  constructor(private free: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.free++
    }
  }
}

/** Several sources' events as one, in order. */
export async function* merged(sources: AsyncGenerator<Batch, void>[]): AsyncGenerator<Batch, void> {
  const open = sources.map((source) => new Head(source))
  try {
    while (open.some(({until}) => until < Number.POSITIVE_INFINITY)) {
      await open.reduce((slowest, one) => (one.until < slowest.until ? one : slowest)).advance()
      const until = Math.min(...open.map((one) => one.until))
      const events = open.flatMap((one) => one.take(until))
      yield {events: open.length > 1 ? events.sort((a, b) => a.at - b.at) : events, until}
    }
  } finally {
    await Promise.all(sources.map((source) => source.return()))
  }
}

/** A source's batch that is at hand, while the next one is being read. */
class Head {
  until = Number.NEGATIVE_INFINITY
  private events: LogEvent[] = []
  private next: ReturnType<Head['read']>
  constructor(private readonly source: AsyncGenerator<Batch, void>) {
    this.next = this.read()
  }

  async advance(): Promise<void> {
    const {done, value} = await this.next
    this.until = done ? Number.POSITIVE_INFINITY : value.until
    if (done) return
    this.events = [...this.events, ...value.events]
    this.next = this.read()
  }

  take(until: number): LogEvent[] {
    const first = this.events.findIndex(({at}) => at > until)
    return this.events.splice(0, first < 0 ? this.events.length : first)
  }

  private read() {
    const next = this.source.next()
    // One that fails is heard when it is its turn.
    next.catch(() => {})
    return next
  }
}

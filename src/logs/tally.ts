import {type Entry, valueAt} from './entry.js'
import {writerOf} from './event.js'

export const KEYS = ['minute', 'task', 'level', 'path'] as const
export type Key = (typeof KEYS)[number]
export type Countable = 'minute' | 'task'

export const MINUTE = 60_000

/** How many entries there are of each minute (by its time), task, level or path. */
export class Tally {
  total = 0
  readonly counts = new Map<string | number, number>()
  constructor(readonly by?: Key) {}

  add(entry: Entry): void {
    this.count(this.by && keyOf(entry, this.by), 1)
  }

  count(key: string | number | undefined, count: number): void {
    this.total += count
    if (key !== undefined) this.counts.set(key, (this.counts.get(key) ?? 0) + count)
  }

  /** Minutes in their order, everything else with the most frequent first. */
  rows(): Counted[] {
    const rows = [...this.counts].map(([key, count]) => ({key, count}))
    if (this.by === 'minute') return rows.sort((a, b) => Number(a.key) - Number(b.key))
    return rows.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
  }
}

export type Counted = {key: string | number; count: number}

function keyOf(entry: Entry, by: Key): string | number {
  const {event, parsed} = entry
  if (by === 'minute') return Math.floor(event.at / MINUTE) * MINUTE
  if (by === 'task') return writerOf(event.stream).task ?? event.stream
  if (by === 'level') return parsed.level ?? 'none'
  const path = valueAt(entry, 'path')
  return typeof path === 'string' ? path.split('?')[0]! : 'none'
}

/** What Insights can tell apart as well as fb: levels and paths are how fb reads a line. */
export const isCountable = (by: Key | undefined): by is Countable | undefined =>
  by === undefined || by === 'minute' || by === 'task'

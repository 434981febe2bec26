import {age} from '../durations.js'
import type {Looking} from './catching-up.js'
import type {Entry} from './entry.js'
import type {Output} from './output.js'
import type {Reading} from './reading.js'
import type {Patience} from './retry.js'

type Wanted = {lines?: number; since: number; until?: number}
type Means = {looking?: (looking: Looking) => void; patience: Patience}

/** The newest entries of all readings together; following begins at the oldest of them. */
export async function lastLines(
  readings: Reading[],
  output: Output,
  {lines: wanted = 0, since, until}: Wanted,
  {looking, patience}: Means,
  stop: AbortSignal,
): Promise<Entry[]> {
  if (wanted === 0) for (const reading of readings) reading.startAt(reading.now())
  if (wanted === 0) return []
  const looked = {found: 0, wanted, pages: 0, since: undefined as number | undefined}
  const lastOf = async (reading: Reading) => {
    let kept: Entry[] = []
    for await (const page of reading.newest(stop, until)) {
      const entries = output.select(page)
      kept = [...entries, ...kept].slice(-wanted)
      reading.taken(page)
      if (kept.length >= wanted) break
      looked.found = Math.min(wanted, looked.found + entries.length)
      looked.pages = readings.reduce((sum, {calls}) => sum + calls, 0)
      looked.since = page[0]?.at ?? looked.since
      // One page is there in a moment.
      if (reading.calls > 1) looking?.(looked)
    }
    return kept
  }
  const all = (await Promise.all(readings.map(lastOf))).flat()
  const last = all.sort((a, b) => a.event.at - b.event.at).slice(-wanted)
  if (last.length < wanted && !stop.aborted) {
    const span = age(readings[0]!.now() - since)
    const found = last.length === 0 ? 'No line' : `Only ${last.length} of ${wanted} lines`
    patience.note(`${found} within the last ${span}: --since looks further back.`)
  }
  const oldest = last[0]?.event.at
  if (oldest !== undefined) for (const reading of readings) reading.startAt(oldest)
  return last
}

import type {LogEvent} from './event.js'
import {IdSet, numberOf} from './id-set.js'

/** About 10 MB. */
const CAP = 500_000

/** What was shown, for a file: from `floor` (ms) on the events with these ids; before it, all but those that are `owed`. */
export type Saved = {floor: number; seen: [second: number, ids: number[]][]; owed: [at: number, id: number][]}

/** Where to read from so that nothing is missed (ms). */
export const beginOf = ({floor, owed}: Saved): number => owed.reduce((least, [at]) => Math.min(least, at), floor)

/**
 * Which events were seen already, from `floor` on: nothing older is asked for again, so nothing older is remembered. By the
 * second in which they happened, because they are forgotten by age.
 */
export class Ledger {
  private readonly seconds = new Map<number, IdSet>()
  private oldest = Number.POSITIVE_INFINITY
  size = 0
  /** No event before it is remembered (ms). */
  floor = 0
  private ahead = 0
  /** Before it (ms) only what is owed was not seen. */
  private exact = Number.NEGATIVE_INFINITY
  private owed = new Map<number, number>()

  constructor(readonly cap = CAP) {}

  /**
   * True the first time an event is seen; what is older than the floor was, or is not asked for. Of future-dated ones only so
   * many are let through as can be remembered until their time comes; the others wait for it, and are read again then.
   */
  admit({id, at}: LogEvent, now: number): boolean {
    const early = at > now
    if (at < this.floor || (early && this.ahead >= this.cap / 4)) return false
    if (at < this.exact) return this.owed.delete(numberOf(id))
    if (!this.idsOf(Math.floor(at / 1000)).add(numberOf(id))) return false
    if (early) this.ahead++
    this.size++
    return true
  }

  private idsOf(second: number): IdSet {
    const known = this.seconds.get(second)
    if (known) return known
    const fresh = new IdSet()
    this.seconds.set(second, fresh)
    this.oldest = Math.min(this.oldest, second)
    return fresh
  }

  /** Forgets what is older than `before`, and as much more as the cap demands. */
  forget(before: number, now: number): void {
    this.floor = Math.max(this.floor, before)
    this.drop(Math.floor(this.floor / 1000))
    while (this.size > this.cap && (this.oldest + 1) * 1000 <= now) {
      this.drop(this.oldest + 1)
      this.floor = Math.max(this.floor, this.oldest * 1000)
    }
    if (this.ahead > 0) this.ahead = this.countAfter(now)
  }

  private drop(second: number): void {
    if (this.oldest >= second) return
    this.oldest = Number.POSITIVE_INFINITY
    for (const [known, ids] of this.seconds) {
      if (known >= second) {
        this.oldest = Math.min(this.oldest, known)
        continue
      }
      this.size -= ids.size
      this.seconds.delete(known)
    }
  }

  private countAfter(now: number): number {
    let count = 0
    for (const [second, ids] of this.seconds) if (second * 1000 > now) count += ids.size
    return count
  }

  /** For a later run, which begins at `floor` (ms) and with what is `unshown` by now. */
  save(unshown: LogEvent[], floor: number): Saved {
    const places = unshown.map(({at, id}): [number, number] => [at, numberOf(id)])
    const others = new Set(places.map(([, id]) => id))
    const exact = Math.max(floor, this.exact)
    // What was owed and has not come although it was read to the end, another filter leaves out, or it has expired.
    const owed = [...this.owed].map(([id, at]): [number, number] => [at, id]).filter(([at]) => at >= floor)
    return {
      floor: exact,
      seen: [...this.seconds].map(([second, ids]) => [second, ids.without(others)]),
      owed: [...owed, ...places.filter(([at]) => at < exact)],
    }
  }

  load({floor, seen, owed}: Saved): void {
    this.exact = floor
    this.owed = new Map(owed.map(([at, id]) => [id, at]))
    for (const [second, ids] of seen) for (const id of ids) if (this.idsOf(second).add(id)) this.size++
  }
}

import type {LogEvent} from './event.js'
import {IdSet, numberOf} from './id-set.js'

/** About 10 MB. */
const CAP = 500_000

/** What a ledger remembers, for a file. */
export type Seen = [second: number, ids: number[]][]

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

  constructor(readonly cap = CAP) {}

  /**
   * True the first time an event is seen; what is older than the floor was, or is not asked for. Of future-dated ones only so
   * many are let through as can be remembered until their time comes; the others wait for it, and are read again then.
   */
  admit({id, at}: LogEvent, now: number): boolean {
    const early = at > now
    if (at < this.floor || (early && this.ahead >= this.cap / 4)) return false
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

  /** All but `except`, for a later run that goes on where this one ends. */
  save(except: Set<string>): Seen {
    const others = new Set([...except].map(numberOf))
    return [...this.seconds].map(([second, ids]) => [second, ids.without(others)])
  }

  load(saved: Seen): void {
    for (const [second, ids] of saved) for (const id of ids) if (this.idsOf(second).add(id)) this.size++
  }
}

import type {LogEvent} from './event.js'

/** 56 digits and their place in a set: about 100 bytes each. */
const CAP = 500_000

/**
 * Which events were seen already, from `floor` on: nothing older is asked for again, so nothing older is remembered. By the
 * second in which they happened, because they are forgotten by age.
 */
export class Ledger {
  private readonly seconds = new Map<number, Set<string>>()
  private oldest = Number.POSITIVE_INFINITY
  size = 0
  /** No event before it is remembered (ms). */
  floor = 0
  private ahead = 0

  constructor(readonly cap = CAP) {}

  /**
   * True the first time an event is seen; what is older than the floor was, or is not asked for. Of future-dated ones only so many are let through as can be remembered until their
   * time comes; the others wait for it, and are read again then.
   */
  admit({id, at}: LogEvent, now: number): boolean {
    const second = Math.floor(at / 1000)
    const seen = this.seconds.get(second)
    if (seen?.has(id) || at < this.floor) return false
    if (at > now && this.ahead >= this.cap / 4) return false
    if (at > now) this.ahead++
    if (seen) seen.add(id)
    else this.seconds.set(second, new Set([id]))
    this.oldest = Math.min(this.oldest, second)
    this.size++
    return true
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
    for (const [known, ids] of this.seconds) {
      if (known >= second) continue
      this.size -= ids.size
      this.seconds.delete(known)
    }
    this.oldest = Math.min(...this.seconds.keys())
  }

  private countAfter(now: number): number {
    let count = 0
    for (const [second, ids] of this.seconds) if (second * 1000 > now) count += ids.size
    return count
  }

  /** All but `except`, for a later run that goes on where this one ends. */
  save(except: Set<string>): [second: number, ids: string[]][] {
    return [...this.seconds].map(([second, ids]) => [second, [...ids].filter((id) => !except.has(id))])
  }

  load(saved: [second: number, ids: string[]][]): void {
    for (const [second, ids] of saved) {
      this.seconds.set(second, new Set(ids))
      this.size += ids.length
      this.oldest = Math.min(this.oldest, second)
    }
  }
}

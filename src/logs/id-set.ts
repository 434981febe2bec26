/**
 * Ids as numbers of 53 bits: 11 to 21 bytes each, outside of JavaScript's heap. The 56 digits of one in a Set take 100 bytes
 * inside of it, and V8 lets that heap grow to four times of what lives in it.
 */
export class IdSet {
  size = 0
  /** A power of two of them; 0 is a free one. */
  private places = new Float64Array(8)

  /** True when it was not there. */
  add(id: number): boolean {
    const at = this.placeOf(id)
    if (this.places[at] === id) return false
    this.places[at] = id
    this.size++
    if (this.size > this.places.length * 0.75) this.grow()
    return true
  }

  without(others: Set<number>): number[] {
    return [...this.places].filter((id) => id !== 0 && !others.has(id))
  }

  /** Where it is, or where it belongs: the next free place. */
  private placeOf(id: number): number {
    const {places} = this
    const last = places.length - 1
    let at = id & last
    while (places[at] !== 0 && places[at] !== id) at = (at + 1) & last
    return at
  }

  private grow(): void {
    const {places} = this
    this.places = new Float64Array(places.length * 2)
    this.size = 0
    for (const id of places) if (id !== 0) this.add(id)
  }
}

/**
 * A hash that is known as cyrb53. Of the 2000 ids of a busy second two are the same number once in 4 billion times, which is
 * one line that is not shown in 140 years of such seconds.
 */
export function numberOf(id: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (b & 0x1fffff) * 2 ** 32 + (a >>> 0) || 1
}

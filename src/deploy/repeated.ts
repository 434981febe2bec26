/** One message, how often it was seen, and between when. */
export type Repeated = {message: string; count: number; since?: Date; last?: Date}

/** Equal messages as one, the most frequent first. */
export function repeated(seen: {message: string; at?: Date}[]): Repeated[] {
  const groups = new Map<string, Repeated>()
  for (const {message, at} of seen) {
    const group = groups.get(message) ?? {message, count: 0}
    group.count++
    if (at && (!group.since || at < group.since)) group.since = at
    if (at && (!group.last || at > group.last)) group.last = at
    groups.set(message, group)
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

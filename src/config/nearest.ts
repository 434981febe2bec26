/** Known words close enough to be what was meant, best first: within a third of the word's length, or starting with it. */
export function nearest(word: string, known: Iterable<string>, most = 3): string[] {
  return [...known]
    .map((candidate) => ({candidate, distance: candidate.startsWith(word) ? 1 : editDistance(word, candidate)}))
    .filter(({candidate, distance}) => distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({candidate}) => candidate)
}

/** Edits between two words; two neighbours swapped count as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({length: a.length + 1}, (_, i) => [i, ...new Array<number>(b.length).fill(0)])
  rows[0] = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const change = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      rows[i]![j] = Math.min(
        rows[i - 1]![j]! + 1,
        rows[i]![j - 1]! + 1,
        change,
        swap ? rows[i - 2]![j - 2]! + 1 : Infinity,
      )
    }
  }
  return rows[a.length]![b.length]!
}

/** What one write takes best: less is many calls, more is memory. */
const CHUNK = 65_536

/** The lines of items, as texts for one write each. */
export function* gathered<Item>(items: Item[], format: (item: Item) => string[]): Generator<string, void> {
  let text = ''
  for (const item of items) {
    for (const line of format(item)) text += `${line}\n`
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

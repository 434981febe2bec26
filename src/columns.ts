const SGR = /\u001b\[[0-9;]*m/g

/** What most terminals draw two columns wide: East Asian scripts and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/gu
const COMBINING = /\p{M}/gu

/** Columns a text takes on a terminal; colour codes take none. */
export function widthOf(text: string): number {
  const plain = text.replace(SGR, '')
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length
  const many = (pattern: RegExp) => plain.match(pattern)?.length ?? 0
  return [...plain].length + many(WIDE) - many(COMBINING)
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** A text cut to `width` columns with an ellipsis. Colour codes stay, also those after the cut: they end a colour. */
export function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let room = Math.max(0, width - 1)
  const keep = (part: string) => {
    if (part.startsWith('\u001b')) return part
    if (room < 0) return ''
    room -= widthOf(part)
    if (room >= 0) return part
    return '…'
  }
  return (text.match(/\u001b\[[0-9;]*m|./gsu) ?? []).map(keep).join('')
}

/** The same for names, which begin alike and end unlike: what does not fit is left out in the middle. */
export function clipMiddle(name: string, width: number): string {
  if (widthOf(name) <= width) return name
  const end = Math.floor((width - 1) / 2)
  return clip(name, width - end) + name.slice(-end)
}

const GAP = 2

/** Rows of cells as lines with aligned columns. Columns in `right` are aligned to the right. */
export function columns(rows: string[][], {gap = GAP, right = [] as number[]} = {}): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, widthOf(cell))).concat(all.slice(row.length)),
    [],
  )
  const align = (cell: string, i: number) => (right.includes(i) ? padStart : padEnd)(cell, widths[i]!)
  return rows.map((row) => row.map(align).join(' '.repeat(gap)).trimEnd())
}

/** The same within a width: a first cell that is too long for it has a line of its own, above the rest of its row. */
export function columnsWithin(rows: string[][], width: number): string[] {
  const rest = columns(rows.map(([, ...cells]) => cells))
  const room = width - GAP - Math.max(0, ...rest.map(widthOf))
  const edge = Math.max(0, ...rows.map(([first = '']) => widthOf(first)).filter((columns) => columns <= room))
  return rows.flatMap(([first = ''], i) => {
    const row = (cell: string) => wrapped(`${padEnd(cell, edge + GAP)}${rest[i]}`, width, edge + GAP)
    return widthOf(first) <= edge ? row(first) : [first, ...row('')]
  })
}

/** A text as lines of at most `width` columns, broken at spaces where it can be; all but the first are indented. */
export function wrapped(text: string, width: number, indent: number): string[] {
  return text.split('\n').flatMap((line, i) => wrapLine(i > 0 ? ' '.repeat(indent) + line : line, width, indent))
}

function wrapLine(line: string, width: number, indent: number): string[] {
  const lines = ['']
  for (const word of line.split(/(?<=\s)(?=\S)/)) {
    if (widthOf(lines.at(-1)! + word.trimEnd()) > width && widthOf(lines.at(-1)!.trim()) > 0)
      lines.push(' '.repeat(indent))
    lines[lines.length - 1] += word
  }
  return lines.map((one) => one.trimEnd())
}

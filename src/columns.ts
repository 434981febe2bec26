const SGR = /\u001b\[[0-9;]*m/g

/** Columns a text takes on a terminal; colour codes take none. */
export const widthOf = (text: string): number => text.replace(SGR, '').length

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** Plain text cut to `width` columns with an ellipsis. */
export const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

/** Rows of cells as lines with aligned columns. Columns in `right` are aligned to the right. */
export function columns(rows: string[][], {gap = 2, right = [] as number[]} = {}): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, widthOf(cell))).concat(all.slice(row.length)),
    [],
  )
  const align = (cell: string, i: number) => (right.includes(i) ? padStart : padEnd)(cell, widths[i]!)
  return rows.map((row) => row.map(align).join(' '.repeat(gap)).trimEnd())
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

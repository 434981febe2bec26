// A terminal's screen as an SVG picture: real text, no script, no font of its own.

const COLUMN = 8.4
const ROW = 20
const MARGIN = 20
const BAR = 40

const PALETTE = {
  1: '#ff7b72',
  2: '#56d364',
  3: '#e3b341',
  4: '#79c0ff',
  5: '#d2a8ff',
  6: '#56d4dd',
}
const TEXT = '#e6edf3'
const DIM = '#8b949e'

/** `rows` rows of an xterm from its top. */
export function svgOf(terminal, rows, title) {
  const lines = Array.from({length: rows}, (_, y) => runsOf(terminal.buffer.active.getLine(y), terminal.cols))
  const width = Math.round(terminal.cols * COLUMN + 2 * MARGIN)
  const height = rows * ROW + BAR + MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre;fill:${TEXT}}.b{font-weight:700}.d{fill:${DIM}}${Object.entries(
    PALETTE,
  )
    .map(([colour, hex]) => `.c${colour}{fill:${hex}}`)
    .join('')}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" stroke="#30363d"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
<text class="d" x="${width / 2}" y="25" text-anchor="middle">${escaped(title)}</text>
${lines.flatMap((runs, y) => (runs.length > 0 ? [lineOf(runs, y)] : [])).join('\n')}
</svg>
`
}

/** A run's length is given, so that columns align in whatever font the reader has. */
function lineOf(runs, y) {
  const spans = runs.map(({x, text, style}) => {
    const box = `x="${round(MARGIN + x * COLUMN)}" textLength="${round(text.length * COLUMN)}"`
    return `<tspan ${box}${style ? ` class="${style}"` : ''}>${escaped(text)}</tspan>`
  })
  return `<text y="${BAR + (y + 1) * ROW - 6}">${spans.join('')}</text>`
}

/** Neighbouring cells that look the same, without the gaps between them. */
function runsOf(line, columns) {
  const runs = []
  for (let x = 0; x < columns; x++) {
    const cell = line.getCell(x)
    const [text, style] = [cell.getChars() || ' ', styleOf(cell)]
    const last = runs.at(-1)
    if (last?.style === style) last.text += text
    else runs.push({x, text, style})
  }
  return runs.flatMap(pieces).filter(({text}) => text.trim())
}

const pieces = ({x, text, style}) =>
  [...text.matchAll(/\S+(?: \S+)*/g)].map(({0: piece, index}) => ({x: x + index, text: piece, style}))

function styleOf(cell) {
  const colour = cell.isFgDefault() ? '' : `c${cell.getFgColor() % 8}`
  return [cell.isBold() && 'b', cell.isDim() && !colour ? 'd' : '', colour].filter(Boolean).join(' ')
}

const round = (n) => Math.round(n * 10) / 10

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

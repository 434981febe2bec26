import {clip, widthOf} from '../columns.js'

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>

const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'

/** A part of the terminal that is drawn again and again in place. */
export class Live {
  private drawn: string[] = []
  private started = false

  constructor(private readonly terminal: Terminal) {}

  /** How many lines can be seen at once; the cursor needs the last row. */
  get room(): number {
    return (this.terminal.rows || 24) - 1
  }

  /** Draws over what was drawn before, in a single write and without erasing first, so that nothing flickers. */
  draw(lines: string[]): void {
    const shown = lines.slice(0, this.room).map((line) => clip(line, this.columns))
    if (shown.length > 0 && shown.join('\n') === this.drawn.join('\n')) return
    this.terminal.write(this.begin() + this.over(shown))
    this.drawn = shown
  }

  /** The last picture stays above the cursor, all of it, however small the terminal is. */
  end(lines = this.drawn): void {
    if (lines.length === 0 && !this.started) return
    this.terminal.write(this.over(lines) + (this.started ? SHOW : ''))
    this.drawn = []
    this.started = false
    process.off('exit', this.showCursor)
  }

  private get columns(): number {
    return this.terminal.columns || 80
  }

  private begin(): string {
    if (this.started) return ''
    this.started = true
    // However fb ends, the cursor is visible again.
    process.on('exit', this.showCursor)
    return HIDE
  }

  private over(lines: string[]): string {
    const up = Math.min(this.height, this.room)
    const back = up > 0 ? `\u001b[${up}A` : ''
    return `\r${back}${lines.map((line) => this.row(line)).join('')}\u001b[J`
  }

  /** In a full row the cursor stands on the last character: erasing from there would take it away. */
  private row(line: string): string {
    return widthOf(line) < this.columns ? `${line}\u001b[K\n` : `${line}\n`
  }

  /** Terminals break drawn lines anew when they become narrower. */
  private get height(): number {
    return this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / this.columns)), 0)
  }

  private readonly showCursor = () => this.terminal.write(SHOW)
}

const HEAD = /(?:^|\n)(?:[ |+-]*|[A-Z]+:\s+)(?:Exception Group )?Traceback \(most recent call last\):/
const FRAME = /^[ |]*File "([^"]+)", line (\d+)(?:, in (\S+))?/
/** `ValueError: text`, `app.errors.NotFound`: what Python prints last. */
const RAISED = /^[ |+-]*((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:: ([\s\S]*))?$/
const LIBRARY = /site-packages|dist-packages|\/lib\/python|<frozen |<string>/

/** Where in a text a traceback starts; -1 where there is none. */
export function startOfTrace(text: string): number {
  const found = HEAD.exec(text)
  return found ? found.index + (found[0].startsWith('\n') ? 1 : 0) : -1
}

/** A line that begins a traceback, without the level that uvicorn may put before it. */
export const beginsTrace = (text: string): boolean =>
  text.includes('Traceback (most recent call last):') && startOfTrace(text) === 0

/** A line inside a traceback: indented, empty, or the words between two of a chain. */
export const continuesTrace = (line: string): boolean =>
  line === '' ||
  line.startsWith(' ') ||
  line.startsWith('|') ||
  beginsTrace(line) ||
  /^(During handling of the above exception|The above exception was the direct cause)/.test(line)

/** The line at the end of a traceback. */
export const isRaised = (line: string): boolean => !line.startsWith(' ') && RAISED.test(line)

/** A traceback in short: what was raised, and the last frame in the application's own code. */
export type Raised = {error: string; frame?: string; lines: number}

export function raisedBy(trace: string): Raised {
  const lines = trace.split('\n')
  const frames = lines.map((line) => FRAME.exec(line)).filter((frame) => frame !== null)
  const own = frames.findLast(([, file]) => !LIBRARY.test(file!)) ?? frames.at(-1)
  const error = lines.findLast((line) => !/^[ |]*$/.test(line) && !line.startsWith('  ') && RAISED.test(line))
  const frame = own && `${shortFile(own[1]!)}:${own[2]}${own[3] ? ` in ${own[3]}` : ''}`
  return {error: (error ?? lines.at(-1)!).replace(/^[ |+-]+/, ''), ...(frame && {frame}), lines: lines.length}
}

/** The part of a path that tells files apart: where it is installed is the same for all. */
const shortFile = (file: string) =>
  file.replace(/^.*(?:site-packages|dist-packages)\//, '').replace(/^\/(?:app|code|srv|usr\/src\/app)\//, '')

import type {Workflow} from '../events.js'
import {safeLine} from './safe.js'

type Sinks = {
  /** What the program itself writes: the result. */
  output(line: string): void
  /** What is said of it along the way. */
  tell(line: string): void
}

/** A program that runs elsewhere, as if it ran here: its lines as they come, and how it is beside them. */
export async function relay<Result>(run: Workflow<Result>, {output, tell}: Sinks): Promise<Result> {
  let last = ''
  for (;;) {
    const {done, value} = await run.next()
    if (done) return value
    if (value.type === 'output') output(safeLine(value.text))
    else if (value.type === 'note') tell(safeLine(value.text))
    else if (value.type === 'progress' && value.line !== last) {
      last = value.line
      tell(safeLine(value.line))
    }
  }
}

import {timeOfDay} from '../durations.js'
import type {Workflow} from '../events.js'
import {safeLine} from './safe.js'

type Sink = {write(line: string): void; now(): Date}

const HEARTBEAT = 60_000
/** The first Ctrl-C, and what is said to it: silence would make a person press it again. */
export type Interruption = {signal: AbortSignal; answer: () => string}
const ENDS = {done: 'done', fail: 'FAILED'}

/** Not a terminal: one plain line per change, and the last line again when nothing has changed for a minute. */
export async function lines<Result>(run: Workflow<Result>, {write, now}: Sink, stop?: Interruption): Promise<Result> {
  let titles: Record<string, string> = {}
  let progress = {line: '', at: 0}
  const say = (line: string) => write(`${timeOfDay(now(), {seconds: true})}  ${safeLine(line)}`)
  const answer = () => stop && say(stop.answer())
  stop?.signal.addEventListener('abort', answer, {once: true})
  try {
    for (;;) {
      const {done, value} = await run.next()
      if (done) return value
      switch (value.type) {
        case 'plan':
          titles = {...titles, ...value.steps}
          break
        case 'start':
          say(`${titles[value.step]} ...`)
          break
        case 'progress':
          if (value.line === progress.line && now().getTime() - progress.at < HEARTBEAT) break
          progress = {line: value.line, at: now().getTime()}
          say(value.line)
          break
        case 'note':
        case 'output':
          say(value.text)
          break
        case 'pause':
        case 'stands':
        case 'holds':
          break
        default:
          say(`${titles[value.step]}: ${ENDS[value.type]}${value.detail && ` (${value.detail})`}`)
      }
    }
  } finally {
    // A later work of the same command answers for itself.
    stop?.signal.removeEventListener('abort', answer)
  }
}

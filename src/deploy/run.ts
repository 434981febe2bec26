import {clip} from '../columns.js'
import {FbError} from '../errors.js'
import type {Canvas} from '../events.js'
import {type Ended, sayEnded} from './one-off.js'
import {placeOf, type Scene} from './plan.js'
import {type Release, sayRelease} from './release.js'

/** How a command that was run by itself ended; what `fb run --json` prints. */
export type Ran = ReturnType<typeof placeOf> & {
  result: 'ended' | 'started'
  release: Release
  command: string[]
  task?: string
  tookMs?: number
  /** Why it ended, in the words of ECS. */
  reason?: string
  /** All lines it has written. */
  log?: string[]
  next: string[]
  /** The container's own. */
  exitCode: number
}

/** The command has not run, or ECS does not know what came of it: what container tools end with then (docker run). */
class NotRun extends FbError {
  static override exit = 125
}

type What = {scene: Scene; release: Release; command: string[]}

export function ranOf(what: What, {task, exitCode, reason, log, tookMs}: Ended): Ran {
  if (exitCode !== undefined) return {...base(what), result: 'ended', task, tookMs, reason, log, next: [], exitCode}
  throw new NotRun(`The command has not run: ${reason}`, {
    code: 'not_run',
    state: task ? `Task ${task} has stopped.` : 'No task was started.',
    next: [`fb verify --env ${what.scene.env}`],
  })
}

export const startedOf = (what: What, task: string, next: string[]): Ran => ({
  ...base(what),
  result: 'started',
  task,
  next,
  exitCode: 0,
})

const base = ({scene, release, command}: What) => ({...placeOf(scene), release, command})

/** What is about to run, and on what. */
export const runText = (
  {release, command}: Pick<What, 'release' | 'command'>,
  {paint, safe, width}: Canvas,
): string[] => [clip(`${paint.bold(safe(command.join(' ')))} ${paint.dim(`on ${sayRelease(release)}`)}`, width)]

export const startedText = ({task, next}: Ran, {paint}: Canvas): string[] => [
  `${paint.good('✔')} Task ${task} has been started.`,
  ...next.map((step) => `  ${paint.dim('Stop  ')} ${step}`),
]

/** Beside the lines that the command has written itself. */
export function ranText(ran: Ran, {paint, safe}: Canvas): string[] {
  const {exitCode, reason = '', tookMs} = ran
  const said = sayEnded({exitCode, reason, tookMs})
  const killed = exitCode === 137 && /OutOfMemory/i.test(reason) ? `: ${safe(reason)}` : ''
  return [exitCode === 0 ? `${paint.good('✔')} ${said}` : `${paint.bad('✖')} ${said}${killed}`]
}

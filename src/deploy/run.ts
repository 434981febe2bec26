import {clip} from '../columns.js'
import type {Canvas} from '../events.js'
import {type Ended, sayEnded} from './one-off.js'
import {placeOf, type Scene} from './plan.js'
import {type Release, sayRelease} from './release.js'

/** How a command that was run by itself ended; what `fb run --json` prints. */
export type Ran = ReturnType<typeof placeOf> & {
  result: 'ended' | 'started' | 'not run'
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

/** What container tools end with when the container itself has no exit code (docker run, `125`). */
const NOT_RUN = 125

type What = {scene: Scene; release: Release; command: string[]}

export function ranOf(what: What, {task, exitCode, reason, log, tookMs}: Ended): Ran {
  const result = exitCode === undefined ? 'not run' : 'ended'
  return {...base(what), result, task, tookMs, reason, log, next: [], exitCode: exitCode ?? NOT_RUN}
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
  const {result, exitCode, reason = '', tookMs} = ran
  if (result === 'not run') return [`${paint.bad('✖')} ${paint.bold('The command has not run')}: ${safe(reason)}`]
  const said = sayEnded({exitCode, reason, tookMs, log: []})
  const killed = exitCode === 137 && /OutOfMemory/i.test(reason) ? `: ${safe(reason)}` : ''
  return [exitCode === 0 ? `${paint.good('✔')} ${said}` : `${paint.bad('✖')} ${said}${killed}`]
}

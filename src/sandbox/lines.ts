import {activeFault} from './faults.js'
import {commandLines, oneOffTasks} from './one-off.js'
import {second} from './plan.js'
import type {State} from './state.js'
import {type Task, tasksOf} from './tasks.js'
import {allSets, type World} from './world.js'
import {framing, inSecond, type Written} from './written.js'

/** One log event: what it is dated, and when CloudWatch has it. `id` is of 56 digits, and orders what has the same dates. */
export type Line = {at: number; text: string; ingestedAt: number; id: string}

/** The awslogs driver sends what a container has written every 5 s. */
const flush = 5 * second

/** Tasks that have written something, newest first: a task whose image never came has no log stream. */
export function loggingTasks(world: World, now: number): Task[] {
  const sets = allSets(world).filter((set) => set.createdAt <= now)
  return [...sets.flatMap((set) => tasksOf(world, set, now)), ...oneOffTasks(world.state)]
    .filter((task) => task.startedAt <= now && task.stoppedAt > oldest(now))
    .sort((a, b) => b.startedAt - a.startedAt)
}

export const streamName = ({inventory}: World, task: Task) =>
  `${inventory.streamPrefix}/${inventory.container}/${task.id}`

/** What is dated in a window (both ends belong to it) and has arrived by `now`, in no order: computed, never stored. */
export function linesOf(world: World, task: Task, from: number, to: number, now: number): Line[] {
  const first = Math.max(from, oldest(now))
  const [start, end] = [Math.max(first - furthestAhead(world), task.startedAt), Math.min(to, now, task.stoppedAt)]
  const found: Line[] = []
  if (start > end) return found
  const add = ({at: written, text}: Written, place: number) => {
    const at = written + aheadBy(world, task, written)
    const ingestedAt = ingestion(task, written) + lateBy(world, task, written)
    if (at >= first && at <= to && ingestedAt <= now) found.push({at, text, ingestedAt, id: idOf(task, written, place)})
  }
  const said = task.run ? commandLines(task) : framing(task)
  said.forEach(add)
  const release = releaseOf(world, task)
  for (let s = Math.floor(start / second); s * second <= end && task.judgedAt < Infinity; s++) {
    for (const [i, written] of inSecond(world, task, release, s).entries()) add(written, s * 4096 + i)
  }
  return found
}

/** The log group keeps one day; what is older is not generated. */
export const oldest = (now: number): number => now - 24 * 3600 * second

/** How far from now the last event can be dated. */
export const furthestAhead = ({state}: World): number => longest(state, 'future-logs')

/** How long ago what arrives now can have been written. */
export const furthestBehind = ({state}: World): number => 2 * flush + longest(state, 'late-logs')

const longest = ({faults}: State, name: string): number =>
  Math.max(0, ...faults.filter((fault) => fault.name === name).map(({argument}) => Number(argument) * second))

const digits = (value: number, width: number) => String(value).padStart(width, '0')

const idOf = (task: Task, at: number, place: number) =>
  `3${digits(at, 14)}${digits(Number.parseInt(task.id.slice(0, 12), 16), 16)}${digits(place, 25)}`

function releaseOf({state, inventory}: World, {set}: Task): string {
  const {input} = state.taskDefinitions.find(({arn}) => arn === set.taskDefinition) ?? {}
  const image = input?.containerDefinitions?.find(({name}) => name === inventory.container)?.image ?? ''
  return /:([\w.-]+)(?:@|$)/.exec(image.slice(image.lastIndexOf('/')))?.[1] ?? 'unknown'
}

/** Each task's driver flushes in a rhythm of its own, and once more before its container's end is known. */
function ingestion(task: Task, at: number): number {
  const own = Number.parseInt(task.id.slice(-4), 16)
  const flushed = at + flush - ((((at - own) % flush) + flush) % flush)
  const arrives = flushed + 300 + (own % 700)
  return Math.max(at + 40, Math.min(arrives, task.stoppedAt - 60))
}

/** The fault `late-logs`: of each task every fourth batch arrives this much later. */
function lateBy({state}: World, task: Task, at: number): number {
  if (state.faults.length === 0) return 0
  const batch = Math.floor((at - Number.parseInt(task.id.slice(-4), 16)) / flush)
  const fault = batch % 4 === 0 ? activeFault(state.faults, 'late-logs', at) : undefined
  return fault ? Number(fault.argument) * second : 0
}

/** The fault `future-logs`: the clock of one task in two is ahead by this much for a second now and then. */
function aheadBy({state}: World, task: Task, at: number): number {
  if (state.faults.length === 0) return 0
  const wrong = task.slot === 0 && Math.floor(at / second) % 8 === 0
  const fault = wrong ? activeFault(state.faults, 'future-logs', at) : undefined
  return fault ? Number(fault.argument) * second : 0
}

import type {RunTaskCommandInput} from '@aws-sdk/client-ecs'
import {rehearsals} from './images.js'
import {digestOf} from './inventory.js'
import {second} from './plan.js'
import type {State} from './state.js'
import type {Task} from './tasks.js'

/** A task that somebody started by itself, and how its image behaved at that moment. */
export type RunRecord = {at: number; taskDefinition: string; rehearsal: string; input: RunTaskCommandInput}

/** Seconds of a command in an image that can run. */
const runs = {pulls: 12, starts: 34, stops: 54}
const lives = {
  pulling: {pulls: 12, starts: Infinity, stops: 27},
  starting: {pulls: 12, starts: 34, stops: 41},
}

/** Every task that RunTask has started, oldest first. */
export const oneOffTasks = ({runs: records = [], seededAt}: State): Task[] =>
  records.map((record, i) => oneOffTask(record, digestOf(`${seededAt} run ${i} ${record.at}`).slice(0, 32)))

/** It serves nobody: an image that only fails health checks or requests runs its command to a good end. */
function oneOffTask({at, taskDefinition, rehearsal, input}: RunRecord, id: string): Task {
  const {dies, ...stop} = rehearsals[rehearsal] ?? {}
  const fatal = dies === 'pulling' || dies === 'starting' ? dies : undefined
  const life = fatal ? lives[fatal] : runs
  const stoppedAt = at + life.stops * second
  return {
    id,
    set: {
      id: input.startedBy ?? '',
      arn: '',
      taskDefinition,
      rehearsal,
      group: 0,
      createdAt: at,
      steadyAt: Infinity,
      drainsAt: stoppedAt,
      goneAt: stoppedAt,
    },
    slot: 0,
    createdAt: at,
    pullsAt: at + life.pulls * second,
    startedAt: at + life.starts * second,
    registeredAt: Infinity,
    judgedAt: Infinity,
    leavesAt: stoppedAt,
    stoppedAt,
    stop: fatal
      ? stop
      : {stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited', exitCode: 0},
    address: `10.0.0.${16 + (Number.parseInt(id.slice(0, 4), 16) % 200)}`,
    run: input,
  }
}

import type {RunTaskCommandInput} from '@aws-sdk/client-ecs'
import {rehearsals} from './images.js'
import {digestOf} from './inventory.js'
import {second} from './plan.js'
import type {State} from './state.js'
import type {Task} from './tasks.js'
import type {Written} from './written.js'

/** A task that somebody started by itself, and how its image and its command behaved at that moment. */
export type RunRecord = {
  at: number
  taskDefinition: string
  rehearsal: string
  input: RunTaskCommandInput
  exitCode?: number
  /** Somebody has stopped it. */
  stopped?: {at: number; reason: string}
}

/** Seconds of a command in an image that can run. */
const runs = {pulls: 12, starts: 34, stops: 54}
const lives = {
  pulling: {pulls: 12, starts: Infinity, stops: 27},
  starting: {pulls: 12, starts: 34, stops: 41},
}

/** Every task that RunTask has started, oldest first. */
export const oneOffTasks = ({runs: records = [], seededAt}: State): Task[] =>
  records.map((record, i) =>
    cutShort(oneOffTask(record, digestOf(`${seededAt} run ${i} ${record.at}`).slice(0, 32)), record),
  )

/** A process that is told to end exits with 143; before it has begun there is no exit code (ECS API, StopTask). */
function cutShort(task: Task, {stopped}: RunRecord): Task {
  if (!stopped || stopped.at >= task.stoppedAt) return task
  const exitCode = stopped.at >= task.startedAt ? 143 : undefined
  const stop = {stopCode: 'UserInitiated' as const, stoppedReason: stopped.reason, exitCode}
  return {...task, startedAt: exitCode ? task.startedAt : Infinity, leavesAt: stopped.at, stoppedAt: stopped.at, stop}
}

/** Writes down that somebody has stopped it. */
export function stopOneOff(state: State, id: string, stopped: NonNullable<RunRecord['stopped']>): Task | undefined {
  const at = oneOffTasks(state).findIndex((task) => task.id === id)
  if (at < 0) return undefined
  state.runs![at]!.stopped ??= stopped
  return oneOffTasks(state)[at]
}

/** It serves nobody: an image that only fails health checks or requests runs its command to a good end. */
function oneOffTask({at, taskDefinition, rehearsal, input, exitCode = 0}: RunRecord, id: string): Task {
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
      : {stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited', exitCode},
    address: `10.0.0.${16 + (Number.parseInt(id.slice(0, 4), 16) % 200)}`,
    run: input,
  }
}

/** What a command says: of the rehearsed ones what they would say, of any other that it would run here. */
export function commandLines({run, startedAt, stop, set}: Task): Written[] {
  const text = run?.overrides?.containerOverrides?.[0]?.command?.join(' ') ?? ''
  const said = rehearsals[set.rehearsal]?.log ?? (/alembic upgrade/.test(text) ? upgraded(stop.exitCode) : spoken(run))
  return said.map((line, i) => ({at: Math.round(startedAt + 1200 + i * 400), text: line}))
}

/** A shell says `exit 3` and does it; `echo` says what it is given. */
function spoken(run: Task['run']): string[] {
  const words = run?.overrides?.containerOverrides?.[0]?.command ?? []
  const line = words.join(' ')
  if (words[0] === 'echo') return [words.slice(1).join(' ')]
  if (/alembic (current|heads)/.test(line)) return ['8a2e6c0d51f7 (head)']
  return [`sandbox: here ${line || 'the image’s own command'} would run`]
}

export const exitCodeOf = (input: RunTaskCommandInput): number => {
  const line = input.overrides?.containerOverrides?.[0]?.command?.join(' ') ?? ''
  return Number(/\bexit (\d+)\b/.exec(line)?.[1] ?? 0)
}

function upgraded(exitCode = 0): string[] {
  const info = 'INFO  [alembic.runtime.migration]'
  return [
    `${info} Context impl PostgresqlImpl.`,
    `${info} Will assume transactional DDL.`,
    `${info} Running upgrade 3f1c9a7d2b40 -> 8a2e6c0d51f7, add orders.note`,
    ...(exitCode === 0 ? [] : duplicateColumn),
  ]
}

const duplicateColumn = [
  'Traceback (most recent call last):',
  '  File "/usr/local/bin/alembic", line 8, in <module>',
  '    sys.exit(main())',
  '  File "/app/alembic/versions/8a2e6c0d51f7_add_orders_note.py", line 19, in upgrade',
  "    op.add_column('orders', sa.Column('note', sa.Text()))",
  'sqlalchemy.exc.ProgrammingError: (psycopg.errors.DuplicateColumn) column "note" of relation "orders" already exists',
]

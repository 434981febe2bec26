import type {Clock} from './clock.js'
import {duration} from './durations.js'
import {type Event, stands, type Workflow} from './events.js'
import type {Definition} from './infra/definition.js'
import {placesOf} from './infra/places.js'
import {modulesOf, type Plan} from './infra/plan.js'
import {Progress, type Tally} from './infra/progress.js'
import {lastSnapshots, named, type SnapshotAws, snapshotSteps} from './infra/snapshots.js'
import type {BackupTaken} from './state/backups/take-backup.js'
import {applyPlan, type Ran} from './terraform/apply.js'
import {applyFailure} from './terraform/apply-failure.js'
import type {Said} from './terraform/said.js'
import type {Workdir} from './terraform/workdir.js'

/** A plan that was agreed to, and the directory that has it. */
export type Agreed = {workdir: Workdir; definition: Definition; plan: Plan}

export type ApplyMeans = {
  clock: Clock
  lockTimeout: number
  /** Nothing when there is no state yet. */
  backUp(): Promise<BackupTaken | undefined>
  /** Where databases are that go. */
  databases(): Promise<SnapshotAws>
  /** What was typed. */
  command: string
  /** Keeps a state that Terraform could not save, and says where. */
  keep(unsaved: Buffer): Promise<string>
  /** The id of a lock that this apply, begun at that time, has left. Nothing when it is free, or held by somebody else. */
  lockLeft(since: Date): Promise<string | undefined>
}

export type Applied = {done: number; seconds: number; backup?: string; snapshots: string[]}

const STEPS = {backup: 'Back up the state', apply: 'Apply the plan'}

/** Takes the last snapshots of databases, backs up the state, then does exactly what was agreed to. */
export async function* applyStack(agreed: Agreed, means: ApplyMeans): Workflow<Applied> {
  const {parent, signal} = agreed.workdir.work
  const snapshots = named(agreed.plan.snapshots, means.clock.now())
  yield {type: 'plan', steps: {...snapshotSteps(snapshots), ...STEPS}}
  if (snapshots.length > 0) yield* lastSnapshots(await means.databases(), snapshots, {...means, signal})
  yield {type: 'start', step: 'backup'}
  const backup = await means.backUp()
  yield {type: 'done', step: 'backup', detail: backup?.name ?? 'there is no state yet'}
  signal.throwIfAborted()
  // Until it is known what Terraform has left: whoever ends fb in between loses a state that it could not save.
  const letGo = parent.hold()
  try {
    const done = yield* applied(agreed, means)
    return {...done, snapshots: snapshots.map(({name}) => name), ...(backup ? {backup: backup.name} : {})}
  } finally {
    letGo()
  }
}

async function* applied(
  {workdir, definition, plan}: Agreed,
  means: ApplyMeans,
): Workflow<Pick<Applied, 'done' | 'seconds'>> {
  const {clock, lockTimeout} = means
  const {signal, terraform} = workdir.work
  const now = () => clock.now().getTime()
  const progress = new Progress(plan.changes, modulesOf(definition), {now, ending: () => signal.aborted})
  const begun = clock.now()
  const since = begun.getTime()
  yield {type: 'start', step: 'apply'}
  yield stands('Terraform was applying the plan; the state has what it made.', ['fb infra up'])
  const ran = yield* applyPlan(workdir, {lockTimeout, hear: told(progress)})
  const {done, of} = progress.tally()
  if (!ran.ok) {
    yield {type: 'fail', step: 'apply', detail: `${done} of ${of} after ${duration(now() - since)}`}
    throw await failed({ran, tally: progress.tally(), begun}, means, workdir, definition)
  }
  yield stands('The plan is applied.', [])
  yield {type: 'done', step: 'apply', detail: `${done} changes in ${duration(now() - since)} by ${terraform.product}`}
  return {done, seconds: Math.round((now() - since) / 1000)}
}

/** Every line moves the picture; what has no line of its own repeats the last one. */
function told(progress: Progress): (said: Said) => Event | undefined {
  let last = 'Terraform works'
  return (said) => {
    const before = last
    last = progress.hear(said) ?? last
    if (last === before && !said.type.startsWith('apply_')) return undefined
    return {type: 'progress', step: 'apply', line: last, panel: progress.panel}
  }
}

type Ended = {ran: Ran; tally: Tally; begun: Date}

async function failed(
  {ran, tally, begun}: Ended,
  {keep, lockLeft}: ApplyMeans,
  workdir: Workdir,
  definition: Definition,
): Promise<Error> {
  const kept = ran.unsaved && (await keep(ran.unsaved).catch(() => workdir.unsaved))
  if (kept && kept !== workdir.unsaved) workdir.forgetUnsaved()
  const said = ran.diagnostics.map(({detail}) => detail).join('\n')
  const unreleased = /releasing the state lock/i.test(ran.diagnostics.map(({summary}) => summary).join('\n'))
  const lock =
    (await lockLeft(begun).catch(() => undefined)) ?? (unreleased ? (LOCK_ID.exec(said)?.[1] ?? '') : undefined)
  const {product} = workdir.work.terraform
  const after = {...tally, kept, lock, interrupted: workdir.work.signal.aborted}
  return applyFailure(`${product} could not do all that the plan says.`, ran, after, placesOf(definition))
}

/** Terraform names it where it could not free it, in the words of each lock. */
const LOCK_ID = /\bID:?\s+"?([0-9a-f]{8}-[0-9a-f-]{27})/

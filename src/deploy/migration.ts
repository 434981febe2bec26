import {Busy, FbError} from '../errors.js'
import {type Event, stands} from '../events.js'
import {telling} from './log-lines.js'
import {
  type Ended,
  type OneOffAws,
  type OneOffPatience,
  oneOffOf,
  runOneOff,
  sayEnded,
  startedByName,
} from './one-off.js'
import type {DeployPlan, PlanReads} from './plan.js'
import {busyWith} from './refusals.js'
import type {Release} from './release.js'

/** What came of it, for `--json`. */
export type Migration = {command: string; task?: string; exitCode: number; tookMs?: number}

export const DEFAULT_MIGRATION = 'alembic upgrade head'

type Planned = Pick<DeployPlan, 'scene' | 'definition' | 'container' | 'primary' | 'previous' | 'migration'>

export type MigrationAws = OneOffAws & Pick<PlanReads, 'inFlight'>

/**
 * Runs the migration once on the new release, before anything else of it runs. Two at a time would meet in the schema: one that
 * finds another under way does not begin, and of two that began together the later one is stopped before its container starts.
 * The same holds while a deployment is under way: both versions in it count on the schema as it is.
 */
export async function* migrate(
  aws: MigrationAws,
  release: Release,
  planned: Planned,
  patience: OneOffPatience,
): AsyncGenerator<Event, Migration, void> {
  const {migration: command = DEFAULT_MIGRATION, definition, primary, previous, container, scene} = planned
  const startedBy = startedByName('fb-migrate', scene.names.family)
  const task = oneOffOf({arn: release.taskDefinitionArn, definition}, primary, {
    command: ['/bin/sh', '-c', command],
    startedBy,
    container,
  })
  const besides = `Release ${release.number} is registered, and no deployment of it was started.`
  const refusal = async (own?: string) => {
    const [first = own] = await aws.startedBy(startedBy)
    if (first && first !== own) return anotherRuns(first, besides, patience)
    const busy = await aws.inFlight()
    return busy && busyWith(busy, scene).given({state: besides, next: []})
  }
  const started = async (id: string) => {
    const refused = await refusal(id)
    if (!refused) return
    await aws.stopTask(id, `fb: ${refused.message}`)
    throw refused
  }
  yield {type: 'start', step: 'migrate'}
  const refused = await refusal()
  if (refused) throw refused
  const ended = yield* runOneOff(aws, task, 'migrate', {...patience, besides, started})
  yield {type: ended.exitCode === 0 ? 'done' : 'fail', step: 'migrate', detail: sayEnded(ended)}
  if (ended.exitCode !== 0) throw failed(ended, command, `v${previous.number} serves as before. ${besides}`)
  yield stands(`The migration has run. ${besides}`)
  return {command, task: ended.task, exitCode: 0, tookMs: ended.tookMs}
}

const anotherRuns = (id: string, state: string, {howToStop}: OneOffPatience) =>
  new Busy(`Another migration is running: task ${id}.`, {
    code: 'migrating',
    because: ['Two at a time would meet in the schema.'],
    state,
    next: ['try again when it has ended', ...howToStop(id)],
  })

const failed = (ended: Ended, command: string, state: string) =>
  new FbError(`The migration failed: ${sayEnded(ended)}.`, {
    code: 'migration_failed',
    because: [`It ran: ${command}`, ...telling(ended.log)],
    state,
    next: ['mend the migration and deploy again: alembic goes on where it ended'],
  })

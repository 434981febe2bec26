import type {Clock} from './clock.js'
import {wrapped} from './columns.js'
import type {Outcome} from './deploy/outcome.js'
import type {Steering} from './deploy/steer.js'
import {UsageError} from './errors.js'
import type {Canvas, Event, Workflow} from './events.js'
import type {Change} from './params/change.js'
import {changesText, plannedDocument} from './params/change-text.js'
import {type Fleet, servicesOf} from './params/fleet.js'
import {resultDocument, resultsText} from './params/result-text.js'
import {type Resume, writeChanges} from './params/write.js'
import {fingerprintOn, refuseOthers} from './params-access.js'
import {planRestarts, type Restart} from './params-restart.js'
import {restartAll} from './params-rollout.js'
import type {Questions} from './questions.js'
import {aws, type Site} from './site.js'
import type {Voice} from './terminal/voice.js'

export type Teller = {
  voice: Voice
  ask: Questions
  env: NodeJS.ProcessEnv
  carryOut<Done>(run: Workflow<Done>, clock: Clock): Promise<Done>
  /** Who decides about a deployment that is followed. */
  steer(site: Site): Promise<Steering>
  follow<Done>(run: Workflow<Done>, clock: Clock, seen: (event: Event) => void): Promise<Done>
  leaveRunning(id: string, site: Site): void
  exitAs(exitCode: number): void
}

export type Wanted = {
  changes: Change[]
  fleet: Fleet
  yes?: boolean
  'dry-run'?: boolean
  restart?: boolean
  resume: Resume
}

export type Applied = {
  env: string
  result: 'planned' | 'written' | 'unchanged' | 'restarted' | 'restart_failed' | 'restored'
  parameters: ReturnType<typeof resultDocument>[] | ReturnType<typeof plannedDocument>[]
  restarts: Outcome[]
}

/** Shows what would be written, asks, writes, tells the truth about the tasks, and restarts them when that is wanted. */
export async function applyChanges(teller: Teller, site: Site, wanted: Wanted): Promise<Applied> {
  const {voice, carryOut} = teller
  const {clock, environment} = site
  const env = environment.name
  refuseOthers(
    site,
    wanted.changes.map(({name}) => name),
  )
  const plan = (canvas: Canvas) => planText(wanted, clock.now(), teller.env, canvas)
  if (wanted['dry-run']) {
    voice.print(plan)
    return {env, result: 'planned', parameters: wanted.changes.map(plannedDocument), restarts: []}
  }
  voice.tell(plan)
  const restarts = wanted.restart ? await plannedRestarts(site, wanted.changes) : []
  const changes = await agreed(teller, site, wanted, restarts)
  const results = await carryOut(writeChanges(await aws(site, 'ssm'), changes, clock, wanted.resume), clock)
  voice.print((canvas) => resultsText(results, env, restarts.length > 0, canvas))
  const parameters = results.map(resultDocument)
  if (restarts.length > 0)
    return {env, parameters, ...(await restartAll(teller, site, {restarts, changes, results}, wanted.yes))}
  const written = results.some(({action}) => action !== 'unchanged')
  return {env, parameters, result: written ? 'written' : 'unchanged', restarts: []}
}

function planText({changes, fleet}: Wanted, now: Date, env: NodeJS.ProcessEnv, canvas: Canvas): string[] {
  const {paint, safe, width} = canvas
  const unknown = fleet.unknown.map((why) => `${paint.warn('!')} It is not known who reads it: ${safe(why)}`)
  return [
    ...changesText(changes, now, fingerprintOn(env), canvas),
    ...unknown.flatMap((line) => wrapped(line, width, 2)),
  ]
}

/** Those services whose tasks have, or will have, something else than the store. */
function plannedRestarts(site: Site, changes: Change[]): Promise<Restart[]> {
  const stale = changes.filter(({before, value, rollout}) => before?.value !== value || rollout.old > 0)
  const services = servicesOf(stale.flatMap(({rollout}) => rollout.readers))
  return planRestarts(site, services, `restart for ${stale.map(({key}) => key).join(', ')}`)
}

/** Everything that is asked, before anything is changed. The paid tier is no question that --yes answers. */
async function agreed({ask}: Teller, site: Site, {changes, yes}: Wanted, restarts: Restart[]): Promise<Change[]> {
  const writes = changes.filter(({action}) => action !== 'same')
  const large = writes.filter(({needsAdvanced}) => needsAdvanced).map(({key}) => key)
  if (large.length > 0) {
    if (yes) throw tooLarge(large)
    ask.needTerminal('--tier advanced', tooLarge(large))
    await ask.confirm(
      site,
      false,
      `Put ${large.join(', ')} into the advanced tier, which is paid and cannot be undone?`,
    )
  }
  const what = writes.length === 1 ? writes[0]!.key : `${writes.length} parameters`
  const work = [
    writes.length > 0 ? `write ${what}` : '',
    restarts.length > 0 ? `restart ${restarts.map(({plan}) => plan.scene.service).join(', ')}` : '',
  ].filter(Boolean)
  const question = work.join(' and ')
  if (question)
    await ask.confirm(site, yes, `${question[0]!.toUpperCase()}${question.slice(1)} in ${site.environment.name}?`)
  return changes.map((change) => (change.needsAdvanced ? {...change, tier: 'Advanced', needsAdvanced: false} : change))
}

const tooLarge = (keys: string[]) =>
  new UsageError(`${keys.join(', ')} does not fit into the standard tier (4,096 bytes).`, {
    code: 'too_large',
    because: ['The advanced tier takes 8,192 bytes. It is paid, and there is no way back but to delete the parameter.'],
    state: 'Nothing was changed.',
    next: ['--tier advanced'],
  })

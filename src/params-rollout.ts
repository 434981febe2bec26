import type {Outcome} from './deploy/outcome.js'
import {explain, type FbError, Interrupted, PartlyDone} from './errors.js'
import type {Canvas} from './events.js'
import type {Change} from './params/change.js'
import {undone, waysBack} from './params/undo.js'
import {type Result, writeChanges} from './params/write.js'
import type {Applied, Teller} from './params-apply.js'
import {type Restart, restart} from './params-restart.js'
import {aws, type Site} from './site.js'

const PARTLY = 6
const ROLLED_BACK = 9
const GAVE_UP = 8

/** What was written, and what is restarted for it. */
type Rollouts = {restarts: Restart[]; changes: Change[]; results: Result[]}

/** One service after the other; the first that fails ends it, and what was written can be put back. */
export async function restartAll(
  teller: Teller,
  site: Site,
  {restarts, changes, results}: Rollouts,
  yes?: boolean,
): Promise<Pick<Applied, 'result' | 'restarts'>> {
  const outcomes: Outcome[] = []
  const back = () => putBack(teller, site, undone(changes, results, 'its restart failed'), yes)
  for (const one of restarts) {
    try {
      outcomes.push(await restart(teller, one))
    } catch (error) {
      throw await unrestarted(error, one, outcomes, {changes, results}, back)
    }
    const {exitCode} = outcomes.at(-1)!
    if (exitCode === 0) continue
    teller.voice.tell(restartedBefore(outcomes.slice(0, -1)))
    teller.exitAs(exitCode === GAVE_UP ? GAVE_UP : PARTLY)
    if (exitCode === GAVE_UP) return {result: 'restart_failed', restarts: outcomes}
    const restored = await back()
    if (restored) teller.exitAs(exitCode === PARTLY ? PARTLY : ROLLED_BACK)
    else teller.voice.tell(leftAsWritten(waysBack(changes, results)))
    return {result: restored ? 'restored' : 'restart_failed', restarts: outcomes}
  }
  return {result: 'restarted', restarts: outcomes}
}

/** Those that were restarted have the new value, and keep it when it is put back until their next tasks. */
const sayRestarted = (outcomes: Outcome[]) =>
  outcomes.length > 0 ? `${outcomes.map(({service}) => service).join(', ')} runs with the new value.` : ''

const restartedBefore =
  (outcomes: Outcome[]) =>
  ({paint}: Canvas) =>
    outcomes.length > 0 ? [`${paint.warn('!')} ${sayRestarted(outcomes)}`] : []

/** A deployment that could not begin: the value is written all the same, unless it is put back. */
async function unrestarted(
  error: unknown,
  {plan: {scene}}: Restart,
  outcomes: Outcome[],
  {changes, results}: Omit<Rollouts, 'restarts'>,
  back: () => Promise<boolean>,
): Promise<FbError> {
  const failure = explain(error)
  if (failure instanceof Interrupted) return failure
  const restored = await back()
  const written = results.filter(({action}) => action !== 'unchanged').map(({key, version}) => `${key} v${version}`)
  return new PartlyDone(`${scene.service} is not restarted: ${failure.message}`, {
    code: 'restart_failed',
    because: failure.because,
    state: [
      restored
        ? 'The old value is in the store again.'
        : `Written: ${written.join(', ')}; tasks that start from now on take it.`,
      sayRestarted(outcomes),
    ]
      .filter(Boolean)
      .join(' '),
    next: [
      ...(restored ? [] : waysBack(changes, results)),
      `fb params restart --service ${scene.service}`,
      ...failure.next,
    ],
    cause: error,
  })
}

/** What CodeDeploy rolls back are the tasks; the store still has the new value, and new tasks would take it. */
async function putBack({ask, voice, carryOut}: Teller, site: Site, back: Change[], yes?: boolean): Promise<boolean> {
  const keys = back.map(({key}) => key).join(', ')
  if (back.length === 0 || !(await ask.offer(yes, `Put the old value of ${keys} back?`))) return false
  const {clock} = site
  const results = await carryOut(
    writeChanges(await aws(site, 'ssm'), back, clock, () => []),
    clock,
  )
  voice.print(({paint}) => [
    `${paint.good('✔')} ${results.map(({key, version}) => `${key} v${version}`).join(', ')}: the old value again.`,
  ])
  return true
}

const leftAsWritten =
  (ways: string[]) =>
  ({paint}: Canvas) => [
    `${paint.warn('!')} The new value stays in the store: tasks that start from now on take it.`,
    ...ways.map((way, i) => `  ${paint.dim(i === 0 ? 'Next  ' : '      ')} ${way}`),
  ]

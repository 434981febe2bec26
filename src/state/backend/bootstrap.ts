import type {Clock} from '../../clock.js'
import {GaveUp, Refused, UsageError} from '../../errors.js'
import type {Event, Workflow} from '../../events.js'
import type {BackendAws, Check, Goal, TableFacts} from './backend.js'
import {BUCKET, HTTPS_ONLY} from './bucket-checks.js'
import {KEY, LOCK_TABLE} from './table-checks.js'

/** One thing that has to be right, and how it is. */
export type Item = {
  id: string
  what: string
  state: 'missing' | 'differs' | 'right'
  /** Of a missing one there is nothing to say. */
  is: string
  wanted: string
}

export type Step = Item & {make(aws: BackendAws): Promise<boolean>}

export type BootstrapPlan = {goal: Goal; items: Step[]}

/** Looks at bucket and lock table. Changes nothing. */
export async function planBootstrap(aws: BackendAws, goal: Goal): Promise<BootstrapPlan> {
  const [region, table] = await Promise.all([
    aws.bucketRegion(goal.account),
    goal.lockTable ? aws.tableFacts() : undefined,
  ])
  if (region && region !== goal.region) throw elsewhere(goal, region)
  if (table && table.key.join() !== KEY) throw otherKey(goal, table)
  const facts = region ? await aws.bucketFacts() : undefined
  // An emulator's bucket that denies plain HTTP could be used by nobody.
  const wanted = BUCKET.filter(({id}) => !(goal.plainHttp && id === HTTPS_ONLY))
  const bucket = wanted.map((check) => stepOf(check, facts, goal))
  const locks = goal.lockTable ? LOCK_TABLE.map((check) => stepOf(check, table, goal)) : []
  return {goal, items: [...bucket, ...locks]}
}

function stepOf<Facts>({id, what, ...check}: Check<Facts>, facts: Facts | undefined, goal: Goal): Step {
  const found = facts && check.find(facts, goal)
  const state = found ? (found.right ? 'right' : 'differs') : 'missing'
  const make = (aws: BackendAws) => check.make(aws, goal)
  return {id, what, state, is: found?.is ?? '', wanted: found?.wanted ?? check.wanted(goal), make}
}

export const toDo = ({items}: BootstrapPlan): Step[] => items.filter(({state}) => state !== 'right')

/** Makes what is missing and changes what differs. Left at any point, the next plan has what remains. */
export async function* bootstrap(aws: BackendAws, plan: BootstrapPlan, clock: Clock): Workflow<void> {
  const steps = toDo(plan)
  yield {type: 'plan', steps: Object.fromEntries(steps.map(({id, what}) => [id, capital(what)]))}
  for (const step of steps) {
    yield {type: 'start', step: step.id}
    yield* untilMade(() => step.make(aws), step, clock)
    yield {type: 'done', step: step.id, detail: detailOf(step)}
  }
}

const PAUSE = 1000
const PATIENCE = 3 * 60_000

/** AWS may say yes and need a while until it is so. */
async function* untilMade(
  make: () => Promise<boolean>,
  {id, what}: Step,
  clock: Clock,
): AsyncGenerator<Event, void, void> {
  const giveUp = clock.now().getTime() + PATIENCE
  while (!(await make())) {
    if (clock.now().getTime() >= giveUp) throw late(what)
    yield {type: 'progress', step: id, line: `${capital(what)}: AWS is not ready yet`}
    await clock.sleep(PAUSE)
  }
}

export const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1)

/** What is there and what will be, in words. */
export const detailOf = ({state, is, wanted}: Item): string =>
  state === 'right' ? is : state === 'differs' ? `${is} → ${wanted}` : wanted

const late = (what: string) =>
  new GaveUp(`AWS is still not ready with the ${what} after ${PATIENCE / 60_000} minutes.`, {code: 'not_ready'})

const elsewhere = ({bucket, region}: Goal, actual: string) =>
  new UsageError(`Bucket ${bucket} is in ${actual}, not in ${region}.`, {
    code: 'other_region',
    state: 'Nothing was changed.',
    next: [`set state.region to ${actual} in fb.yml`, 'or state.bucket to another name'],
  })

const otherKey = ({lockTable}: Goal, {key}: TableFacts) =>
  new Refused(`Terraform cannot lock with table ${lockTable}: its key is ${key.join(' and ')}, not ${KEY}.`, {
    code: 'other_key',
    because: ['The key of a table cannot be changed.'],
    state: 'Nothing was changed.',
    next: ['set state.lockTable in fb.yml to the name of another table, or of a new one'],
  })

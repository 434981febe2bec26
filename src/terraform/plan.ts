import type {Event, Panel, Workflow} from '../events.js'
import {complaint} from './child.js'
import {terraformFailure, type Where} from './failure.js'
import {whole} from './listen.js'
import {type Diagnostic, said} from './said.js'
import {LOCK_FILE, type Workdir} from './workdir.js'

export type PlanOptions = {
  step: string
  /** How long to wait for the lock, in ms. */
  lockTimeout: number
  /** How many resources the state has: so many are read. */
  known: number
  targets?: string[]
  /** What to plan instead of making the state fit the configuration. */
  mode?: 'destroy' | 'refresh-only'
  where: Where
}

/** A plan as JSON, and every file that an apply of it needs, by name. Both hold secrets. */
export type Planned = {json: unknown; files: Record<string, Buffer>; warnings: Diagnostic[]}

export const PLAN_FILE = 'plan.tfplan'

/** Compares the configuration, the state and what is in AWS. Nothing is changed. */
export async function* makePlan(workdir: Workdir, options: PlanOptions): Workflow<Planned> {
  const {step, where} = options
  yield {type: 'start', step}
  const diagnostics: Diagnostic[] = []
  const run = workdir.listen(planArguments(options))
  const reading = new Reading(options.known)
  for (let line = await run.next(); ; line = await run.next()) {
    if (line.done) {
      workdir.work.signal.throwIfAborted()
      const {code, stderr} = line.value
      const what = `${workdir.work.terraform.product} could not make a plan.`
      if (code !== 0) throw terraformFailure(what, diagnostics, complaint({stdout: '', stderr}), where)
      break
    }
    const heard = said(line.value)
    if (heard.type === 'diagnostic') diagnostics.push(heard.diagnostic)
    if (heard.type === 'refresh_start') reading.begin()
    if (heard.type === 'refresh_complete') yield reading.end(step)
  }
  const json = await showPlan(workdir)
  return {json, files: workdir.files(PLAN_FILE, LOCK_FILE), warnings: diagnostics.filter(isWarning)}
}

function planArguments({lockTimeout, targets = [], mode}: PlanOptions): string[] {
  return [
    'plan',
    '-json',
    '-input=false',
    `-out=${PLAN_FILE}`,
    `-lock-timeout=${Math.ceil(lockTimeout / 1000)}s`,
    ...(mode ? [`-${mode}`] : []),
    ...targets.map((target) => `-target=${target}`),
  ]
}

/** How far the reading of what is there has got. */
class Reading {
  private begun = 0
  private done = 0

  constructor(private readonly known: number) {}

  begin(): void {
    this.begun++
  }

  end(step: string): Event {
    this.done++
    const panel: Panel = () => [`${this.done} of ${Math.max(this.known, this.begun)} resources read`]
    return {type: 'progress', step, line: 'Reading what is in AWS', panel}
  }
}

/** The plan in the directory, as JSON. */
export async function showPlan(workdir: Workdir): Promise<unknown> {
  const {text, code, stderr} = await whole(workdir.listen(['show', '-json', PLAN_FILE]))
  workdir.work.signal.throwIfAborted()
  const because = complaint({stdout: '', stderr})
  if (code !== 0) throw terraformFailure('The plan cannot be read back.', [], because, () => undefined)
  return JSON.parse(text)
}

/** What fb decides for the user, or says in its own words. */
const KNOWN_WARNINGS = /Resource targeting is in effect|Applied changes may be incomplete|dynamodb_table/

const isWarning = ({severity, summary, detail}: Diagnostic) =>
  severity === 'warning' && !KNOWN_WARNINGS.test(`${summary} ${detail}`)

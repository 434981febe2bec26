import {chmodSync, existsSync, readFileSync} from 'node:fs'

import type {Event, Workflow} from '../events.js'
import {complaint} from './child.js'
import {PLAN_FILE} from './plan.js'
import {type Diagnostic, type Said, said} from './said.js'
import type {Workdir} from './workdir.js'

/** How an apply ended. */
export type Ran = {
  ok: boolean
  diagnostics: Diagnostic[]
  /** What it said beside its JSON. */
  complaint: string[]
  /** The state, when Terraform could not save it: all that is known of what was made. */
  unsaved?: Buffer
}

type Options = {
  /** How long to wait for the lock, in ms. */
  lockTimeout: number
  /** Makes of what Terraform says what a person is told. */
  hear: (said: Said) => Event | undefined
}

/** Does what the plan in the directory says and nothing else. Once begun it is always followed to its end. */
export async function* applyPlan(workdir: Workdir, {lockTimeout, hear}: Options): Workflow<Ran> {
  const wait = `-lock-timeout=${Math.ceil(lockTimeout / 1000)}s`
  const run = workdir.listen(['apply', '-json', '-input=false', wait, PLAN_FILE])
  const diagnostics: Diagnostic[] = []
  for (let line = await run.next(); ; line = await run.next()) {
    if (line.done) {
      const {code, stderr} = line.value
      return {ok: code === 0, diagnostics, complaint: complaint({stdout: '', stderr}), unsaved: unsavedIn(workdir)}
    }
    const heard = said(line.value)
    if (heard.type === 'diagnostic') diagnostics.push(heard.diagnostic)
    const event = hear(heard)
    if (event) yield event
  }
}

function unsavedIn({unsaved}: Workdir): Buffer | undefined {
  if (!existsSync(unsaved)) return undefined
  chmodSync(unsaved, 0o600)
  return readFileSync(unsaved)
}

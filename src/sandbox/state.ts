import fs from 'node:fs'
import path from 'node:path'
import type {SuspendedState} from '@aws-sdk/client-application-auto-scaling'
import type {RegisterTaskDefinitionCommandInput} from '@aws-sdk/client-ecs'
import type {ClockFacts} from './clock.js'
import type {FaultRecord} from './faults.js'
import type {Where} from './inventory.js'
import {type JsonFile, jsonFile} from './json-file.js'
import type {RunRecord} from './one-off.js'
import {SandboxError} from './sandbox-error.js'

export type TaskDefinitionRecord = {
  arn: string
  revision: number
  at: number
  inactive?: boolean
  /** Who registered it; nobody named means the caller. */
  by?: string
  input: RegisterTaskDefinitionCommandInput
}

/** What was asked for and what the world was like at that moment; everything after it is computed. */
export type DeploymentRecord = {
  id: string
  at: number
  taskDefinition: string
  content: string
  sha256: string
  config: string
  description?: string
  creator?: string
  rehearsal: string
  alarms: string[]
  ignoreAlarms?: boolean
  rollbackOn: string[]
  installSeconds: number
  readyMinutes: number
  terminationMinutes: number
  testListener: boolean
  hook?: {event: string; silent: boolean; report?: {at: number; status: 'Succeeded' | 'Failed'}}
  breaks?: {event: string; code: string; message: string}
  stop?: {at: number; rollback?: boolean}
  readyContinuedAt?: number
  terminationContinuedAt?: number
}

/** A query of Logs Insights; times in seconds, as they are asked for. */
export type QueryRecord = {
  id: string
  at: number
  groups: string[]
  query: string
  from: number
  to: number
  limit?: number
  stoppedAt?: number
}

export type Knobs = {testListener: boolean; readyMinutes: number; terminationMinutes: number; config: string}

export type State = {
  version: number
  where: Where
  clock: ClockFacts
  seededAt: number
  knobs: Knobs
  taskDefinitions: TaskDefinitionRecord[]
  deployments: DeploymentRecord[]
  desired: {at: number; count: number}[]
  alarms: {name: string; at: number; state: string; reason: string}[]
  faults: FaultRecord[]
  /** What autoscaling may not do at the moment, and the tags of the target it scales. */
  scaling?: {suspended: SuspendedState; tags: Record<string, string>}
  runs?: RunRecord[]
  queries?: QueryRecord[]
}

/** A folder beside the state for what only some requests need, and would make every request slower. */
export type Beside = {folder: string; index<Facts>(seed: () => Facts): JsonFile<Facts>}

export type StateFile = JsonFile<State> & {beside: Beside}

export const stateVersion = 1

export function stateFile(file: string, seed: () => State): StateFile {
  const folder = file.replace(/(\.json)?$/, '.storage')
  const own = jsonFile(file, seed, (text) => parse(file, text))
  return {
    ...own,
    replace: (state) => {
      own.replace(state)
      fs.rmSync(folder, {recursive: true, force: true})
    },
    beside: {folder, index: (fresh) => jsonFile(path.join(folder, 'index.json'), fresh, (text) => facts(folder, text))},
  }
}

function facts<Facts>(folder: string, text: string): Facts {
  try {
    return JSON.parse(text)
  } catch {
    throw new SandboxError(`The sandbox's storage in ${folder} is not readable. \`fb sandbox reset\` starts it afresh.`)
  }
}

function parse(file: string, text: string): State {
  let state: Partial<State> | undefined
  try {
    state = JSON.parse(text)
  } catch {}
  if (state?.version === stateVersion && state.clock && Array.isArray(state.deployments)) return state as State
  const what = state?.version ? `was written by another version of fb (${state.version})` : 'is not readable'
  throw new SandboxError(`The sandbox's state file ${file} ${what}. \`fb sandbox reset\` starts it afresh.`)
}

import type {RegisterTaskDefinitionCommandInput} from '@aws-sdk/client-ecs'
import type {ClockFacts} from './clock.js'
import type {FaultRecord} from './faults.js'
import type {Where} from './inventory.js'
import {type JsonFile, jsonFile} from './json-file.js'
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
  hook?: {event: string; silent: boolean}
  stop?: {at: number; rollback?: boolean}
  readyContinuedAt?: number
  terminationContinuedAt?: number
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
}

export type StateFile = JsonFile<State> & {
  /** Beside the file: what only some requests need and would make every request slower. */
  folder: string
}

export const stateVersion = 1

export const stateFile = (file: string, seed: () => State): StateFile => ({
  folder: file.replace(/(\.json)?$/, '.storage'),
  ...jsonFile(file, seed, (text) => parse(file, text)),
})

function parse(file: string, text: string): State {
  let state: Partial<State> | undefined
  try {
    state = JSON.parse(text)
  } catch {}
  if (state?.version === stateVersion && state.clock && Array.isArray(state.deployments)) return state as State
  const what = state?.version ? `was written by another version of fb (${state.version})` : 'is not readable'
  throw new SandboxError(`The sandbox's state file ${file} ${what}. \`fb sandbox reset\` starts it afresh.`)
}

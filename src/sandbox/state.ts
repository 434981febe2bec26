import {randomUUID} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type {RegisterTaskDefinitionCommandInput} from '@aws-sdk/client-ecs'
import type {ClockFacts} from './clock.js'
import type {FaultRecord} from './faults.js'
import type {Where} from './inventory.js'
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

export type StateFile = {
  /** To be looked at only: readers share it. */
  read(): State
  /** Runs `change` alone, on the newest facts, and writes what it leaves. */
  update<T>(change: (state: State) => T): T
  replace(state: State): void
}

export const stateVersion = 1
const staleAfter = 2000
const giveUpAfter = 10_000

export function stateFile(file: string, seed: () => State): StateFile {
  let cached: {stamp: string; state: State} | undefined
  const stampOf = () => {
    const {ino, mtimeMs, size} = fs.statSync(file)
    return `${ino} ${mtimeMs} ${size}`
  }
  const load = () => parse(file, fs.readFileSync(file, 'utf8'))
  /** For readers: the same object for as long as the file is the same. */
  const loadShared = () => {
    const stamp = stampOf()
    if (cached?.stamp !== stamp) cached = {stamp, state: load()}
    return cached.state
  }
  const locked = <T>(work: () => T): T => {
    makeDirectory(path.dirname(file))
    const release = acquire(`${file}.lock`)
    try {
      return work()
    } finally {
      release()
    }
  }
  const write = (state: State) => {
    const draft = `${file}.${randomUUID()}.tmp`
    fs.writeFileSync(draft, JSON.stringify(state), {mode: 0o600})
    fs.renameSync(draft, file)
  }
  const loadOrSeed = () => {
    if (!fs.existsSync(file)) write(seed())
    return load()
  }
  return {
    read: () => (fs.existsSync(file) ? loadShared() : locked(loadOrSeed)),
    replace: (state) => locked(() => write(state)),
    update: (change) =>
      locked(() => {
        const state = loadOrSeed()
        const answer = change(state)
        write(state)
        return answer
      }),
  }
}

/** Parent by parent: mkdir's own `recursive` never ends below a folder such as /proc, which takes no new ones. */
function makeDirectory(directory: string): void {
  if (fs.existsSync(directory)) return
  makeDirectory(path.dirname(directory))
  try {
    fs.mkdirSync(directory, {mode: 0o700})
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    throw new SandboxError(
      `The sandbox cannot keep its state in ${directory} (${code}). XDG_STATE_HOME names another folder.`,
    )
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

/** One holder at a time across processes; a holder that was killed is overruled after two seconds. */
function acquire(lock: string): () => void {
  const token = randomUUID()
  const giveUp = Date.now() + giveUpAfter
  for (;;) {
    try {
      fs.writeFileSync(lock, token, {flag: 'wx', mode: 0o600})
      return () => release(lock, token)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isStale(lock)) overrule(lock, token)
    else if (Date.now() > giveUp) throw new SandboxError(`The sandbox's lock ${lock} is held by another process.`)
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  }
}

function release(lock: string, token: string) {
  try {
    if (fs.readFileSync(lock, 'utf8') === token) fs.unlinkSync(lock)
  } catch {}
}

function isStale(lock: string): boolean {
  try {
    return Date.now() - fs.statSync(lock).mtimeMs > staleAfter
  } catch {
    return false
  }
}

/** Moves the dead lock aside first: if another process was quicker, what we moved is its live lock, and goes back. */
function overrule(lock: string, token: string) {
  const aside = `${lock}.${token}`
  try {
    fs.renameSync(lock, aside)
    if (!isStale(aside)) fs.linkSync(aside, lock)
    fs.unlinkSync(aside)
  } catch {}
}

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, type TestContext} from 'vitest'

import type {Rule} from '../support/fault-proxy.js'
import {network} from '../support/moto-network.js'
import {md5, type StateHome, stateHome} from '../support/state-home.js'
import {state} from '../support/states.js'

type Test = Pick<TestContext, 'onTestFinished'>

/** What can lock a state. */
export const LOCKS = {
  table: {},
  'table and lock file': {lockfile: true},
  'lock file': {lockfile: true, table: false},
} as const

export type Locks = keyof typeof LOCKS

export type Name = 'backup' | 'restore' | 'rm'

const bytesOf = (which: string, serial: number) => {
  const resources = {'terraform_data.main': {id: which}, 'terraform_data.other': {id: 'other'}}
  const outputs = {which: {value: which, type: 'string'}}
  return Buffer.from(`${JSON.stringify({...state({serial, resources}), outputs}, undefined, 2)}\n`)
}

export const OLD = bytesOf('old', 8)
export const RESTORED = bytesOf('older', 9)

const ARGS: Record<Name, (home: StateHome) => string[]> = {
  backup: () => ['state', 'backup', '--env', 'dev'],
  restore: ({app}) => ['state', 'restore', './older.tfstate', '--env', 'dev', '--confirm', `${app}-dev`],
  rm: () => ['state', 'rm', 'terraform_data.main', '--env', 'dev', '--yes'],
}

/** The old state in a bucket of its own, and what the command is to put in its place. */
export async function prepared(name: Name, locks: Locks, test: Test) {
  const home = await stateHome({...LOCKS[locks], onFinished: test.onTestFinished})
  await home.putState(OLD)
  writeFileSync(join(home.directory, 'older.tfstate'), bytesOf('older', 7))
  const launch = (env: NodeJS.ProcessEnv, more: string[] = []) => home.launch([...ARGS[name](home), ...more], env)
  return {home, launch}
}

export type Whole = {calls: number; after: Buffer}

const wholes = new Map<string, Promise<Whole>>()

/** How many calls the command makes when nothing happens to it, and the state that it leaves. */
export function whole(name: Name, locks: Locks, test: Test): Promise<Whole> {
  const key = `${name} ${locks}`
  const known = wholes.get(key) ?? runWhole(name, locks, test)
  wholes.set(key, known)
  return known
}

async function runWhole(name: Name, locks: Locks, test: Test): Promise<Whole> {
  const {home, launch} = await prepared(name, locks, test)
  const {env, reached} = await network(home, [], test.onTestFinished)
  const {code, stderr} = await launch(env).ended
  expect(code, stderr).toBe(0)
  return {calls: reached.length, after: (await home.state())!}
}

/** Under rules that need the process that they happen to. */
export async function under(
  name: Name,
  locks: Locks,
  test: Test,
  rules: (child: {kill(signal: NodeJS.Signals): void}) => Rule[],
) {
  const {home, launch} = await prepared(name, locks, test)
  const started: {child?: ReturnType<typeof launch>['child']} = {}
  const net = await network(home, rules({kill: (signal) => started.child!.kill(signal)}), test.onTestFinished)
  const since = Date.now()
  const {child, ended} = launch(net.env)
  started.child = child
  const done = await ended
  return {home, name, pid: child.pid!, ...done, net, seconds: (Date.now() - since) / 1000}
}

/** Which of the two the state is, whole; never anything else, and never with a digest that contradicts it. */
export async function stateAfter(home: StateHome, after: Buffer): Promise<'old' | 'new'> {
  const now = (await home.state())!
  expect([String(OLD), String(after)]).toContain(String(now))
  expect([undefined, md5(now)]).toContain(await home.digest())
  return now.equals(OLD) ? 'old' : 'new'
}

type Run = Awaited<ReturnType<typeof under>>

const DOCUMENTED = [0, 1, 4, 5, 6, 7, 8]

/** Holds a run to what is true under every fault: it ends, writes once at most, and tells truly what has come of the state. */
export async function judged({home, name, code, stdout, stderr, seconds}: Run) {
  expect(seconds).toBeLessThan(45)
  expect(stdout + stderr).not.toMatch(/\n {4}at |undefined|\[object|Unexpected: |Warning: /)
  expect(DOCUMENTED).toContain(code)
  const state = await stateAfter(home, name === 'restore' ? RESTORED : OLD)
  expect(await home.writes()).toBe(state === 'old' ? 1 : 2)
  if (code === 0) {
    expect(state).toBe(name === 'restore' ? 'new' : 'old')
    expect((await home.keys()).sort()).toEqual([expect.stringMatching(/manifest/), expect.stringMatching(/tfstate/)])
    expect(await home.digest()).toBe(home.table ? md5((await home.state())!) : undefined)
    expect(await home.locks()).toEqual([])
  } else if (!/could not read it back|is not known/.test(stderr)) {
    const saysNew = /is the new one|new state (was|is) written|The change is made/.test(stderr)
    expect(saysNew, stderr).toBe(state === 'new')
  }
  if ((await home.locks()).length > 0) expect(stderr).toMatch(/still locked|could not be freed/)
  return {code, state}
}

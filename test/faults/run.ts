import {readFileSync, writeFileSync} from 'node:fs'
import {expect} from 'vitest'

import {type FaultProxy, faultProxy, type Rule} from '../support/fault-proxy.js'
import {type Ended, home} from '../support/fb.js'

type Home = ReturnType<typeof home>
export type Test = {onTestFinished(work: () => unknown): void}

/** A command, in a sandbox where it makes all the AWS calls it has. */
export type Scenario = {args: string[]; prepare?: (home: Home) => Promise<unknown>; speed?: number}

const HOUR = 3_600_000
const deployment = (tag: string) => ['deploy', '--strategy', 'all-at-once', '--tag', tag, '--yes']

export const SCENARIOS = {
  deploy: {args: deployment('1.1.0')},
  status: {
    args: ['status'],
    async prepare({fb, sandbox}) {
      await fb([...deployment('1.2.0-crash'), '--env', 'sandbox', '--wait', 'started'])
      sandbox.advance(HOUR / 4)
    },
  },
  releases: {args: ['releases']},
  groups: {args: ['logs', 'groups']},
  search: {args: ['logs', 'search', 'GET', '--since', '5m']},
  insights: {args: ['logs', 'search', 'GET', '--since', '5m', '--count', '--engine', 'insights']},
  // A failing one, from a minute before CodeDeploy gives it up: it ends soon, and diagnosing it takes calls of its own.
  watch: {
    args: ['watch'],
    async prepare({fb, sandbox}) {
      await fb([...deployment('1.2.0-crash'), '--env', 'sandbox', '--wait', 'started'])
      sandbox.advance(HOUR - 60_000)
    },
  },
} satisfies Record<string, Scenario>

export type Name = keyof typeof SCENARIOS

export type Faulted = Ended & {created: number; registered: number; proxy: FaultProxy; home: Home}

/** Runs the built fb against a sandbox behind faults, and holds it to what is true under every fault. */
export async function faulted(scenario: Scenario, rules: Rule[], test: Test, more: string[] = []): Promise<Faulted> {
  const place = await prepared(scenario, test)
  const before = countsOf(place)
  const proxy = await faultProxy(place.sandbox, rules)
  test.onTestFinished(proxy.close)
  const started = Date.now()
  const ended = await place.fb([...scenario.args, '--env', 'sandbox', ...more], {FB_SANDBOX_ENDPOINT: proxy.url})
  const after = countsOf(place)
  const made = {created: after.created - before.created, registered: after.registered - before.registered}
  expect((Date.now() - started) / 1000).toBeLessThan(35)
  expect(ended.stdout + ended.stderr).not.toMatch(/\n {4}at |undefined|\[object|Unexpected: |Warning: /)
  expect(Math.max(made.created, made.registered)).toBeLessThanOrEqual(1)
  if (more.includes('--json')) for (const document of documentsIn(ended.stdout)) JSON.parse(document)
  return {...ended, ...made, proxy, home: place}
}

/** Lines of a log are a document each. */
const documentsIn = (stdout: string) => (stdout.startsWith('{"v":1') ? stdout.trimEnd().split('\n') : [stdout])

const states = new Map<Scenario, Promise<string>>()

/** The sandbox as the scenario wants it; prepared once and copied, since every test has its own. */
export async function prepared(scenario: Scenario, test: Test): Promise<Home> {
  const place = home({speed: scenario.speed, onFinished: test.onTestFinished})
  const {prepare} = scenario
  if (!prepare) return place
  const state = states.get(scenario) ?? prepare(place).then(() => readFileSync(place.sandbox.file, 'utf8'))
  states.set(scenario, state)
  writeFileSync(place.sandbox.file, await state)
  return place
}

/** What the account really has. */
export function countsOf({sandbox}: Home): {created: number; registered: number} {
  const {deployments, taskDefinitions} = JSON.parse(readFileSync(sandbox.file, 'utf8'))
  return {created: deployments.length, registered: taskDefinitions.length}
}

import {readFileSync, writeFileSync} from 'node:fs'
import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {expect} from 'vitest'

import {clientsOf} from '../sandbox/account.js'

import {type FaultProxy, faultProxy, type Rule} from '../support/fault-proxy.js'
import {type Ended, home} from '../support/fb.js'

type Home = ReturnType<typeof home>
export type Test = {onTestFinished(work: () => unknown): void}

/** A command, in a sandbox where it makes all the AWS calls it has. */
export type Scenario = {args: string[]; prepare?: (home: Home) => Promise<unknown>; speed?: number}

const HOUR = 3_600_000
const deployment = (tag: string) => ['deploy', '--strategy', 'all-at-once', '--tag', tag, '--yes']
const ROLLBACK = ['rollback', '--yes', '--reason', 'errors']

export const SCENARIOS = {
  deploy: {args: deployment('1.1.0')},
  migrate: {args: [...deployment('1.1.0'), '--wait', 'started', '--migrate']},
  verify: {args: ['verify']},
  replace: {
    args: [...deployment('1.1.1'), '--wait', 'started', '--if-busy', 'replace'],
    prepare: ({fb}) => fb([...deployment('1.1.0'), '--env', 'sandbox', '--wait', 'started']),
  },
  run: {args: ['run', 'alembic', 'current']},
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
  // All traffic is on v4, and what it replaced still runs.
  stop: {
    args: ROLLBACK,
    async prepare({fb, sandbox}) {
      await fb([...deployment('1.1.0'), '--env', 'sandbox', '--wait', 'started'])
      sandbox.advance(HOUR / 6)
    },
  },
  // What served before is gone; its task definition, too, so that all that a rollback can write is written.
  rollback: {
    args: ROLLBACK,
    async prepare({fb, sandbox}) {
      await fb([...deployment('1.1.0'), '--env', 'sandbox', '--wait', 'started'])
      sandbox.advance(HOUR)
      deregister(sandbox, 3)
    },
  },
  gate: {
    args: [...deployment('1.1.0'), '--smoke', '/health', '--approve', 'smoke'],
    prepare: async ({sandbox}) => sandbox.fault('ready-gate'),
  },
  refused: {
    args: [...deployment('1.1.0'), '--smoke', '/nothing', '--approve', 'smoke'],
    prepare: async ({sandbox}) => sandbox.fault('ready-gate'),
  },
  approve: {
    args: ['approve', '--yes'],
    async prepare({fb, sandbox}) {
      sandbox.fault('ready-gate')
      await fb([...deployment('1.1.0'), '--env', 'sandbox', '--wait', 'started'])
      sandbox.advance(5 * 60_000)
    },
  },
  finish: {
    args: ['finish', '--yes'],
    prepare: ({fb}) => fb([...deployment('1.1.0'), '--env', 'sandbox']),
  },
  release: {
    args: ['scaling', 'release'],
    async prepare({sandbox}) {
      const {autoscaling} = clientsOf(sandbox)
      const scaled = {ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount'} as const
      const {ScalableTargets} = await autoscaling.send(new DescribeScalableTargetsCommand({ServiceNamespace: 'ecs'}))
      const {ResourceId, ScalableTargetARN: ResourceARN} = ScalableTargets![0]!
      const SuspendedState = {DynamicScalingInSuspended: true}
      await autoscaling.send(new RegisterScalableTargetCommand({...scaled, ResourceId, SuspendedState}))
      await autoscaling.send(new TagResourceCommand({ResourceARN, Tags: {'fb:scale-in-held-for': 'd-ABCDEFGHI'}}))
    },
  },
} satisfies Record<string, Scenario>

function deregister({file}: Home['sandbox'], revision: number): void {
  const state = JSON.parse(readFileSync(file, 'utf8'))
  state.taskDefinitions.find((one: {revision: number}) => one.revision === revision).inactive = true
  writeFileSync(file, JSON.stringify(state))
}

export type Name = keyof typeof SCENARIOS

export type Faulted = Ended & {created: number; registered: number; started: number; proxy: FaultProxy; home: Home}

/** Runs the built fb against a sandbox behind faults, and holds it to what is true under every fault. */
export async function faulted(scenario: Scenario, rules: Rule[], test: Test, more: string[] = []): Promise<Faulted> {
  const place = await prepared(scenario, test)
  const before = countsOf(place)
  const proxy = await faultProxy(place.sandbox, rules)
  test.onTestFinished(proxy.close)
  const started = Date.now()
  const ended = await place.fb([...scenario.args, '--env', 'sandbox', ...more], {FB_SANDBOX_ENDPOINT: proxy.url})
  const after = countsOf(place)
  const made = {
    created: after.created - before.created,
    registered: after.registered - before.registered,
    started: after.started - before.started,
  }
  expect((Date.now() - started) / 1000).toBeLessThan(35)
  expect(ended.stdout + ended.stderr).not.toMatch(/\n {4}at |undefined|\[object|Unexpected: |Warning: /)
  expect(Math.max(made.created, made.registered, made.started)).toBeLessThanOrEqual(1)
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
export function countsOf({sandbox}: Home): {created: number; registered: number; started: number} {
  const {deployments, taskDefinitions, runs = []} = JSON.parse(readFileSync(sandbox.file, 'utf8'))
  return {created: deployments.length, registered: taskDefinitions.length, started: runs.length}
}

import {clip} from '../columns.js'
import {Refused} from '../errors.js'
import type {Workflow} from '../events.js'
import type {Reading} from './reading.js'
import type {Group} from './service.js'

/** What a test of the new version came to, in a few words, and the last lines it wrote. */
export type Tested = {ok: boolean; detail: string; lines: string[]}

/** A test of the new version before it gets production traffic. The signal ends it early. */
export type Smoke = {name: string; run(testUrl: string, signal: AbortSignal): Promise<Tested>}

/** A deployment that waits for approval, as somebody has to see it who decides. */
export type Gate = {
  /** It brings an earlier release back: not to let it pass leaves the other one there. */
  goesBack?: boolean
  deploymentId: string
  /** When CodeDeploy stops it, unless it is approved before. */
  until?: Date
  /** Where the new version answers already; nothing when the group has no test listener, or its address cannot be read. */
  testUrl?: string
  /** The tests that were run, in order, up to the first that failed. */
  tests: NamedTest[]
}

export type NamedTest = Tested & {name: string}

/** The wait begins when the last event before the shift has ended. */
export function approvalEndsAt({lifecycle = []}: Reading, {approvalMinutes}: Group): Date | undefined {
  const ended = lifecycle.flatMap(({status, endedAt}) => (status === 'Succeeded' && endedAt ? [endedAt.getTime()] : []))
  return ended.length > 0 ? new Date(Math.max(...ended) + approvalMinutes * 60_000) : undefined
}

/** So much of a test's name leaves room for what came of it. */
const LONGEST = 40

/** Runs the tests one after the other until one fails. */
export async function* test(smokes: Smoke[], testUrl: string | undefined, signal: AbortSignal): Workflow<NamedTest[]> {
  if (smokes.length === 0) return []
  const tests: NamedTest[] = []
  yield {type: 'plan', steps: Object.fromEntries(smokes.map(({name}, i) => [`test ${i}`, clip(name, LONGEST)]))}
  for (const [i, smoke] of smokes.entries()) {
    const step = `test ${i}`
    yield {type: 'start', step}
    const tested = testUrl ? await smoke.run(testUrl, signal) : NOWHERE
    tests.push({name: smoke.name, ...tested})
    if (!tested.ok) yield* tested.lines.map((text) => ({type: 'note' as const, text}))
    yield {type: tested.ok ? 'done' : 'fail', step, detail: tested.detail}
    if (!tested.ok) break
  }
  return tests
}

const NOWHERE: Tested = {
  ok: false,
  detail: 'where the new version answers is not known; give it with --test-url',
  lines: [],
}

export const failedTest = ({tests}: Gate): NamedTest | undefined => tests.find(({ok}) => !ok)

/** Nothing is approved that has failed a test. */
export function refuseFailed(gate: Gate): void {
  const failed = failedTest(gate)
  if (!failed) return
  throw new Refused(`Not approved: ${failed.name} has failed (${failed.detail}).`, {
    code: 'smoke',
    because: failed.lines,
    state: `Deployment ${gate.deploymentId} still waits for approval.`,
    next: ['fb rollback', `fb watch ${gate.deploymentId}`],
  })
}

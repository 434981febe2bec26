import type {Clock} from '../clock.js'
import {timeOfDay} from '../durations.js'
import {Interrupted} from '../errors.js'
import type {Event} from '../events.js'
import type {Failure} from './diagnose.js'
import {approvalEndsAt, failedTest, type Gate, type Smoke, test} from './gate.js'
import {interruptible} from './interruptible.js'
import type {Reading} from './reading.js'
import {goesOn, waitsForApproval} from './standing.js'
import {type StopAws, stopped} from './stop.js'
import {remaining, type Watched, type WatchInput, watch} from './watch.js'

/** What can be decided about a deployment under way. `wait` leaves the decision to others. */
export type Decision = 'watch' | 'approve' | 'repeat' | 'wait' | 'rollback' | 'detach'

/** Who decides about a deployment under way: a person at the terminal, or flags in their place. */
export type Steering = {
  smokes: Smoke[]
  /** `smoke`: the tests alone decide. */
  approve: 'ask' | 'smoke'
  /** Whether there is somebody to ask. */
  attended: boolean
  /** Aborted by the next Ctrl-C, or whatever else ends programs. */
  listen(): AbortSignal
  /** From now on such a signal ends fb. */
  ignore(): void
  /** A deployment that goes back is not rolled back itself: that would bring the bad release back. */
  atInterrupt(deploymentId: string, goesBack?: boolean): Promise<'watch' | 'rollback' | 'detach'>
  /** Asks somebody; `over` withdraws the question, which is then answered with `wait`. */
  atGate(gate: Gate, over: AbortSignal): Promise<'approve' | 'repeat' | 'wait' | 'rollback' | 'detach'>
}

export type SteerAws = StopAws & {
  proceed(deploymentId: string, wait: 'READY_WAIT'): Promise<boolean>
  /** Where the new version answers before it has production traffic. */
  testUrl(): Promise<string | undefined>
}

export type SteerInput = WatchInput & Pick<Gate, 'goesBack'>

/** Follows a deployment, and has it decided how to go on when it waits for approval and when somebody interrupts. */
export async function* steered(
  aws: SteerAws,
  input: SteerInput,
  steering: Steering,
  clock: Clock,
): AsyncGenerator<Event, Watched, void> {
  const {deploymentId, goesBack} = input
  let round: WatchInput = {...input, stopAtGate: true, told: new Set()}
  try {
    for (;;) {
      const signal = steering.listen()
      const watched = yield* watch((id) => interruptible(aws.observe(id), signal), round, clock)
      if (watched.end !== 'gate' && watched.end !== 'interrupted') return watched
      input.guard?.rest()
      yield {type: 'pause'}
      const {decision, cause = ASKED} =
        watched.end === 'gate'
          ? yield* decideAtGate(aws, input, watched.reading, steering, signal)
          : {decision: await steering.atInterrupt(deploymentId, goesBack)}
      if (decision === 'detach') throw new Interrupted('Detached.', {code: 'detached'})
      if (decision === 'rollback') {
        steering.ignore()
        return yield* stopped(aws, input, cause, clock)
      }
      if (decision === 'approve') await aws.proceed(deploymentId, 'READY_WAIT')
      yield goesOn(deploymentId)
      round = {...round, from: watched.step, stopAtGate: decision === 'watch' && round.stopAtGate}
      yield {type: 'plan', steps: remaining(watched.step!, input)}
    }
  } finally {
    steering.ignore()
    input.guard?.rest()
  }
}

const ASKED: Failure = {
  code: 'asked',
  summary: 'it was rolled back on request',
  evidence: [],
  logs: [],
  changes: [],
  fix: '',
}

type Decided = {decision: Decision; cause?: Failure}

async function* decideAtGate(
  aws: SteerAws,
  {deploymentId, group, goesBack}: SteerInput,
  reading: Reading,
  steering: Steering,
  signal: AbortSignal,
): AsyncGenerator<Event, Decided, void> {
  const testUrl = await aws.testUrl().catch(() => undefined)
  const until = approvalEndsAt(reading, group)
  yield {type: 'note', text: sayGate(testUrl, until)}
  yield waitsForApproval(deploymentId, until)
  for (;;) {
    const tests = yield* test(steering.smokes, testUrl, signal)
    const gate = {deploymentId, until, testUrl, tests, goesBack}
    const decision = signal.aborted ? 'wait' : await decide(aws, gate, steering, signal)
    if (signal.aborted) return {decision: await steering.atInterrupt(deploymentId, goesBack)}
    if (decision !== 'repeat') return {decision, cause: causeOf(gate)}
  }
}

const sayGate = (testUrl: string | undefined, until: Date | undefined): string =>
  [
    `waits for approval${until ? ` until ${timeOfDay(until)}` : ''}: fb approve`,
    ...(testUrl ? [`the new version answers at ${testUrl}`] : []),
  ].join(' · ')

async function decide(aws: SteerAws, gate: Gate, steering: Steering, signal: AbortSignal): Promise<Decision> {
  if (steering.approve === 'smoke') return failedTest(gate) ? 'rollback' : 'approve'
  if (!steering.attended) return 'wait'
  const decided = new AbortController()
  const elsewhere = new AbortController()
  void leavesGate(interruptible(aws.observe(gate.deploymentId), decided.signal)).then(
    () => elsewhere.abort(),
    () => {},
  )
  try {
    return await steering.atGate(gate, AbortSignal.any([elsewhere.signal, signal]))
  } finally {
    decided.abort()
  }
}

/** A colleague can approve it elsewhere, or stop it, or its time ends while a person still thinks. */
async function leavesGate(readings: AsyncGenerator<Reading, void, void>): Promise<void> {
  for await (const {deployment} of readings) if (deployment && deployment.status !== 'Ready') return
}

function causeOf(gate: Gate): Failure | undefined {
  const failed = failedTest(gate)
  return (
    failed && {
      code: 'smoke',
      summary: `the smoke test failed: ${failed.name}: ${failed.detail}`,
      evidence: [],
      logs: failed.lines,
      changes: [],
      fix: 'mend it in the new version, then deploy again',
    }
  )
}

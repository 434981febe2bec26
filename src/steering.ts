import type {Environment} from './config/settings.js'
import type {Gate, Smoke} from './deploy/gate.js'
import {gateText} from './deploy/gate-text.js'
import type {Group} from './deploy/service.js'
import type {Steering as Decides} from './deploy/steer.js'
import type {WaitFor} from './deploy/watch.js'
import {Interrupted, UsageError} from './errors.js'
import type {SteeringFlags} from './flags.js'
import type {Questions} from './questions.js'
import type {Voice} from './terminal/voice.js'

/** The exit codes by which signals are known here. */
const CTRL_C = 130
const HANG_UP = 129

type Means = {ask: Questions; voice: Voice; environment: Environment; smokes: Smoke[]}

/** Who decides about a deployment under way: the person at the terminal, or the flags where there is none. */
export class Steering implements Decides {
  readonly smokes: Smoke[]
  readonly approve: 'ask' | 'smoke'
  private heard: AbortController | undefined

  constructor(
    private readonly means: Means,
    private readonly flags: SteeringFlags,
  ) {
    this.smokes = means.smokes
    this.approve = flags.approve as Decides['approve']
    if (flags.approve === 'smoke' && flags.smoke.length === 0) throw nothingToApprove()
  }

  get attended(): boolean {
    return this.means.ask.possible
  }

  /** Tests that nothing would run must not look as if they had been run. */
  refuseUnrun({waitsForApproval}: Group, until: WaitFor): void {
    if (this.smokes.length === 0) return
    if (until === 'started') throw notWaited()
    if (!waitsForApproval) throw noGate(this.means.environment.name)
  }

  /** The tests are of what is deployed here: they decide about no other deployment. */
  refuseForeign(): void {
    if (this.smokes.length > 0) throw foreign()
  }

  listen(): AbortSignal {
    this.heard ??= new AbortController()
    return this.heard.signal
  }

  ignore(): void {
    this.heard = undefined
  }

  /** Takes a signal, named by its exit code, unless nobody listens or one was heard already. */
  hears(exitCode: number): boolean {
    if (!this.heard || this.heard.signal.aborted) return false
    this.heard.abort(exitCode)
    return true
  }

  async atInterrupt(deploymentId: string, goesBack = false): Promise<'watch' | 'rollback' | 'detach'> {
    const by = this.heard?.signal.reason
    this.heard = undefined
    if (by === HANG_UP || (!this.asks(by) && (goesBack || this.flags['on-interrupt'] === 'detach')))
      throw new Interrupted('Interrupted.', {code: 'interrupted'})
    if (!this.asks(by)) return 'rollback'
    const choices = [
      {name: 'keep watching', value: 'watch'},
      {name: 'detach         leave it to AWS; fb watch shows it again', short: 'detach', value: 'detach'},
      {name: 'roll back now  the old version gets all traffic', short: 'roll back', value: 'rollback'},
    ] as const
    const offered = choices.filter(({value}) => !goesBack || value !== 'rollback')
    return (await this.means.ask.decide(`${deploymentId} goes on in AWS.`, offered)) ?? 'detach'
  }

  /** A person is asked by Ctrl-C alone: what else ends programs does not wait for one. */
  private asks(by: number): boolean {
    return by === CTRL_C && this.attended
  }

  async atGate(gate: Gate, over: AbortSignal): Promise<'approve' | 'repeat' | 'wait' | 'rollback' | 'detach'> {
    const {ask, voice, environment} = this.means
    voice.tell((canvas) => gateText(gate, canvas))
    for (;;) {
      const chosen = await ask.decide('Let production traffic move to the new version?', this.choices(gate), over)
      if (over.aborted) return 'wait'
      const unsure = chosen === 'approve' && environment.protected
      if (!unsure || (await ask.typeName('Approve it.', environment.name, over))) return chosen ?? 'detach'
    }
  }

  /** The first is what a key that was pressed too early chooses. */
  private choices({goesBack}: Gate) {
    const choice = <T>(word: string, about: string, value: T) => ({
      name: `${word.padEnd(11)} ${about}`,
      short: word,
      value,
    })
    return [
      choice('not yet', 'leave it waiting; fb approve decides later', 'detach' as const),
      choice('approve', 'production traffic moves', 'approve' as const),
      ...(goesBack ? [] : [choice('roll back', 'the old version keeps all traffic', 'rollback' as const)]),
      ...(this.smokes.length > 0 ? [choice('test again', 'run the smoke tests once more', 'repeat' as const)] : []),
    ]
  }
}

const nothingToApprove = () =>
  new UsageError('--approve smoke needs a test that decides.', {
    code: 'smoke_missing',
    state: 'Nothing was changed.',
    next: ['--smoke /health'],
  })

const notWaited = () =>
  new UsageError('--wait started does not wait for the smoke tests.', {
    code: 'smoke_not_run',
    state: 'Nothing was changed.',
    next: ['--wait traffic', 'fb approve --smoke /health'],
  })

const foreign = () =>
  new UsageError('The smoke tests of this deployment do not decide about one that somebody else has started.', {
    code: 'smoke_foreign',
    state: 'Nothing was changed.',
    next: ['--if-busy wait | replace', 'leave out --smoke and --approve smoke', 'fb watch --smoke /health'],
  })

const noGate = (env: string) =>
  new UsageError(`Nothing in ${env} waits for approval, so the smoke tests would never be run.`, {
    code: 'no_gate',
    because: ['codedeploy:GetDeploymentGroup: traffic moves by itself (deploymentReadyOption)'],
    state: 'Nothing was changed.',
    next: [`set environments.${env}.deployment.approvalMinutes in fb.yml`, `fb infra up --env ${env}`],
  })

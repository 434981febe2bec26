import {Command} from '@oclif/core'

import type {Caller} from './aws/sts.js'
import type {Clock} from './clock.js'
import {wrapped} from './columns.js'
import {SHARED} from './config/names.js'
import {misspelledRegion} from './config/regions.js'
import {loadSettings, type Settings} from './config/settings.js'
import {explain, type FbError, Interrupted, PartlyDone} from './errors.js'
import type {Canvas, Event, Workflow} from './events.js'
import {outputFlags, type SiteFlags} from './flags.js'
import {explainParse} from './parse-errors.js'
import {Questions} from './questions.js'
import type {Sandbox} from './sandbox/sandbox.js'
import {aws, identityLine, observer, openSite, refuseOtherAccount, type Site, sandboxOf} from './site.js'
import type {Worker} from './state/locks/lock.js'
import {Voice} from './terminal/voice.js'
import type {Parent} from './terraform/child.js'
import {thisWorker} from './worker.js'

const LINGER = 100
const ENDING = 'Ctrl-C: ending where nothing is left half done. Once more ends at once.'
const WAITING = 'Ctrl-C: Terraform ends by itself and frees the lock. Once more changes nothing.'
/** A command of fb that acts on an environment and names none. */
const OF_ENVIRONMENT = /^fb (deploy|infra|params|releases|state|status|watch)\b(?!.* --(env|from) )/

/** Every command's base: global flags, where it acts, questions, Ctrl-C, exit codes. */
export abstract class FbCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = outputFlags

  protected readonly directory = process.cwd()
  protected readonly aws = aws
  protected readonly observer = observer
  protected readonly voice = new Voice({argv: this.argv, json: this.jsonEnabled(), env: process.env})
  /** Questions; without a terminal there are none, and the error names the flag that answers. */
  protected readonly ask = new Questions(
    this.voice,
    () => process.stdin.isTTY && process.stderr.isTTY && !this.voice.json,
  )
  private readonly abort = new AbortController()
  /** Of a command that Ctrl-C ended. One that it came too late for is done, and ends like any other. */
  private interruptedCode: number | undefined
  protected readonly signal = this.abort.signal
  /** How things stand once something was changed: told if Ctrl-C is pressed, or something fails, from then on. */
  private standing: {state: string; next: string[]} | undefined
  private lock: string | undefined
  /** Children at work that end by themselves once they are asked to; ending before them would leave a lock behind. */
  private holding = 0
  private settings: Promise<Settings> | undefined
  private region = ''
  private env = ''

  protected override async init(): Promise<void> {
    await super.init()
    // `on`, not `once`: signal-exit (inside listr2) kills the process when its own listener is the last one left.
    process.on('SIGINT', () => this.interrupt(130))
    process.on('SIGTERM', () => this.interrupt(143))
    process.on('SIGHUP', () => this.interrupt(129))
  }

  /** The first lets the work end where it leaves everything whole; the second ends fb, and says what that leaves. */
  private interrupt(exitCode: number): void {
    if (this.signal.aborted) {
      if (this.holding > 0) return
      this.tellFailure(new Interrupted('Interrupted.', {code: 'interrupted', ...this.left()}))
      process.exit(exitCode)
    }
    this.interruptedCode = exitCode
    this.abort.abort(new Interrupted('Interrupted.', {code: 'interrupted'}))
  }

  /** What is left when fb ends right here. */
  private left(): {state: string; next: string[]} {
    const {state, next} = this.standing ?? {state: 'Nothing was changed.', next: []}
    if (!this.lock) return {state, next}
    return {state: `${state} It is still locked by this command.`, next: [`fb state unlock ${this.lock}`, ...next]}
  }

  /** The environment, its names, and the way to its AWS. */
  protected open(flags: SiteFlags): Promise<Site> {
    return this.openAmong(flags, false)
  }

  /** The same for a command that acts on infrastructure: `shared` is a place too. What a killed fb left of a state goes away. */
  protected async openStack(flags: SiteFlags): Promise<Site> {
    await (await import('./terraform/scratch.js')).sweep()
    return this.openAmong(flags, true)
  }

  private async openAmong(flags: SiteFlags, stack: boolean): Promise<Site> {
    this.settings ??= loadSettings(this.directory)
    const settings = await this.settings
    const names = [...Object.keys(settings.environments), ...(stack ? [SHARED] : [])]
    const env =
      flags.env ??
      (await this.ask.choose(
        'Which environment?',
        names.map((name) => ({name, value: name})),
        '--env',
      ))
    const trace = this.voice.verbose ? this.voice.trace : undefined
    const site = await openSite(settings, {...flags, env, stack}, {signal: this.signal, trace, env: process.env})
    this.region = site.environment.region
    this.env = site.environment.name
    return site
  }

  /** The sandbox itself, for the commands that play AWS. */
  protected async sandbox(): Promise<Sandbox> {
    return sandboxOf(await loadSettings(this.directory), process.env)
  }

  /** Says where a mutating command acts, and refuses when the credentials belong to another account than fb.yml gives. */
  protected async identify(site: Site): Promise<Caller> {
    const caller = await (await aws(site, 'sts')).caller()
    this.voice.tell((canvas) => wrapped(identityLine(site, caller, canvas), canvas.width, 2))
    refuseOtherAccount(site, caller)
    return caller
  }

  /** The same without a word, for what a timer runs. */
  protected async caller(site: Site): Promise<Caller> {
    const caller = await (await aws(site, 'sts')).caller()
    refuseOtherAccount(site, caller)
    return caller
  }

  /** This process, as locks name who holds them. */
  protected get worker(): Worker {
    return thisWorker(this.config.version)
  }

  /** This process, as the one that starts Terraform. */
  protected get parent(): Parent {
    const kill = (pid: number, signal: NodeJS.Signals) => process.kill(pid, signal)
    const hold = () => {
      this.holding++
      return () => void this.holding--
    }
    return {pid: process.pid, env: process.env, kill, atExit: (work) => process.once('exit', work), hold}
  }

  /** What work that several commands share needs of the one that does it. */
  protected get teller() {
    return {
      voice: this.voice,
      ask: this.ask,
      env: process.env,
      carryOut: <Result>(run: Workflow<Result>, clock: Clock) => this.carryOut(run, clock),
      leaveRunning: (id: string, site: Site) => this.leaveRunning(id, site),
      exitAs: (exitCode: number) => this.exitAs(exitCode),
    }
  }

  protected stands(state: string, next: string[] = []): void {
    this.standing = {state, next}
  }

  /** From now on Ctrl-C leaves a deployment running in AWS, and says so. */
  protected leaveRunning(id: string, {environment: {name, region}, connection: {profile}, sandbox}: Site): void {
    const place = `--region ${region}${profile ? ` --profile ${profile}` : ''}`
    const stop = `aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled ${place}`
    this.stands(`Deployment ${id} goes on in AWS.`, [`fb watch ${id} --env ${name}`, ...(sandbox ? [] : [stop])])
  }

  /** Does the work and shows it; what it says of how things stand is told if it ends too early. */
  protected carryOut<Result>(
    run: Workflow<Result>,
    clock: Clock,
    seen: (event: Event) => void = () => {},
  ): Promise<Result> {
    return this.voice.show(
      run,
      clock,
      (event) => {
        if (event.type === 'stands') this.stands(event.state, event.next)
        if (event.type === 'holds') this.lock = event.lock
        seen(event)
      },
      {signal: this.signal, answer: () => (this.holding > 0 ? WAITING : ENDING)},
    )
  }

  /** Prints how the work ended and makes its exit code the command's own. */
  protected conclude<Outcome extends {exitCode: number}>(
    outcome: Outcome,
    text: (outcome: Outcome, canvas: Canvas) => string[],
  ): Outcome {
    this.voice.print((canvas) => text(outcome, canvas))
    this.exitAs(outcome.exitCode)
    return outcome
  }

  protected exitAs(exitCode: number): void {
    process.exitCode = exitCode
  }

  protected override async catch(error: Error): Promise<void> {
    const failure = this.failure(error)
    process.exitCode = failure instanceof Interrupted ? (this.interruptedCode ?? failure.exitCode) : failure.exitCode
    this.tellFailure(failure)
  }

  /** The next steps are of the environment that was acted on: what is typed at 3 a.m. must not land elsewhere. */
  private tellFailure(failure: FbError): void {
    const here = (step: string) => (this.env && OF_ENVIRONMENT.test(step) ? `${step} --env ${this.env}` : step)
    this.voice.fail(Object.assign(failure, {next: failure.next.map(here)}), `fb ${this.id?.replaceAll(':', ' ')}`)
  }

  /** What the SDK still waits for, such as the answer to a read nobody needs any more, does not hold fb up. */
  protected override async finally(error: Error | undefined): Promise<void> {
    await super.finally(error)
    const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write('', resolve))
    const exit = () => Promise.all([written(process.stdout), written(process.stderr)]).then(() => process.exit())
    setTimeout(exit, LINGER).unref()
  }

  private failure(error: Error): FbError {
    const failure = explainParse(error, {...this.ctor.baseFlags, ...this.ctor.flags}, this.id) ?? explain(error)
    if (failure.code === 'unreachable') return misspelledRegion(this.region, failure) ?? failure
    if (failure instanceof PartlyDone) return failure
    if (this.signal.aborted || failure instanceof Interrupted) {
      const known = failure instanceof Interrupted ? {} : {state: failure.state, next: failure.next}
      const {state = 'Nothing was changed.', next = []} = {...this.standing, ...(known.state ? known : {})}
      return new Interrupted('Interrupted.', {code: 'interrupted', state, next})
    }
    return this.standing && !failure.state ? failure.given(this.standing) : failure
  }

  protected override logJson(json: unknown): void {
    this.voice.document(json)
  }
}

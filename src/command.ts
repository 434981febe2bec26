import {setMaxListeners} from 'node:events'

import {Command} from '@oclif/core'

import type {Caller} from './aws/sts.js'
import type {Clock} from './clock.js'
import {wrapped} from './columns.js'
import {SHARED} from './config/names.js'
import {misspelledRegion} from './config/regions.js'
import {loadSettings, type Settings} from './config/settings.js'
import type {Smoke} from './deploy/gate.js'
import type {Scene} from './deploy/plan.js'
import {explain, type FbError, Interrupted, PartlyDone} from './errors.js'
import type {Canvas, Event, Workflow} from './events.js'
import {outputFlags, type SiteFlags, type SteeringFlags, type TestFlags} from './flags.js'
import {explainParse} from './parse-errors.js'
import {Questions} from './questions.js'
import type {Sandbox} from './sandbox/sandbox.js'
import {
  aws,
  identityLine,
  observer,
  ofService,
  openSite,
  refuseOtherAccount,
  type Site,
  sandboxOf,
  testUrlOf,
} from './site.js'
import type {Stack} from './stack-access.js'
import type {Worker} from './state/locks/lock.js'
import type {Steering} from './steering.js'
import {Voice} from './terminal/voice.js'
import type {Parent} from './terraform/child.js'
import {thisWorker} from './worker.js'

/** What fb has no command for; nor has the sandbox another client. */
const byAwsCli = (command: string, {environment: {region}, connection: {profile}, sandbox}: Site): string[] =>
  sandbox ? [] : [`aws ${command} --region ${region}${profile ? ` --profile ${profile}` : ''}`]

/** A deployment about which nothing was said beforehand. */
const UNSTEERED = {
  smoke: [],
  approve: 'ask',
  'on-interrupt': 'detach',
  'smoke-timeout': undefined,
  'test-url': undefined,
}

const LINGER = 100
const SMOKE_TIMEOUT = 5 * 60_000
const ENDING = 'ending where nothing is left half done. Once more ends at once.'
const WAITING = 'Terraform ends by itself and frees the lock. Once more changes nothing.'
const ASKED: Record<number, string> = {130: 'Ctrl-C', 143: 'Asked to end', 129: 'The terminal is closed'}
/** A command of fb that acts on an environment and names none. */
const OF_ENVIRONMENT =
  /^fb (approve|deploy|finish|infra|logs|params|releases|rollback|run|scaling|state|status|verify|watch)\b(?!.* --(env|from) )/

/** Every command's base: global flags, where it acts, questions, Ctrl-C, exit codes. */
export abstract class FbCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = outputFlags

  protected readonly directory = process.cwd()
  protected readonly aws = aws
  protected readonly observer = observer
  protected readonly testUrlOf = testUrlOf
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
  private steering: Steering | undefined
  private settings: Promise<Settings> | undefined
  private region = ''
  private env = ''

  protected override async init(): Promise<void> {
    await super.init()
    // Whatever waits listens to it, and a dozen reads can wait for their turn.
    setMaxListeners(0, this.signal)
    // `on`, not `once`: signal-exit (inside listr2) kills the process when its own listener is the last one left.
    process.on('SIGINT', () => this.interrupt(130))
    process.on('SIGTERM', () => this.interrupt(143))
    process.on('SIGHUP', () => this.interrupt(129))
  }

  /** The first lets the work end where it leaves everything whole; the second ends fb, and says what that leaves. */
  private interrupt(exitCode: number): void {
    if (!this.signal.aborted) this.interruptedCode = exitCode
    if (this.steering?.hears(exitCode)) return
    if (this.signal.aborted) {
      if (this.holding > 0) return
      this.tellFailure(new Interrupted('Interrupted.', {code: 'interrupted', ...this.left()}))
      process.exit(exitCode)
    }
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

  /** What Terraform works on, once all was looked at that could be in its way. */
  protected async planning(site: Site, lockTimeout: number): Promise<Stack> {
    const {openPlanning} = await import('./stack-access.js')
    const {parent, directory} = this
    return openPlanning(site, {root: this.config.root, parent, directory, lockTimeout})
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

  /** One for each of these services, or for all that fb.yml has. */
  protected async openServices(flags: SiteFlags, named: string[]): Promise<[Site, ...Site[]]> {
    this.settings ??= loadSettings(this.directory)
    const asked = [...named, ...(flags.service ? [flags.service] : [])]
    const [service, ...others] = asked.length > 0 ? new Set(asked) : Object.keys((await this.settings).services)
    const site = await this.open({...flags, service})
    return [site, ...others.map((other) => ofService(site, other))]
  }

  /** The same place for reads that may go on for `ms` after Ctrl-C. */
  protected outliving(site: Site, ms: number): Site {
    const last = new AbortController()
    this.signal.addEventListener('abort', () => setTimeout(() => last.abort(this.signal.reason), ms).unref())
    return {...site, connection: {...site.connection, signal: last.signal}, adapters: new Map()}
  }

  /** The sandbox itself, for the commands that play AWS. */
  protected async sandbox(): Promise<Sandbox> {
    return sandboxOf(await loadSettings(this.directory), process.env)
  }

  /** Says where a mutating command acts, and refuses when the credentials belong to another account than fb.yml gives. */
  protected async identify(site: Site): Promise<Caller> {
    const caller = await this.recognise(site)
    refuseOtherAccount(site, caller)
    return caller
  }

  /** Says where a command looks, whatever account that is. */
  protected async recognise(site: Site): Promise<Caller> {
    const caller = await (await aws(site, 'sts')).caller()
    this.voice.tell((canvas) => wrapped(identityLine(site, caller, canvas), canvas.width, 2))
    return caller
  }

  /** The same, as the domain has it. */
  protected async scene(site: Site): Promise<Scene> {
    const {environment, service, names} = site
    const {account, arn: caller} = await this.identify(site)
    return {env: environment.name, account, region: environment.region, service, caller, names}
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

  /** Who decides about the site's deployment while it is watched: from then on Ctrl-C is a question. */
  protected async steer({environment}: Site, flags: SteeringFlags): Promise<Steering> {
    const [{Steering}, smokes] = await Promise.all([import('./steering.js'), this.smokes(flags)])
    this.steering = new Steering({ask: this.ask, voice: this.voice, environment, smokes, ended: this.signal}, flags)
    return this.steering
  }

  protected async smokes(flags: TestFlags): Promise<Smoke[]> {
    const {smokeOf} = await import('./smoke/smoke.js')
    return flags.smoke.map((text) => smokeOf(text, flags['smoke-timeout'] ?? SMOKE_TIMEOUT, this.parent))
  }

  /** What work that several commands share needs of the one that does it. */
  protected get teller() {
    return {
      voice: this.voice,
      ask: this.ask,
      env: process.env,
      carryOut: <Result>(run: Workflow<Result>, clock: Clock) => this.carryOut(run, clock),
      steer: (site: Site) => this.steer(site, {...UNSTEERED, json: undefined}),
      follow: <Result>(run: Workflow<Result>, clock: Clock, seen: (event: Event) => void) =>
        this.follow(run, clock, seen),
      leaveRunning: (id: string, site: Site) => this.leaveRunning(id, site),
      exitAs: (exitCode: number) => this.exitAs(exitCode),
    }
  }

  protected stands(state: string, next: string[] = []): void {
    this.standing = {state, next}
  }

  /** From now on Ctrl-C leaves a deployment running in AWS, and says so. */
  protected leaveRunning(id: string, {environment: {name}}: Site): void {
    this.stands(`Deployment ${id} goes on in AWS.`, [`fb watch ${id} --env ${name}`, `fb rollback --env ${name}`])
  }

  /** What a person types to stop a task that somebody has started by itself. */
  protected howToStop(site: Site): (task: string) => string[] {
    return (task) => byAwsCli(`ecs stop-task --cluster ${site.names.cluster} --task ${task}`, site)
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
      {
        signal: this.signal,
        answer: () => `${ASKED[this.interruptedCode ?? 130]}: ${this.holding > 0 ? WAITING : ENDING}`,
      },
    )
  }

  /** Shows a deployment that goes on in AWS whatever becomes of fb, and remembers how things would stand then. */
  protected follow<Result>(
    run: Workflow<Result>,
    clock: Clock,
    seen: (event: Event) => void = () => {},
  ): Promise<Result> {
    return this.voice.show(run, clock, (event) => {
      if (event.type === 'stands') this.stands(event.state, event.next)
      seen(event)
    })
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

  /** For a command that Ctrl-C ends, but for which that is no failure. */
  protected exitAsInterrupted(): void {
    if (this.interruptedCode !== undefined) this.exitAs(this.interruptedCode)
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
      const {message, code} = failure instanceof Interrupted ? failure : {message: 'Interrupted.', code: 'interrupted'}
      return new Interrupted(message, {code, state, next})
    }
    // Once something was changed, what was refused before its own first change cannot know it.
    const unaware = !failure.state || failure.state === 'Nothing was changed.'
    return this.standing && unaware ? failure.given(this.standing) : failure
  }

  protected override logJson(json: unknown): void {
    this.voice.document(json)
  }
}

import {Command} from '@oclif/core'

import type {Caller} from './aws/sts.js'
import type {Clock} from './clock.js'
import {wrapped} from './columns.js'
import {SHARED} from './config/names.js'
import {misspelledRegion} from './config/regions.js'
import {loadSettings, type Settings} from './config/settings.js'
import type {Scene} from './deploy/plan.js'
import {Ending} from './ending.js'
import {explain, type FbError, Interrupted} from './errors.js'
import type {Canvas, Event, Workflow} from './events.js'
import {outputFlags, type SiteFlags, type SteeringFlags} from './flags.js'
import {explainParse} from './parse-errors.js'
import {Questions} from './questions.js'
import type {Sandbox} from './sandbox/sandbox.js'
import {
  aws,
  identityLine,
  observer,
  ofService,
  openSite,
  outliving,
  refuseOtherAccount,
  type Site,
  sandboxOf,
  testUrlOf,
} from './site.js'
import type {Stack} from './stack-access.js'
import type {Steering} from './steering.js'
import {Voice} from './terminal/voice.js'
import {parsing, type Yielding} from './twins.js'
import {thisParent, thisWorker} from './worker.js'

/** A deployment about which nothing was said beforehand. */
const UNSTEERED = {smoke: [], approve: 'ask', 'on-interrupt': 'detach', json: undefined} as const

const SIGNALS = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129}
const LINGER = 100
/** A command of fb that acts on an environment and names none. */
const OF_ENVIRONMENT =
  /^fb (approve|deploy|finish|infra|logs|params|releases|rollback|run|scaling|state|status|verify|watch)\b(?!.* --(env|from) )/

/** Every command's base: global flags, where it acts, questions, Ctrl-C, exit codes. */
export abstract class FbCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = outputFlags
  /** Flags whose twins in the environment give way to others that are typed, besides those that exclude each other. */
  static yielding: Yielding = {}

  protected readonly directory = process.cwd()
  protected readonly aws = aws
  protected readonly observer = observer
  protected readonly testUrlOf = testUrlOf
  protected readonly outliving = (site: Site, ms: number) => outliving(site, this.signal, ms)
  protected readonly voice = new Voice({argv: this.argv, json: this.jsonEnabled(), env: process.env})
  /** Whether somebody sits there, wherever the result goes. */
  protected readonly attended = () => process.stdin.isTTY && process.stderr.isTTY
  protected readonly ending = new Ending()
  protected readonly signal = this.ending.signal
  /** Questions; without a terminal there are none, and the error names the flag that answers. */
  protected readonly ask = new Questions(this.voice, () => this.attended() && !this.voice.json, this.signal)
  private settings: Promise<Settings> | undefined
  /** Where it acts, once that is known. */
  private at: {name: string; region: string} | undefined

  protected override async init(): Promise<void> {
    await super.init()
    // `on`, not `once`: signal-exit (inside listr2) kills the process when its own listener is the last one left.
    for (const [signal, exitCode] of Object.entries(SIGNALS)) process.on(signal, () => this.interrupt(exitCode))
  }

  protected override parse: Command['parse'] = (options, argv = this.argv) =>
    super.parse(...parsing((options ?? this.ctor) as typeof options, argv, process.env))

  private interrupt(exitCode: number): void {
    if (!this.ending.hears(exitCode)) return
    this.tellFailure(this.ending.atOnce())
    process.exit(exitCode)
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
    const {parent, worker, directory} = this
    return openPlanning(site, {root: this.config.root, parent, worker, directory, lockTimeout})
  }

  private async openAmong(flags: SiteFlags, stack: boolean): Promise<Site> {
    this.settings ??= loadSettings(this.directory)
    const settings = await this.settings
    const names = [...Object.keys(settings.environments), ...(stack ? [SHARED] : [])]
    const choices = names.map((name) => ({name, value: name}))
    const env = flags.env ?? (await this.ask.choose('Which environment?', choices, '--env'))
    const trace = this.voice.verbose ? this.voice.trace : undefined
    const site = await openSite(settings, {...flags, env, stack}, {signal: this.signal, trace, env: process.env})
    this.at = site.environment
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

  /** This process, as locks name who holds them, and as the one that starts Terraform. */
  protected get worker() {
    return thisWorker(this.config.version)
  }
  protected readonly parent = thisParent(() => this.ending.hold())

  /** Who decides about the site's deployment while it is watched: from then on Ctrl-C is a question. */
  protected async steer({environment}: Site, flags: SteeringFlags): Promise<Steering> {
    const [{Steering}, {smokesOf}] = await Promise.all([import('./steering.js'), import('./smoke/smoke.js')])
    const {ask, voice} = this
    this.ending.steering = new Steering({ask, voice, environment, smokes: smokesOf(flags, this.parent)}, flags)
    return this.ending.steering
  }

  /** What work that several commands share needs of the one that does it. */
  protected get teller() {
    return {
      voice: this.voice,
      ask: this.ask,
      env: process.env,
      carryOut: this.carryOut.bind(this),
      steer: (site: Site) =>
        this.steer(site, {...UNSTEERED, 'smoke-timeout': undefined, 'test-url': undefined, smoke: []}),
      follow: this.follow.bind(this),
      leaveRunning: this.leaveRunning.bind(this),
      exitAs: this.exitAs.bind(this),
    }
  }

  protected readonly stands = (state?: string, next?: string[]): void => this.ending.stands(state, next)

  /** From now on Ctrl-C leaves a deployment running in AWS, and says so. */
  protected leaveRunning(id: string, {environment: {name}}: Site): void {
    this.stands(`Deployment ${id} goes on in AWS.`, [`fb watch ${id} --env ${name}`, `fb rollback --env ${name}`])
  }

  /** Does the work and shows it; what it says of how things stand is told if it ends too early. */
  protected carryOut<Result>(run: Workflow<Result>, clock: Clock, seen?: (event: Event) => void): Promise<Result> {
    return this.voice.show(run, clock, this.learning(seen), this.ending)
  }

  /** The same for a deployment that goes on in AWS whatever becomes of fb: a signal is for who decides about it. */
  protected follow<Result>(run: Workflow<Result>, clock: Clock, seen?: (event: Event) => void): Promise<Result> {
    return this.voice.show(run, clock, this.learning(seen))
  }

  private learning(seen: (event: Event) => void = () => {}): (event: Event) => void {
    return (event) => {
      this.ending.learn(event)
      seen(event)
    }
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
    process.exitCode = failure instanceof Interrupted ? (this.ending.code ?? failure.exitCode) : failure.exitCode
    this.tellFailure(failure)
  }

  /** The next steps are of the environment that was acted on: what is typed at 3 a.m. must not land elsewhere. */
  private tellFailure(failure: FbError): void {
    const here = (step: string) => (this.at && OF_ENVIRONMENT.test(step) ? `${step} --env ${this.at.name}` : step)
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
    if (failure.code === 'unreachable') return misspelledRegion(this.at?.region ?? '', failure) ?? failure
    return this.ending.explained(failure)
  }

  protected override logJson(json: unknown): void {
    this.voice.document(json)
  }
}

import {Command, Flags, type Interfaces} from '@oclif/core'

import {loadSettings, type Settings} from './config/settings.js'
import {explain, type FbError, Interrupted, Refused, UsageError} from './errors.js'
import type {Canvas, Event, Workflow} from './events.js'
import {explainParse} from './parse-errors.js'
import {aws, observer, openSite, type Site} from './site.js'
import {canvasFor, hasColour} from './terminal/colours.js'
import {errorText} from './terminal/failure.js'
import {safe, safeJson} from './terminal/safe.js'

const helpGroup = 'GLOBAL'

/** How fb talks; every command has these. */
const outputFlags = {
  'no-color': Flags.boolean({description: 'no colours (NO_COLOR works too)', helpGroup}),
  quiet: Flags.boolean({description: 'say nothing along the way: results and errors only', env: 'FB_QUIET', helpGroup}),
  verbose: Flags.boolean({description: 'say every AWS call', env: 'FB_VERBOSE', helpGroup}),
}

/** Where a command acts, for every command that acts on an environment. */
export const siteFlags = {
  env: Flags.string({char: 'e', description: 'environment to act on', env: 'FB_ENV', helpValue: 'NAME', helpGroup}),
  service: Flags.string({
    char: 's',
    description: 'API version, when there are several',
    env: 'FB_SERVICE',
    helpValue: 'NAME',
    helpGroup,
  }),
  region: Flags.string({description: 'AWS region', env: 'FB_REGION', helpGroup}),
  profile: Flags.string({description: 'AWS profile', env: 'FB_PROFILE', helpGroup}),
  yes: Flags.boolean({char: 'y', description: 'answer yes to every question', env: 'FB_YES', helpGroup}),
}

type SiteFlags = Partial<Interfaces.InferredFlags<typeof siteFlags>>

/** What is true if Ctrl-C is pressed now. */
export type Standing = {state: string; next?: string[]}

/** Every command's base: global flags, where it acts, output modes, Ctrl-C, exit codes. */
export abstract class FbCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = outputFlags

  private readonly abort = new AbortController()
  protected readonly signal = this.abort.signal
  protected standing: Standing = {state: 'Nothing was changed.'}
  protected readonly directory = process.cwd()
  protected readonly aws = aws
  protected readonly observer = observer
  private settings: Promise<Settings> | undefined

  protected override async init(): Promise<void> {
    await super.init()
    // `on`, not `once`: signal-exit (inside listr2) kills the process when its own listener is the last one left.
    process.on('SIGINT', () => this.interrupt(130))
    process.on('SIGTERM', () => this.interrupt(143))
  }

  private interrupt(exitCode: number): void {
    if (this.signal.aborted) process.exit(exitCode)
    process.exitCode = exitCode
    this.abort.abort(new Interrupted('Interrupted.', {code: 'interrupted'}))
  }

  /** The environment, its names, and the way to its AWS. */
  protected async open(flags: SiteFlags): Promise<Site> {
    this.settings ??= loadSettings(this.directory)
    const settings = await this.settings
    const env = flags.env ?? (await this.askEnvironment(settings))
    const trace = this.has('--verbose')
      ? (call: {operation: string; ms: number; attempts: number; error?: string}) => this.tellCall(call)
      : undefined
    return openSite(settings, {...flags, env}, {signal: this.signal, trace, env: process.env})
  }

  private async askEnvironment(settings: Settings): Promise<string> {
    const names = Object.keys(settings.environments)
    return this.choose(
      'Which environment?',
      names.map((name) => ({name, value: name})),
      '--env',
    )
  }

  /** Says where a mutating command acts, and refuses when the credentials belong to another account than fb.yml gives. */
  protected async identify(site: Site): Promise<{account: string; arn: string}> {
    const {sts} = await import('./aws/sts.js')
    const caller = await sts(site.connection).caller()
    const {name, region, account} = site.environment
    const digits = (id: string) => id.replace(/(\d{4})(?=\d)/g, '$1-')
    const {paint} = this.canvas(process.stderr)
    const where = [
      site.sandbox ? `${paint.warn('[sandbox]')} ${name}` : paint.bold(name),
      digits(caller.account),
      region,
      caller.arn,
    ]
    this.tell(where.join(paint.dim(' · ')))
    if (account === undefined) this.tell(paint.dim(`fb.yml gives no account for ${name}, so any account would do.`))
    if (account === undefined || account === caller.account) return caller
    throw new Refused(`These credentials belong to account ${digits(caller.account)}; ${name} is ${digits(account)}.`, {
      code: 'wrong_account',
      because: [`sts:GetCallerIdentity: ${caller.arn}`],
      state: 'Nothing was changed.',
      next: ['--profile NAME', `set environments.${name}.profile in fb.yml`],
    })
  }

  /** Asks before anything is changed; a protected environment wants its name typed. A no ends the command. */
  protected async confirm(site: Site, yes: boolean | undefined, question: string): Promise<void> {
    if (yes) return
    this.needTerminal('--yes')
    const {confirm, typeName} = await import('./terminal/prompts.js')
    const {name} = site.environment
    const agreed = site.environment.protected ? await typeName(question, name) : await confirm(question)
    if (!agreed) throw new Refused('Not done: you did not agree.', {code: 'declined', state: 'Nothing was changed.'})
  }

  protected async choose<T>(question: string, choices: {name: string; value: T}[], flag: string): Promise<T> {
    this.needTerminal(flag)
    const {choose} = await import('./terminal/prompts.js')
    return choose(question, choices)
  }

  /** Fails when nobody can be asked; `flag` is what answers the question instead. */
  protected needTerminal(flag: string): void {
    if (process.stdin.isTTY && process.stderr.isTTY && !this.jsonEnabled()) return
    throw new UsageError(`fb has a question and there is no terminal to ask: pass ${flag}.`, {
      code: 'answer_missing',
      state: 'Nothing was changed.',
      next: [flag],
    })
  }

  /** Carries long work out, drawn live on a terminal and line by line elsewhere. `seen` hears every event first. */
  protected async show<Result>(
    run: Workflow<Result>,
    now: () => Date,
    seen: (event: Event) => void = () => {},
  ): Promise<Result> {
    const watched = overhear(run, seen)
    if (process.stderr.isTTY && !this.has('--quiet')) {
      const {tasks} = await import('./terminal/tasks.js')
      return tasks(watched, () => this.canvas(process.stderr))
    }
    const {lines} = await import('./terminal/lines.js')
    return lines(watched, {now, write: (line) => this.tell(line)})
  }

  protected canvas(stream: NodeJS.WriteStream = process.stdout): Canvas {
    return canvasFor(stream, hasColour(stream, !this.has('--no-color'), process.env))
  }

  /** From now on Ctrl-C leaves a deployment running in AWS, and says so. */
  protected leaveRunning(id: string, {environment: {name}}: Site): void {
    this.standing = {
      state: `Deployment ${id} goes on in AWS.`,
      next: [
        `fb watch ${id} --env ${name}`,
        `aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled`,
      ],
    }
  }

  /** Prints how the work ended and makes its exit code the command's own. */
  protected conclude<Outcome extends {exitCode: number}>(
    outcome: Outcome,
    text: (outcome: Outcome, canvas: Canvas) => string[],
  ): Outcome {
    this.print(text(outcome, this.canvas()))
    process.exitCode = outcome.exitCode
    return outcome
  }

  /** Said along the way, on stderr. */
  protected tell(text: string): void {
    if (!this.has('--quiet')) process.stderr.write(`${safe(text, {colours: true})}\n`)
  }

  /** The result, on stdout. */
  protected print(lines: string[]): void {
    if (!this.jsonEnabled()) process.stdout.write(lines.map((line) => `${safe(line, {colours: true})}\n`).join(''))
  }

  private tellCall({
    operation,
    ms,
    attempts,
    error,
  }: {
    operation: string
    ms: number
    attempts: number
    error?: string
  }): void {
    const tries = attempts > 1 ? `, ${attempts} attempts` : ''
    process.stderr.write(`  ${operation} ${ms} ms${tries}${error ? ` ${error}` : ''}\n`)
  }

  /** Read from argv, because it must be known before and after parsing, and when parsing fails. */
  private has(flag: string): boolean {
    const end = this.argv.indexOf('--')
    return (end < 0 ? this.argv : this.argv.slice(0, end)).includes(flag)
  }

  protected override async catch(error: Error): Promise<void> {
    const failure = this.failure(error)
    process.exitCode = failure instanceof Interrupted ? (process.exitCode ?? failure.exitCode) : failure.exitCode
    if (this.jsonEnabled()) this.logJson({error: {code: failure.code, message: failure.message, next: failure.next}})
    else process.stderr.write(`${errorText(failure, this.canvas(process.stderr)).join('\n')}\n`)
    if (this.has('--verbose') && failure.cause instanceof Error)
      process.stderr.write(`${safe(failure.cause.stack ?? '')}\n`)
  }

  private failure(error: Error): FbError {
    const failure = explainParse(error, {...this.ctor.baseFlags, ...this.ctor.flags}, this.id) ?? explain(error)
    if (!this.signal.aborted && !(failure instanceof Interrupted)) return failure
    return new Interrupted('Interrupted.', {code: 'interrupted', ...this.standing})
  }

  protected override logJson(json: unknown): void {
    process.stdout.write(`${safeJson(json, 2)}\n`)
  }
}

async function* overhear<Result>(run: Workflow<Result>, seen: (event: Event) => void): Workflow<Result> {
  for (;;) {
    const {done, value} = await run.next()
    if (done) return value
    seen(value)
    yield value
  }
}

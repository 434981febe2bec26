import {type FbError, Interrupted, Refused, UsageError} from './errors.js'
import type {Site} from './site.js'
import type {Prompts} from './terminal/prompts.js'
import type {Voice} from './terminal/voice.js'

type Choice<T> = {name: string; short?: string; value: T}

/** Everything fb asks. All of it is asked before anything is drawn or changed. */
export class Questions {
  constructor(
    private readonly voice: Voice,
    private readonly canAsk: () => boolean,
    /** Takes any question away: the command is told to end. */
    private readonly ended: AbortSignal,
  ) {}

  /** Asks before anything is changed; a protected environment wants its name typed. A no ends the command. */
  async confirm({environment}: Site, yes: boolean | undefined, question: string): Promise<void> {
    if (yes) return
    this.needTerminal('--yes')
    const {confirm, typeName} = await this.prompts()
    const agreed = environment.protected ? await typeName(question, environment.name) : await confirm(question)
    if (!agreed) throw declined()
  }

  /** The same for what changes nothing and only costs something, wherever it is. `unasked`: nobody is there. */
  async agree(yes: boolean | undefined, question: string, unasked: FbError): Promise<void> {
    if (yes) return
    this.needTerminal('--yes', unasked)
    if (!(await (await this.prompts()).confirm(question))) throw declined()
  }

  /** Asks before something is lost for good: the name of app and environment, typed, or given with --confirm even with --yes. */
  async confirmLoss({names, environment}: Site, given: string | undefined, question: string): Promise<void> {
    const name = `${names.repository}-${environment.name}`
    if (given === name) return
    if (given !== undefined) throw notConfirmed(name)
    this.needTerminal(`--confirm ${name}`)
    if (!(await (await this.prompts()).typeName(question, name))) throw declined()
  }

  /** Something more to do after the work: a no, or nobody to ask, leaves it. */
  async offer(yes: boolean | undefined, question: string): Promise<boolean> {
    if (yes || !this.canAsk()) return yes ?? false
    return (await this.prompts()).confirm(question)
  }

  /** A secret, typed or pasted without being shown. */
  async secret(question: string, flags: string): Promise<string> {
    this.needTerminal(flags)
    return (await this.prompts()).hidden(question)
  }

  async choose<T>(question: string, choices: Choice<T>[], flag: string): Promise<T> {
    this.needTerminal(flag)
    return (await this.prompts()).choose(question, choices)
  }

  /** Whether there is somebody to ask. */
  get possible(): boolean {
    return this.canAsk()
  }

  /** Asks in the middle of the work, where no answer is an answer too: nothing when it is left, or withdrawn by the signal. */
  async decide<T>(question: string, choices: Choice<T>[], withdrawn?: AbortSignal): Promise<T | undefined> {
    return orNothing((await this.prompts()).choose(question, choices, withdrawn))
  }

  /** The same for a protected environment, whose name is typed. */
  async typeName(question: string, name: string, withdrawn: AbortSignal): Promise<boolean> {
    return (await orNothing((await this.prompts()).typeName(question, name, withdrawn))) ?? false
  }

  private prompts(): Promise<Prompts> {
    return this.voice.prompts(this.ended)
  }

  /** Fails when nobody can be asked; `flag` is what answers the question instead, unless there is more to say. */
  needTerminal(flag: string, failure?: FbError): void {
    if (this.canAsk()) return
    throw (
      failure ??
      new UsageError(`fb has a question and there is no terminal to ask: pass ${flag}.`, {
        code: 'answer_missing',
        state: 'Nothing was changed.',
        next: [flag],
      })
    )
  }
}

const orNothing = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof Interrupted) return undefined
    throw error
  })

const declined = () => new Refused('Not done: you did not agree.', {code: 'declined', state: 'Nothing was changed.'})

const notConfirmed = (name: string) =>
  new UsageError('--confirm names something else than what this command acts on.', {
    code: 'not_confirmed',
    state: 'Nothing was changed.',
    next: [`--confirm ${name}`],
  })

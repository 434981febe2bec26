import {setMaxListeners} from 'node:events'

import {type FbError, Interrupted, PartlyDone} from './errors.js'
import type {Event} from './events.js'
import type {Steering} from './steering.js'

const LATER = 'ending where nothing is left half done. Once more ends at once.'
const WAITING = 'Terraform ends by itself and frees the lock. Once more changes nothing.'
const ASKED: Record<number, string> = {130: 'Ctrl-C', 143: 'Asked to end', 129: 'The terminal is closed'}

type Standing = {state: string; next: string[]}

const UNTOUCHED: Standing = {state: 'Nothing was changed.', next: []}

/** How a command ends that is told to before its work is done, and what that leaves. Signals are named by their exit codes. */
export class Ending {
  private readonly abort = new AbortController()
  readonly signal = this.abort.signal
  /** Of a command that a signal ended. One that it came too late for is done, and ends like any other. */
  code: number | undefined
  /** Who is asked first, while a deployment is watched. */
  steering: Steering | undefined
  /** How things stand once something was changed: told if a signal comes, or something fails, from then on. */
  private standing: Standing | undefined
  private lock: string | undefined
  /** Children at work that end by themselves once they are asked to; ending before them would leave a lock behind. */
  private holding = 0

  constructor() {
    // Whatever waits listens to it, and a dozen reads can wait for their turn.
    setMaxListeners(0, this.signal)
  }

  /** The first lets the work end where it leaves everything whole. True: this is another one, and fb ends now. */
  hears(exitCode: number): boolean {
    if (!this.signal.aborted) this.code = exitCode
    if (this.steering?.hears(exitCode)) return false
    if (this.signal.aborted) return this.holding === 0
    this.abort.abort(new Interrupted('Interrupted.', {code: 'interrupted'}))
    return false
  }

  /** Without a state nothing is different from before any more. */
  stands(state?: string, next: string[] = []): void {
    this.standing = state === undefined ? undefined : {state, next}
  }

  /** What the work itself says of how things stand. */
  learn(event: Event): void {
    if (event.type === 'stands') this.stands(event.state, event.next)
    if (event.type === 'holds') this.lock = event.lock
  }

  hold(): () => void {
    this.holding++
    return () => void this.holding--
  }

  /** What is said to the first signal. */
  answer(): string {
    return `${ASKED[this.code ?? 130]}: ${this.holding > 0 ? WAITING : LATER}`
  }

  /** What is left when fb ends right here. */
  atOnce(): Interrupted {
    const {state, next} = this.standing ?? UNTOUCHED
    const left = this.lock
      ? {state: `${state} It is still locked by this command.`, next: [`fb state unlock ${this.lock}`, ...next]}
      : {state, next}
    return new Interrupted('Interrupted.', {code: 'interrupted', ...left})
  }

  /** A failure with how things stand after it. */
  explained(failure: FbError): FbError {
    if (failure instanceof PartlyDone) return failure
    if (this.signal.aborted || failure instanceof Interrupted) return this.interrupted(failure)
    // Once something was changed, what was refused before its own first change cannot know it.
    const unaware = !failure.state || failure.state === UNTOUCHED.state
    return this.standing && unaware ? failure.given(this.standing) : failure
  }

  private interrupted(failure: FbError): Interrupted {
    const known = failure instanceof Interrupted ? {} : {state: failure.state, next: failure.next}
    const {state, next} = {...UNTOUCHED, ...this.standing, ...(known.state ? known : {})}
    const {message, code} = failure instanceof Interrupted ? failure : {message: 'Interrupted.', code: 'interrupted'}
    return new Interrupted(message, {code, state, next})
  }
}

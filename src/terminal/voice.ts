import {once} from 'node:events'

import type {Clock} from '../clock.js'
import {duration} from '../durations.js'
import type {FbError} from '../errors.js'
import type {Canvas, Event, Workflow} from '../events.js'
import {canvasFor, hasColour} from './colours.js'
import {errorText} from './failure.js'
import type {runInForeground} from './foreground.js'
import {gathered} from './gathered.js'
import {hearKey} from './keys.js'
import type {Interruption} from './lines.js'
import type {Passing} from './passing-line.js'
import type {Prompts} from './prompts.js'
import {safe, safeJson} from './safe.js'

type Drawing = (canvas: Canvas) => string[]

type Words = {argv: string[]; json: boolean; env: NodeJS.ProcessEnv}

/** How long AWS may take to answer without a word, in ms. */
const USUAL = 2000

/** How a command speaks: the result on stdout, everything said along the way on stderr, with --json one document instead. */
export class Voice {
  readonly json: boolean
  readonly verbose: boolean
  private readonly quiet: boolean
  private readonly colour: boolean
  private readonly env: NodeJS.ProcessEnv
  private line: Promise<Passing> | undefined

  /** Reads argv and environment by itself, because it must be able to speak when parsing has failed. */
  constructor({argv, json, env}: Words) {
    const end = argv.indexOf('--')
    const own = end < 0 ? argv : argv.slice(0, end)
    const has = (flag: string, twin?: string) =>
      own.includes(flag) || (twin !== undefined && /^(1|true|yes|y)$/i.test(env[twin] ?? ''))
    this.json = json
    this.env = env
    this.quiet = has('--quiet', 'FB_QUIET')
    this.verbose = has('--verbose', 'FB_VERBOSE')
    this.colour = !has('--no-color')
  }

  private canvas(stream: NodeJS.WriteStream): Canvas {
    return canvasFor(stream, hasColour(stream, this.colour, this.env))
  }

  /** Said along the way. */
  tell(text: string | Drawing): void {
    if (!this.quiet) write(process.stderr, typeof text === 'string' ? [text] : text(this.canvas(process.stderr)))
  }

  /** The result. */
  print(drawing: Drawing): void {
    if (!this.json) write(process.stdout, drawing(this.canvas(process.stdout)))
  }

  /** A result that may have no end, piece by piece: no more is asked for while its reader is busy. `exact`: bytes for a pipe as they are. Documents are a line each from then on. */
  async pour<Item, Result>(
    run: AsyncGenerator<Item[], Result, void>,
    format: (item: Item, canvas: Canvas) => string[],
    {exact = false} = {},
  ): Promise<Result> {
    const harmless = exact && !this.onScreen ? (text: string) => text : (text: string) => safe(text, {colours: true})
    try {
      for (;;) {
        const {done, value} = await run.next()
        if (done) return value
        const canvas = this.canvas(process.stdout)
        for (const text of gathered(value, (item) => format(item, canvas)))
          if (!process.stdout.write(harmless(text))) await once(process.stdout, 'drain')
      }
    } finally {
      await run.return(undefined as never)
    }
  }

  /** Whether a person reads the result here and now; a pipe wants all of it, in lines that mean something alone. */
  get onScreen(): boolean {
    return process.stdout.isTTY === true
  }

  /** The result, when it is a file's bytes: with --json too, and with nothing escaped. */
  bytes(bytes: Buffer): void {
    process.stdout.write(bytes)
  }

  document(value: unknown): void {
    process.stdout.write(`${safeJson(value, 2)}\n`)
  }

  trace = ({
    operation,
    ms,
    attempts,
    error,
  }: {
    operation: string
    ms: number
    attempts: number
    error?: string
  }): void => {
    const tries = attempts > 1 ? `, ${attempts} attempts` : ''
    process.stderr.write(`  ${operation} ${ms} ms${tries}${error ? ` ${error}` : ''}\n`)
  }

  /** A next step that is only a flag is one of `command`. */
  fail(failure: FbError, command: string): void {
    const {code, message, because, state, exitCode} = failure
    const next = failure.next.map((step) => (step.startsWith('--') ? `${command} ... ${step}` : step))
    // In one line, because some results are a document a line.
    if (this.json) process.stdout.write(`${safeJson({error: {code, message, because, state, next}})}\n`)
    else write(process.stderr, errorText({message, because, state, next, exitCode}, this.canvas(process.stderr)))
    if (this.verbose && failure.cause instanceof Error) process.stderr.write(`${safe(failure.cause.stack ?? '')}\n`)
  }

  /** Hands the terminal, or whatever there is instead of one, to another program until it ends. */
  async inForeground(...given: Parameters<typeof runInForeground>): Promise<number> {
    return (await import('./foreground.js')).runInForeground(...given)
  }

  /** All that is piped in. */
  async input(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  }

  /** Questions, loaded with the first one; `ended` takes any of them away. */
  async prompts(ended: AbortSignal): Promise<Prompts> {
    if (!this.canRedraw(process.stderr)) return (await import('./plain-prompts.js')).plainPrompts(process.stderr, ended)
    return (await import('./prompts.js')).prompts(process.stderr, () => this.canvas(process.stderr), ended)
  }

  /** Hears a key of a person who looks at the live picture; undefined where nobody does. */
  hear = (key: string, heard: () => void): (() => void) | undefined => {
    const present = process.stdin.isTTY && this.canRedraw(process.stderr) && !this.quiet && !this.json
    return present ? hearKey(process.stdin, key, heard) : undefined
  }

  private canRedraw(stream: NodeJS.WriteStream): boolean {
    return stream.isTTY && this.env.TERM !== 'dumb'
  }

  /** Carries long work out, drawn live on a terminal and line by line elsewhere. `seen` hears every event first. */
  async show<Result>(
    run: Workflow<Result>,
    clock: Clock,
    seen: (event: Event) => void = () => {},
    stop?: Interruption,
  ): Promise<Result> {
    const watched = overhear(run, seen)
    // Every AWS call said by --verbose would land in the middle of the picture.
    if (this.canRedraw(process.stderr) && !this.quiet && !this.verbose) {
      const {tasks} = await import('./tasks.js')
      return tasks(watched, () => this.canvas(process.stderr), process.stderr, stop)
    }
    const {lines} = await import('./lines.js')
    return lines(watched, {now: () => clock.now(), write: (line) => this.tell(line)}, stop)
  }

  /** The same for a program that runs elsewhere: its lines are the result, and come on stdout as it writes them. */
  async relay<Result>(run: Workflow<Result>, seen: (event: Event) => void): Promise<Result> {
    const {relay} = await import('./relay.js')
    return relay(overhear(run, seen), {
      output: (line) => this.print(() => [line]),
      tell: (line) => this.tell(({paint}) => [paint.dim(line)]),
    })
  }

  /** For how far something is: a line that goes away on a terminal, a heartbeat elsewhere. There is one, whoever draws it. */
  passing(): Promise<Passing> {
    this.line ??= this.passingLine()
    return this.line
  }

  private async passingLine(): Promise<Passing> {
    const {heartbeat, passingLine} = await import('./passing-line.js')
    const now = () => performance.now()
    if (this.canRedraw(process.stderr) && !this.quiet && !this.verbose) return passingLine(process.stderr, now)
    return heartbeat((line) => this.tell(line), now)
  }

  /** What AWS takes long to answer, such as when it throttles: a person sees that it is waited for. */
  async waiting<T>(work: Promise<T>): Promise<T> {
    const began = performance.now()
    let line: Passing | undefined
    let over = false
    const timer = setInterval(async () => {
      const ms = performance.now() - began
      line ??= ms > USUAL ? await this.passing() : undefined
      if (!over) line?.show(`waiting for AWS, ${duration(ms)}`)
    }, 500)
    try {
      return await work
    } finally {
      over = true
      clearInterval(timer)
      line?.clear()
    }
  }

  /** Shows something again and again until the signal: in place on a terminal, elsewhere whenever it has changed. */
  async keepShowing<T>(
    read: () => Promise<T>,
    draw: (value: T, canvas: Canvas) => string[],
    clock: Clock,
    signal: AbortSignal,
  ): Promise<never> {
    const {inPlace, keepShowing} = await import('./keep-showing.js')
    if (!this.json && this.canRedraw(process.stdout))
      return keepShowing(
        read,
        inPlace(process.stdout, draw, () => this.canvas(process.stdout)),
        clock,
        signal,
      )
    let between: string[] = []
    const show = (value: T, fresh: boolean) => {
      if (fresh && this.json) process.stdout.write(`${safeJson(value)}\n`)
      else if (fresh) this.print((canvas) => [...between, ...draw(value, canvas)])
      between = ['']
    }
    const warn = (text: string, _: T, fresh: boolean) => fresh && this.tell(text)
    return keepShowing(read, {show, warn, end() {}}, clock, signal)
  }
}

const write = (stream: NodeJS.WriteStream, lines: string[]) =>
  stream.write(lines.map((line) => `${safe(line, {colours: true})}\n`).join(''))

/** Whoever stops listening, because drawing failed for one, ends the work: it must let go of what it holds. */
async function* overhear<Result>(run: Workflow<Result>, seen: (event: Event) => void): Workflow<Result> {
  try {
    for (;;) {
      const {done, value} = await run.next()
      if (done) return value
      seen(value)
      yield value
    }
  } finally {
    await run.return(undefined as never)
  }
}

import {clip, padEnd} from '../columns.js'
import {duration} from '../durations.js'
import type {Canvas, Panel} from '../events.js'
import type {Said} from '../terraform/said.js'
import {hintFor} from './patience.js'
import type {Action, Change} from './plan.js'

/** What an apply does to one resource; a replacement is two of them. */
type Work = {address: string; type: string; action: string; since: number}

type Part = {
  module: string
  of: number
  done: number
  failed: number
  running: Map<string, Work>
  begun?: number
  ended?: number
}

/** How far an apply has got, in all. */
export type Tally = {of: number; done: number; begun: number; failed: string[]; cut: string[]}

type Options = {now: () => number; ending: () => boolean}

const OPERATIONS: Partial<Record<Action, number>> = {create: 1, update: 1, destroy: 1, replace: 2}
const BEING: Record<string, string> = {create: 'creating', update: 'changing', delete: 'destroying'}
const DONE: Record<string, string> = {create: 'created', update: 'changed', delete: 'destroyed'}

const SLOW = 10_000
const MINUTE = 60_000
const NAMED = 3

/** Follows an apply by what Terraform says, and pictures it by module. */
export class Progress {
  private readonly parts = new Map<string, Part>()
  private readonly failed: string[] = []
  /** What Terraform gave up because it was told to end. */
  private readonly left: string[] = []
  private minutes = new Map<string, number>()

  constructor(
    changes: Change[],
    private readonly moduleOf: (resource: {address: string; type: string}) => string,
    private readonly options: Options,
  ) {
    for (const {module, action} of changes) this.part(module).of += OPERATIONS[action] ?? 0
  }

  /** A line worth saying, if it is one. */
  hear(said: Said): string | undefined {
    if (!('action' in said) || !(said.action in BEING)) return undefined
    const {type, address} = said
    const part = this.part(this.moduleOf({address, type: typeOf(address)}))
    if (type === 'apply_start') return this.begin(part, said)
    const work = part.running.get(address)
    if (!work) return undefined
    if (type === 'apply_progress') return this.still(work)
    if (type === 'apply_complete' || type === 'apply_errored') return this.end(part, work, type === 'apply_errored')
    return undefined
  }

  private begin(part: Part, {address, action}: {address: string; action: string}): undefined {
    const since = this.options.now()
    part.begun ??= since
    part.running.set(address, {address, type: typeOf(address), action, since})
  }

  private end(part: Part, work: Work, failed: boolean): string {
    const {address, action, since} = work
    const now = this.options.now()
    part.running.delete(address)
    part.ended = now
    if (failed) {
      part.failed++
      const given = this.options.ending() ? this.left : this.failed
      given.push(address)
    } else part.done++
    const what = failed ? `${BEING[action]} FAILED` : DONE[action]
    const {done, of} = this.tally()
    return `${part.module ? `${part.module}: ` : ''}${address} ${what} (${duration(now - since)}), ${done} of ${of}`
  }

  /** Once a minute. */
  private still({address, action, type, since}: Work): string | undefined {
    const taken = this.options.now() - since
    const minute = Math.floor(taken / MINUTE)
    if (minute === (this.minutes.get(address) ?? 0)) return undefined
    this.minutes.set(address, minute)
    const hint = hintFor(type, action)
    return `${address} still ${BEING[action]} after ${duration(taken)}${hint ? `: ${hint}` : ''}`
  }

  tally(): Tally {
    const parts = [...this.parts.values()]
    const sum = (of: (part: Part) => number) => parts.reduce((all, part) => all + of(part), 0)
    const done = sum((part) => part.done)
    const cut = [...this.left, ...parts.flatMap(({running}) => [...running.keys()])]
    return {
      done,
      of: Math.max(
        sum(({of}) => of),
        done,
      ),
      begun: done + this.failed.length + cut.length,
      failed: this.failed,
      cut,
    }
  }

  readonly panel: Panel = (canvas) => {
    const {paint} = canvas
    const edge = Math.max(0, ...[...this.parts.keys()].map((module) => module.length))
    const shown = [...this.parts.values()].filter(({of, begun}) => of > 0 || begun !== undefined)
    const ending = this.options.ending() ? [paint.warn('Terraform ends by itself and saves the state first.')] : []
    return [...ending, ...shown.flatMap((part) => this.rows(part, edge, canvas))]
  }

  private rows(part: Part, edge: number, canvas: Canvas): string[] {
    const {paint, safe, width} = canvas
    const now = this.options.now()
    const {module, done, of, begun, ended, running} = part
    const over = running.size === 0 && done >= of
    const time = begun === undefined ? '' : duration((running.size > 0 ? now : (ended ?? now)) - begun)
    const head = `${markOf(part, over, canvas)} ${padEnd(safe(module || 'other'), Math.max(edge, 5))}`
    const slow = [...running.values()].filter(({since}) => now - since >= SLOW).sort((a, b) => a.since - b.since)
    return [
      `${head}  ${padEnd(`${done} of ${Math.max(of, done)}`, 10)} ${time}`.trimEnd(),
      ...slow.slice(0, NAMED).map(({address, action, type, since}) => {
        const hint = hintFor(type, action)
        const text = `    ${safe(address)} ${BEING[action]} ${duration(now - since)}`
        return clip(`${text}${hint ? paint.dim(`  ${hint}`) : ''}`, width)
      }),
    ]
  }

  private part(module: string): Part {
    const part = this.parts.get(module) ?? {module, of: 0, done: 0, failed: 0, running: new Map()}
    this.parts.set(module, part)
    return part
  }
}

function markOf({failed, begun}: Part, over: boolean, {paint}: Canvas): string {
  if (failed > 0) return paint.bad('✖')
  if (over) return paint.good('✔')
  return begun === undefined ? paint.dim('○') : paint.accent('◐')
}

/** `aws_vpc` of `aws_vpc.main` and of `module.a.aws_vpc.main[0]`. */
const typeOf = (address: string): string => /([a-z0-9_]+)\.[\w-]+(\[[^[]*\])?$/.exec(address)?.[1] ?? ''

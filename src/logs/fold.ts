import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import {parse} from './parse.js'
import {beginsTrace, continuesTrace, isRaised} from './traceback.js'

/** Lines of one traceback are written within a moment, and are no more than that. */
export const GAP = 2000
export const MOST = 500
/** The awslogs driver may send them in two batches, 5 s apart. */
const PATIENCE = 6000

type Block = {events: LogEvent[]; raised: boolean; touched: number}

/** Puts the lines of a Python traceback, which come as events of their own, together as one entry; every other event is one. */
export class Folding {
  private readonly open = new Map<string, Block>()

  constructor(private readonly serviceOf: (event: LogEvent) => string | undefined = () => undefined) {}

  take(event: LogEvent, now: number): Entry[] {
    const block = this.open.size > 0 ? this.open.get(keyOf(event)) : undefined
    if (block && this.extends(block, event, now)) return []
    const before = block ? this.close(keyOf(event), block) : []
    if (!beginsTrace(event.message)) {
      before.push(this.entry([event]))
      return before
    }
    this.open.set(keyOf(event), {events: [event], raised: false, touched: now})
    return before
  }

  /** Blocks that nothing was added to for a while, or all of them. */
  release(now = Number.POSITIVE_INFINITY): Entry[] {
    if (this.open.size === 0) return []
    return [...this.open]
      .filter(([, {raised, touched}]) => now - touched > (raised ? GAP : PATIENCE))
      .flatMap(([key, block]) => this.close(key, block))
  }

  /** Events that were taken and not given back as entries. */
  held(): LogEvent[] {
    return [...this.open.values()].flatMap(({events}) => events)
  }

  private extends(block: Block, event: LogEvent, now: number): boolean {
    const {message, at} = event
    if (Math.abs(at - block.events.at(-1)!.at) > GAP || block.events.length >= MOST) return false
    const raised = !block.raised && isRaised(message)
    if (!raised && !continuesTrace(message)) return false
    block.raised = raised || (block.raised && message === '')
    block.events.push(event)
    block.touched = now
    return true
  }

  private close(key: string, {events}: Block): Entry[] {
    this.open.delete(key)
    return [this.entry(events)]
  }

  private entry(events: LogEvent[]): Entry {
    const event = events[0]!
    const trace = () =>
      events
        .map(({message}) => message)
        .join('\n')
        .trimEnd()
    const parsed =
      events.length === 1 ? parse(event.message) : ({level: 'error', text: '', fields: {}, trace: trace()} as const)
    return {event, events, parsed, service: this.serviceOf(event)}
  }
}

const keyOf = ({group, stream}: LogEvent) => `${group} ${stream}`

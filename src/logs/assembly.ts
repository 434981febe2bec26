import type {Entry} from './entry.js'
import type {LogEvent} from './event.js'
import {Folding} from './fold.js'
import {parse} from './parse.js'
import type {Source} from './source.js'
import {serviceIn} from './targets.js'

/**
 * From events in order to entries in order. `whole`: no line of a stream is missing, so that tracebacks can be put together;
 * what happened meanwhile waits for their end.
 */
export class Assembly {
  private readonly serviceOf: (event: LogEvent) => string | undefined
  private readonly folding: Folding
  private waiting: Entry[] = []

  constructor(
    sources: Source[],
    private readonly whole: boolean,
  ) {
    this.serviceOf = serviceIn(sources)
    this.folding = new Folding(this.serviceOf)
  }

  take(events: LogEvent[]): Entry[] {
    if (!this.whole) return events.map((event) => this.single(event))
    for (const event of events)
      this.waiting.push(...this.folding.release(event.at), ...this.folding.take(event, event.at))
    return this.upTo(Math.min(...this.folding.held().map(({at}) => at)))
  }

  /** What is left when there are no further events. */
  rest(): Entry[] {
    this.waiting.push(...this.folding.release())
    return this.upTo(Number.POSITIVE_INFINITY)
  }

  private upTo(end: number): Entry[] {
    const sorted = this.waiting.sort((a, b) => a.event.at - b.event.at)
    const first = sorted.findIndex(({event}) => event.at >= end)
    this.waiting = first < 0 ? [] : sorted.slice(first)
    return first < 0 ? sorted : sorted.slice(0, first)
  }

  private single(event: LogEvent): Entry {
    return {event, events: [event], parsed: parse(event.message), service: this.serviceOf(event)}
  }
}

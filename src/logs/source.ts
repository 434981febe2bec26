import {FbError} from '../errors.js'
import type {LogEvent} from './event.js'

/** Streams of one log group: all of them, those whose names begin with `prefix`, or exactly `streams` (100 at most). */
export type Source = {
  group: string
  prefix?: string
  streams?: string[]
  service?: string
}

/** One page of a source: what happened from `from` to `to`, both inclusive (ms); to the end of time without `to`. */
export type Query = Source & {
  from: number
  to?: number
  /** CloudWatch's own filter pattern. */
  pattern?: string
  newestFirst?: boolean
  token?: string
}

/** Oldest first. A page can be empty and still have a next one; only a missing token is the end. */
export type Page = {
  events: LogEvent[]
  next?: string
  /** AWS's own time of the answer (ms, to the second), when it said one. */
  answered?: number
}

export type ReadPage = (query: Query) => Promise<Page>

/** Without those whose streams another one has as well: each line is read once. */
export const withoutOverlap = (sources: Source[]): Source[] =>
  sources.filter(
    (one, i) => !sources.some((other, j) => i !== j && covers(other, one) && (j < i || !covers(one, other))),
  )

/** Whether the event was written to one of these streams. */
export function holds({group, prefix = '', streams}: Source, event: {group: string; stream: string}): boolean {
  if (group !== event.group) return false
  return streams ? streams.includes(event.stream) : event.stream.startsWith(prefix)
}

function covers({group, prefix = '', streams}: Source, other: Source): boolean {
  if (group !== other.group) return false
  const has = (stream: string) => (streams ? streams.includes(stream) : stream.startsWith(prefix))
  if (other.streams) return other.streams.every(has)
  return !streams && (other.prefix ?? '').startsWith(prefix)
}

export const sourceText = ({group, prefix, streams}: Source): string =>
  [group, streams ? streams.join(' ') : prefix && `${prefix}*`].filter(Boolean).join(' ')

/** A token lives for a day. Without it, reading goes on at the last event. */
export function lostToken(error: Error, {token}: Query): Page {
  if (token && error.name === 'InvalidParameterException') return {events: [], next: token}
  throw error
}

/** The same question in vain, in a row. */
export const FRUITLESS = 5

/** An end that is none is never taken for one: what is behind it would be missing without a word. */
export const nowhere = ({group}: Source) =>
  new FbError(`CloudWatch does not go on with the lines of ${group}.`, {
    code: 'no_progress',
    because: ['logs:FilterLogEvents: the next page of an empty page is that page, again and again'],
    next: ['--since with a shorter range'],
  })

import {InvalidParameterException} from '@aws-sdk/client-cloudwatch-logs'
import {saying} from './handlers.js'
import {furthestAhead, furthestBehind, type Line, linesOf, oldest, streamName} from './lines.js'
import {minute} from './plan.js'
import type {Task} from './tasks.js'
import type {World} from './world.js'

export type Stored = Line & {stream: string}

/** A place between two events. `again`: the empty page before this one was handed out. */
export type Place = {at: number; ingestedAt: number; id: string; backwards: boolean; again?: boolean}

export type Range = {from: number; to: number; backwards: boolean; after?: Place}

const chunk = 5 * minute

/** The events of some tasks in a range, both ends of which belong to it, in CloudWatch's order: by date, then by arrival. */
export function* eventsOf(world: World, tasks: Task[], range: Range, now: number): Generator<Stored, void> {
  const {backwards, after} = range
  const from = Math.max(range.from, oldest(now), after && !backwards ? after.at : 0)
  const to = Math.min(range.to, now + furthestAhead(world), after && backwards ? after.at : Infinity)
  const sign = backwards ? -1 : 1
  const streams = tasks.map((task) => ({task, stream: streamName(world, task)}))
  for (let done = 0; from + done <= to; done += chunk) {
    const [first, last] = backwards
      ? [Math.max(from, to - done - chunk + 1), to - done]
      : [from + done, Math.min(to, from + done + chunk - 1)]
    const found = streams.flatMap(({task, stream}) =>
      linesOf(world, task, first, last, now).map((line) => Object.assign(line, {stream})),
    )
    found.sort((a, b) => sign * order(a, b))
    for (const one of found) if (!after || sign * order(one, after) > 0) yield one
  }
}

/** What has arrived after one moment and not after another, whatever its date. */
export function arrivedBetween(world: World, tasks: Task[], after: number, now: number): Stored[] {
  const range = {from: after - furthestBehind(world), to: Infinity, backwards: false}
  return [...eventsOf(world, tasks, range, now)].filter(({ingestedAt}) => ingestedAt > after)
}

type Ordered = Pick<Line, 'at' | 'ingestedAt' | 'id'>

const order = (a: Ordered, b: Ordered): number =>
  a.at - b.at || a.ingestedAt - b.ingestedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

export const placeOf = ({at, ingestedAt, id}: Ordered, backwards: boolean): Place => ({at, ingestedAt, id, backwards})

export const tokenOf = ({at, ingestedAt, id, backwards, again}: Place): string =>
  Buffer.from(JSON.stringify([at, ingestedAt, id, backwards, again])).toString('base64url')

export function placeIn(token: string): Place {
  try {
    const [at, ingestedAt, id, backwards, again] = JSON.parse(Buffer.from(token, 'base64url').toString())
    return {at, ingestedAt, id, backwards, again: again ?? undefined}
  } catch {
    throw new InvalidParameterException(saying('The specified nextToken is invalid.'))
  }
}

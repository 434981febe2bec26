import {expect, it} from 'vitest'

import {backwards} from '../../src/logs/backwards.js'
import type {LogEvent} from '../../src/logs/event.js'
import type {Page, Query} from '../../src/logs/source.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START} from '../support/cloudwatch.js'

const HOUR = 3_600_000

const line = (id: number, at: number): Arriving => ({
  ...{id: String(id), at, ingestedAt: at, visible: at, group: 'g', stream: 's', message: ''},
})

async function read(page: (query: Query) => Promise<Page>, to: number) {
  const batches: LogEvent[][] = []
  for await (const batch of backwards(page, {group: 'g', from: START, to})) batches.push(batch)
  return batches.reverse().flatMap((batch) => batch.map(({id}) => Number(id)))
}

it('brings each line once, whatever tokens come again, and however many lines have the same time', async () => {
  let odd = 0
  for (let seed = 1; seed <= 100; seed++) {
    const random = randomOf(seed)
    // Up to 30 lines in a millisecond.
    const events = Array.from({length: 400}, (_, i) => line(i, START + Math.floor(i / (1 + (seed % 30)))))
    const weather = {size: () => 12 + Math.floor(random() * 30), latency: () => 1, trouble: 0.2}
    const {read: page, calls} = cloudWatch(events, manualClock(START + HOUR), weather, random)
    // Only failed calls are somebody else's to repeat.
    const patient = async (query: Query): Promise<Page> =>
      page(query).catch((error: Error) =>
        error.name === 'InvalidParameterException' ? {events: [], next: query.token} : patient(query),
      )
    expect(await read(patient, START + HOUR), `seed ${seed}`).toEqual(events.map((_, i) => i))
    odd += calls.odd
  }
  expect(odd).toBeGreaterThan(100)
})

it('does not ask for ever for what never comes', async () => {
  const nothing = read(async () => ({events: [], next: 'same'}), START + HOUR)
  await expect(nothing).rejects.toThrow('CloudWatch does not go on with the lines of g.')
})

import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {LogEvent} from '../../src/logs/event.js'
import {type Batch, merged, readSlices} from '../../src/logs/slices.js'
import type {Page, Query} from '../../src/logs/source.js'
import {randomOf} from '../support/cloudwatch.js'

const event = (at: number, n: number, group = 'g'): LogEvent => ({
  id: `${group}-${n}`,
  at,
  ingestedAt: at,
  group,
  stream: 's',
  message: String(n),
})

/** A store whose pages look at `size` events, of which every `rare`-th matches, and what was asked of it. */
function store(times: number[], {size = 10, rare = 1, group = 'g'} = {}) {
  const all = [...times].sort((a, b) => a - b).map((at, n) => event(at, n, group))
  const asked: Query[] = []
  let [underway, most] = [0, 0]
  const read = async (query: Query): Promise<Page> => {
    asked.push(query)
    most = Math.max(most, ++underway)
    await new Promise(setImmediate)
    underway--
    const within = all.filter(({at}) => at >= query.from && at <= query.to!)
    const start = Number(query.token ?? 0)
    const end = start + size
    const events = within.slice(start, end).filter(({message}) => Number(message) % rare === 0)
    return {events, ...(end < within.length && {next: String(end)})}
  }
  const matching = all.filter(({message}) => Number(message) % rare === 0)
  return {read, asked, matching, most: () => most}
}

async function collected(batches: AsyncGenerator<Batch, void>) {
  const found: Batch[] = []
  for await (const batch of batches) found.push(batch)
  return {events: found.flatMap(({events}) => events), untils: found.map(({until}) => until)}
}

const span = {group: 'g', from: 0, to: 100_000}

describe('a range read in slices', () => {
  it('has every event once and in order, whatever their density, however small the pages, however rare the matches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({min: 0, max: 100_000}), {maxLength: 300}),
        fc.integer({min: 1, max: 40}),
        fc.constantFrom(1, 3, 50),
        async (times, size, rare) => {
          const {read, matching} = store(times, {size, rare})
          const {events, untils} = await collected(readSlices(read, span))
          expect(events.map(({id}) => id)).toEqual(matching.map(({id}) => id))
          expect(untils).toEqual([...untils].sort((a, b) => a - b))
          expect(untils.at(-1)).toBe(100_000)
        },
      ),
    )
  })

  it('is one call when one page holds it all', async () => {
    const {read, asked} = store([1, 2, 3])
    await collected(readSlices(read, span))
    expect(asked).toHaveLength(1)
  })

  it('takes little more calls than one page after the other, a dozen of them side by side', async () => {
    const times = Array.from({length: 10_000}, (_, i) => i * 10)
    const {read, asked, most} = store(times, {size: 50})
    await collected(readSlices(read, span))
    expect(most()).toBe(12)
    expect(asked.length).toBeLessThan(200 * 1.6)
  })

  it.each([
    ['nothing at all comes before', 24, (i: number) => 90_000 + i],
    ['hardly anything comes before', 50, (i: number) => (i < 60 ? i * 1500 : 90_000 + i)],
    [
      'it is a burst between two quiet times',
      60,
      (i: number) => (i < 2000 ? i * 20 : i < 8000 ? 40_000 + i / 20 : 40_400 + (i - 8000) * 29),
    ],
  ])('is read side by side also where %s, and comes in small parts', async (_, most, at) => {
    const times = Array.from({length: 10_000}, (_, i) => Math.round(at(i)))
    const {read, asked, matching} = store(times, {size: 50})
    let [turns, over] = [0, false]
    const turn = () => {
      turns++
      if (!over) setImmediate(turn)
    }
    turn()
    const sizes: number[] = []
    const ids: string[] = []
    for await (const {events} of readSlices(read, span)) {
      sizes.push(events.length)
      ids.push(...events.map(({id}) => id))
    }
    over = true
    expect(ids).toEqual(matching.map(({id}) => id))
    expect(asked.length).toBeLessThan(200 * 1.6)
    expect(turns).toBeLessThan(most)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8 * 50)
  })

  it('goes on where many events have the same time', async () => {
    const {read, matching} = store(Array.from({length: 100}, () => 5000))
    expect((await collected(readSlices(read, span))).events).toHaveLength(matching.length)
  })

  it('does not take a token that is handed out again and again for the end', async () => {
    const read = async ({token}: Query): Promise<Page> => ({events: token ? [] : [event(1, 1)], next: 'same'})
    await expect(collected(readSlices(read, span))).rejects.toMatchObject({code: 'no_progress'})
  })

  it('has every event once although empty pages repeat their token now and then', async () => {
    const {read, matching} = store(
      Array.from({length: 3000}, (_, i) => i * 30),
      {size: 7, rare: 20},
    )
    const random = randomOf(7)
    const troubled = async (query: Query): Promise<Page> =>
      query.token && random() < 0.1 ? {events: [], next: query.token} : read(query)
    const {events} = await collected(readSlices(troubled, span))
    expect(events.map(({id}) => id)).toEqual(matching.map(({id}) => id))
  })

  it('fails with what a page fails with, at its place', async () => {
    const {read} = store(Array.from({length: 1000}, (_, i) => i * 100))
    const failing = async (query: Query) => {
      if (query.from > 50_000) throw new Error('no more')
      return read(query)
    }
    const seen: number[] = []
    const all = async () => {
      for await (const {until} of readSlices(failing, span)) seen.push(until)
    }
    await expect(all()).rejects.toThrow('no more')
    expect(seen.length).toBeGreaterThan(0)
  })

  it('is not read further than somebody wants it', async () => {
    const {read, asked} = store(Array.from({length: 10_000}, (_, i) => i * 10))
    for await (const {events} of readSlices(read, span)) if (events.length > 0) break
    const count = asked.length
    await new Promise(setImmediate)
    expect(asked.length).toBe(count)
  })
})

describe('several sources', () => {
  it('are merged by time', async () => {
    const [a, b] = [
      store(
        Array.from({length: 400}, (_, i) => i * 250),
        {group: 'a'},
      ),
      store(
        Array.from({length: 90}, (_, i) => 9 + i * 1000),
        {group: 'b'},
      ),
    ]
    const {events} = await collected(merged([readSlices(a.read, span), readSlices(b.read, span)]))
    const expected = [...a.matching, ...b.matching].sort((one, other) => one.at - other.at)
    expect(events.map(({id}) => id)).toEqual(expected.map(({id}) => id))
  })
})

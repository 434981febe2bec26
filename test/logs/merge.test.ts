import {expect, it} from 'vitest'

import type {LogEvent} from '../../src/logs/event.js'
import {byTime} from '../../src/logs/merge.js'

const pages = async function* (...all: number[][]): AsyncGenerator<LogEvent[], void> {
  for (const page of all)
    yield page.map((at) => ({id: `${at}`, at, ingestedAt: at, group: 'g', stream: 's', message: ''}))
}

const merged = async (...streams: number[][][]) => {
  const seen: number[][] = []
  for await (const batch of byTime(streams.map((stream) => pages(...stream)))) seen.push(batch.map(({at}) => at))
  return seen
}

it('brings streams together by time', async () => {
  expect(
    (
      await merged(
        [[1, 4], [7]],
        [
          [2, 3],
          [5, 9],
        ],
        [],
      )
    ).flat(),
  ).toEqual([1, 2, 3, 4, 5, 7, 9])
})

it('passes empty pages on, which say that time passes, and does not take them for the end', async () => {
  const seen = await merged([[], [], [3]], [[1], [], [2]])
  expect(seen.flat()).toEqual([1, 2, 3])
  expect(seen.filter(({length}) => length === 0)).toHaveLength(3)
})

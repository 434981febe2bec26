import {expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {newest} from '../../src/logs/newest.js'
import {filtered} from '../../src/logs/search.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START} from '../support/cloudwatch.js'

const HOUR = 3_600_000

/** Two thousand lines of an hour, in a CloudWatch whose tokens expire, whose pages are empty and whose calls fail. */
function searching(seed: number) {
  const random = randomOf(seed)
  const events = Array.from({length: 2000}, (_, i): Arriving => {
    const at = START + Math.floor((i / 2000) * HOUR)
    return {id: `e${i}`, at, ingestedAt: at, visible: at, group: 'g', stream: 's', message: `line ${i}`}
  })
  const clock = manualClock(START + 2 * HOUR)
  const weather = {size: () => 5 + Math.floor(random() * 40), latency: () => 20, trouble: 0.05}
  const {read, calls} = cloudWatch(events, clock, weather, random)
  const patience = {clock, signal: new AbortController().signal, login: true, note() {}, random}
  const means = {page: read, pace: {turn: async () => {}}, patience}
  const search = {from: START, to: START + HOUR, sources: [{group: 'g'}], text: '', filter: filterOf({})}
  return {search, means, calls, ids: events.map(({id}) => id)}
}

it('finds every line once, whatever happens to tokens, pages and calls meanwhile', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const {search, means, calls, ids} = searching(seed)
    const found: string[] = []
    for await (const {entries} of filtered(search, means)) found.push(...entries.map(({event}) => event.id))
    expect(found, `seed ${seed}, ${calls.odd} odd answers`).toEqual(ids)
  }
})

it('finds the newest lines in the same weather', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const {search, means, ids} = searching(seed)
    const {entries, more} = await newest(search, means, 300)
    expect({more, ids: entries.map(({event}) => event.id)}, `seed ${seed}`).toEqual({more: true, ids: ids.slice(-300)})
  }
})

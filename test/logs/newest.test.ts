import {describe, expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {newest} from '../../src/logs/newest.js'
import {filtered} from '../../src/logs/search.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START} from '../support/cloudwatch.js'

const HOUR = 3_600_000
const TRACE = ['Traceback (most recent call last):', '  File "/app/a.py", line 1, in f', '    g()', 'ValueError: no']

/** Lines of two tasks, every tenth of them a traceback whose lines are events of their own, and of a third that writes more. */
function mixed(random: () => number, trouble = 0, length = 200) {
  const line = (i: number) => (i % 10 === 3 ? TRACE : [i % 7 === 2 ? `    of ${i}` : `GET /items/${i} 200`])
  const lines = Array.from({length}, (_, i) => line(i)).flat()
  const written = (stream: string, every: number, texts: string[]) =>
    texts.map((message, i): Arriving => {
      const at = START + i * every + Math.floor(random() * every)
      return {id: `${stream}${i}`, at, ingestedAt: at, visible: at, group: 'g', stream, message}
    })
  const more = Array.from({length: 4 * lines.length}, (_, i) => `GET /items/${i} 200`)
  const events = [...written('a', 500, lines), ...written('b', 500, lines), ...written('c', 125, more)]
  const clock = manualClock(START + HOUR)
  const {read, calls} = cloudWatch(
    events,
    clock,
    {size: () => 4 + Math.floor(random() * 12), latency: () => 20, trouble},
    random,
  )
  const patience = {clock, signal: new AbortController().signal, login: true, note() {}, random}
  const search = {from: START, to: START + HOUR, sources: [{group: 'g'}], text: '', filter: filterOf({})}
  return {search, calls, means: {page: read, pace: {turn: async () => {}}, patience}}
}

describe('the newest lines', () => {
  it('are the last ones of all, with whole tracebacks, wherever pages end', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const {search, means} = mixed(randomOf(seed), seed % 2 ? 0.05 : 0)
      const all: string[][] = []
      for await (const {entries} of filtered(search, means))
        all.push(...entries.map(({events}) => events.map(({id}) => id)))
      const most = 1 + (seed % 40)
      const found = await newest(search, means, most)
      expect(found.more).toBe(true)
      expect(
        found.entries.map(({events}) => events.map(({id}) => id)),
        `seed ${seed}`,
      ).toEqual(all.slice(-most))
    }
  })

  it('are all there are when fewer than wanted', async () => {
    const {search, means} = mixed(randomOf(7))
    const {entries, more} = await newest(search, means, 10_000)
    expect(more).toBe(false)
    const all: string[] = []
    for await (const found of filtered(search, means)) all.push(...found.entries.map(({event}) => event.id))
    expect(entries.map(({event}) => event.id)).toEqual(all)
  })

  it('are those that were found until an error', async () => {
    const {search, means} = mixed(randomOf(5))
    let pages = 0
    const page: typeof means.page = async (query) => {
      if (++pages > 3) throw new Error('over')
      return means.page(query)
    }
    const {entries, error} = await newest(search, {...means, page}, 10_000)
    const whole = await newest(search, means, entries.length)
    expect(error).toMatchObject({message: 'over'})
    expect(entries.length).toBeGreaterThan(10)
    expect(entries.at(-1)!.event.id).toBe(whole.entries.at(-1)!.event.id)
  })

  it('tell how far back they were looked for', async () => {
    const {search, means} = mixed(randomOf(9))
    const told: {found: number; pages: number}[] = []
    await newest(search, means, 30, ({found, pages}) => void told.push({found, pages}))
    expect(told[0]).toMatchObject({pages: 1})
    expect(told.at(-1)!.pages).toBeGreaterThan(2)
    expect(told.at(-1)!.found).toBeLessThanOrEqual(30)
  })

  it('do not take the whole log where each line could be the end of something, nor where a stream has hardly any', async () => {
    const {search, means} = mixed(randomOf(3), 0, 1000)
    for (const quiet of [1, 300]) {
      let pages = 0
      const page: typeof means.page = async (query) => {
        pages++
        const {events, ...rest} = await means.page(query)
        const own = (id: string) => (Number(id.slice(1)) % quiet === 1298 % quiet ? 'a' : 'b')
        const message = (stream: string) => (quiet === 1 || stream === 'a' ? '    indented' : 'GET /items 200')
        return {...rest, events: events.map((one) => ({...one, stream: own(one.id), message: message(own(one.id))}))}
      }
      const {entries} = await newest(search, {...means, page}, 5)
      expect(entries).toHaveLength(5)
      const read = pages
      await newest(search, {...means, page}, 10_000)
      expect(read, `1 of ${quiet}`).toBeLessThan((quiet === 1 ? 0.5 : 0.1) * (pages - read))
    }
  })
})

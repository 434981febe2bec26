import {describe, expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {type Kept, type TailMeans, type TailPlan, tail} from '../../src/logs/tail.js'
import {type Arriving, cloudWatch, randomOf, START, sharedClock} from '../support/cloudwatch.js'

const MINUTE = 60_000
const TRACEBACK = 'Traceback (most recent call last):'

/** How one run of a chain ends, and what goes wrong in it. */
type Run = Partial<TailPlan> & {
  /** Ctrl-C after so long (ms). */
  interrupted?: number
  /** Access is denied after so long (ms). */
  denied?: number
  /** The process is killed when it has kept its place so often. */
  killed?: number
  /** The machine sleeps for five minutes in so many of its calls. */
  naps?: number
}

type Chain = {events: Arriving[]; random: () => number; saved: Kept[]; seen: Map<string, number>}

const plan = (given: Partial<TailPlan>): TailPlan => ({
  sources: [{group: 'g0'}, {group: 'g1'}],
  since: START - MINUTE,
  follow: false,
  late: 2 * MINUTE,
  order: 'arrival',
  filter: filterOf({}),
  saved: [],
  ...given,
})

/** One run that goes on where the one before ended; returns when it ends (ms). */
async function runOn(chain: Chain, began: number, {interrupted, denied, killed, naps = 0, ...given}: Run) {
  const {events, random, seen} = chain
  const clock = sharedClock(began)
  const stop = new AbortController()
  const weather = {size: () => 1 + Math.floor(random() * 60), latency: () => 20 + random() * 200, trouble: 0.03}
  const readers = new Map(
    ['g0', 'g1'].map((name) => [
      name,
      cloudWatch(
        events.filter(({group}) => group === name),
        clock,
        weather,
        random,
      ).read,
    ]),
  )
  const page: TailMeans['page'] = async (query) => {
    await clock.sleep(1)
    const now = clock.now().getTime()
    if (denied !== undefined && now > began + denied)
      throw Object.assign(new Error('no'), {name: 'AccessDeniedException', $metadata: {httpStatusCode: 400}})
    if (interrupted !== undefined && now > began + interrupted) stop.abort(new Error('interrupted'))
    if (random() < naps) clock.advance(5 * MINUTE)
    return readers.get(query.group)!(query)
  }
  let dead = false
  let times = 0
  const keep = async (kept: Kept[]) => {
    if (dead) return
    chain.saved = JSON.parse(JSON.stringify(kept))
    dead = ++times === killed
  }
  const patience = {clock, signal: new AbortController().signal, login: true, note() {}, random}
  const means: TailMeans = {page, clock, pace: {turn: async () => {}}, patience, keep}
  for await (const entries of tail(plan({...given, saved: chain.saved}), means, stop.signal)) {
    if (dead) break
    for (const {id} of entries.flatMap((entry) => entry.events)) seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  return clock.now().getTime()
}

function line(id: string, at: number, visible: number, more: Partial<Arriving> = {}): Arriving {
  return {
    id,
    at: START + at,
    ingestedAt: START + visible,
    visible: START + visible,
    group: 'g0',
    stream: 's',
    message: id,
    ...more,
  }
}

/** Six minutes of tasks that send what they have every 5 s; some of it late, of the future, many of one moment, tracebacks. */
function story(random: () => number): Arriving[] {
  const phases = Array.from({length: 1 + Math.floor(random() * 4)}, () => random() * 5000)
  return Array.from({length: 200}, (_, i) => {
    const task = Math.floor(random() * phases.length)
    const at = Math.floor(random() < 0.4 ? Math.floor(random() * 60) * 6000 : random() * 6 * MINUTE)
    const flushed = Math.ceil((at - phases[task]!) / 5000) * 5000 + phases[task]!
    const late = random() < 0.08 ? random() * 119_000 : 0
    const visible = Math.min(at + 119_000, Math.max(at + late, flushed + 300 + random() * 1500))
    const ahead = random() < 0.03 ? Math.floor(random() * 90 * MINUTE) : 0
    const kind = random()
    const message = kind < 0.1 ? TRACEBACK : kind < 0.25 ? '  File "x.py", line 1, in f' : `line ${i}`
    return line(`e${i}`, at + ahead, visible, {group: `g${task % 2}`, stream: `t${task}`, message})
  })
}

function anyRun(now: number, random: () => number): Run {
  const follow = random() < 0.6
  const soon = () => Math.floor(random() * MINUTE)
  const ends: Run[] = [
    {interrupted: soon()},
    {max: 1 + Math.floor(random() * 40)},
    {denied: soon()},
    {killed: 1 + Math.floor(random() * 5)},
    follow ? {until: now + soon()} : {},
  ]
  return {
    follow,
    order: random() < 0.4 ? 'time' : 'arrival',
    naps: random() < 0.2 ? 0.01 : 0,
    ...(follow && {end: now + 2 * MINUTE}),
    ...ends[Math.floor(random() * ends.length)],
  }
}

const faults = ({events, seen}: Chain) => ({
  lost: events.filter(({id}) => !seen.has(id)).map(({id}) => id),
  repeated: [...seen].filter(([, times]) => times > 1).map(([id]) => id),
})

describe('runs that go on where the one before ended', () => {
  it('show each line exactly once, however they end', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = randomOf(seed)
      const chain: Chain = {events: story(random), random, saved: [], seen: new Map()}
      let now = START + Math.floor(random() * 2 * MINUTE)
      while (now < START + 12 * MINUTE)
        now = (await runOn(chain, now, anyRun(now, random))) + Math.floor(random() * 20_000)
      for (let i = 0; i < 5; i++) now = (await runOn(chain, now + (i < 2 ? 1 : 30) * MINUTE, {})) + 1
      expect(faults(chain), `seed ${seed}`).toEqual({lost: [], repeated: []})
    }
  }, 60_000)

  const chainOf = (events: Arriving[], seed = 1): Chain => ({
    events,
    random: randomOf(seed),
    saved: [],
    seen: new Map(),
  })

  it('read what turns up late before the time that this run begins at', async () => {
    const chain = chainOf([line('a', 0, 500), line('late', 58_000, 110_000), line('b', 61_000, 62_000)])
    await runOn(chain, START + MINUTE, {})
    await runOn(chain, START + 65_000, {since: START + 62_000, follow: true, end: START + 400_000})
    expect(faults(chain)).toEqual({lost: [], repeated: []})
  })

  it('begin with the newest lines again when those were not shown', async () => {
    const events = Array.from({length: 20}, (_, i) => line(`e${i}`, i * 1000, i * 1000 + 500, {group: `g${i % 2}`}))
    let some = 0
    for (const gap of [10_000, 600_000])
      for (let denied = 0; denied < 400; denied += 10) {
        const chain = chainOf(events, denied)
        await runOn(chain, START + 30_000, {lines: 10, denied})
        if (chain.seen.size > 0) continue
        some++
        await runOn(chain, START + 30_000 + gap, {lines: 10})
        expect([...chain.seen.keys()], `denied after ${denied} ms`).toEqual(events.slice(10).map(({id}) => id))
      }
    expect(some).toBeGreaterThan(10)
  })

  it('repeat no line of one group because a traceback of another was held', async () => {
    const chain = chainOf([
      line('trace', 0, 500, {message: TRACEBACK}),
      line('y', 1500, 1600, {stream: 's2'}),
      line('b', 700, 1000, {group: 'g1'}),
    ])
    for (let i = 0; i < 4; i++) await runOn(chain, START + (60 + i) * MINUTE, {max: 2})
    expect(faults(chain)).toEqual({lost: [], repeated: []})
  })
})

import {describe, expect, it} from 'vitest'

import type {Clock} from '../../src/clock.js'
import {Echoes} from '../../src/logs/echoes.js'
import type {LogEvent} from '../../src/logs/event.js'
import {filterOf} from '../../src/logs/filter.js'
import {LiveLane, type LiveUpdate, liveQuery, refuseManyGroups} from '../../src/logs/live.js'
import {tail} from '../../src/logs/tail.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START, sharedClock} from '../support/cloudwatch.js'

const MINUTE = 60_000
const named = (name: string, more = {}) => Object.assign(new Error(name), {name, ...more})

const event = (at: number, more: Partial<LogEvent> = {}): LogEvent => ({
  id: crypto.randomUUID(),
  at,
  ingestedAt: at,
  group: 'g',
  stream: 's',
  message: 'm',
  ...more,
})
const told = (at: number, more: Partial<LogEvent> = {}) => event(at, {...more, id: ''})

/** Lines of two tasks, many of them the same within a millisecond; some come late. */
function story(random: () => number): Arriving[] {
  return Array.from({length: 2000}, (_, i) => {
    const at = START + Math.floor((i / 2000) * 5 * MINUTE)
    const late = random() < 0.05 ? random() * 100_000 : random() * 3000
    const visible = at + late
    const message = random() < 0.3 ? 'the same' : `line ${i}`
    return {id: `e${i}`, at, ingestedAt: visible, visible, group: 'g', stream: `t${i % 2}`, message}
  })
}

/** Live Tail over the same events: by arrival, some left out, breaking off now and then, and nothing of the time in between. */
function liveTail(events: Arriving[], clock: Clock, random: () => number) {
  const sorted = [...events].sort((a, b) => a.visible - b.visible)
  return async function* (): AsyncGenerator<LiveUpdate> {
    let seen = clock.now().getTime()
    for (;;) {
      await clock.sleep(1000)
      if (random() < 0.02) throw named('SessionStreamingException')
      const now = clock.now().getTime()
      const arrived = sorted.filter(({visible}) => visible > seen && visible <= now)
      seen = now
      const sampled = random() < 0.05
      yield {events: arrived.filter(() => !sampled || random() < 0.5).map((one) => ({...one, id: ''})), sampled}
    }
  }
}

async function tailed(seed: number) {
  const random = randomOf(seed)
  const events = story(random)
  const clock = sharedClock(START + 30_000)
  const weather = {size: () => 50, latency: () => 20, trouble: 0.02}
  const notes: string[] = []
  const patience = {
    clock,
    signal: new AbortController().signal,
    login: true,
    random,
    note: (text: string) => void notes.push(text),
  }
  const means = {
    page: cloudWatch(events, clock, weather, random).read,
    clock,
    pace: {turn: async () => {}},
    patience,
    live: liveTail(events, clock, random),
  }
  const plan = {
    sources: [{group: 'g'}],
    since: START,
    end: START + 8 * MINUTE,
    follow: true,
    lines: seed % 2 ? undefined : 20,
    late: 2 * MINUTE,
    order: 'arrival' as const,
    filter: filterOf({}),
    saved: [],
  }
  const shown: LogEvent[] = []
  for await (const entries of tail(plan, means, patience.signal)) shown.push(...entries.flatMap(({events}) => events))
  const from = plan.lines === undefined ? START : shown[0]!.at
  return {events: events.filter(({at}) => at >= from), shown, notes}
}

const counted = (events: LogEvent[]) => {
  const counts = new Map<string, number>()
  for (const {stream, at, message} of events) {
    const key = `${at} ${stream} ${message}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].sort()
}

describe('a tail with Live Tail', () => {
  it('shows every line exactly once, whatever Live Tail leaves out, and most of them by Live Tail', async () => {
    let [byLive, all, back] = [0, 0, 0]
    for (let seed = 1; seed <= 40; seed++) {
      const {events, shown, notes} = await tailed(seed)
      expect(counted(shown), `seed ${seed}`).toEqual(counted(events))
      byLive += shown.filter(({id}) => id === '').length
      all += shown.length
      back += notes.filter((text) => text.startsWith('Live Tail is back')).length
    }
    expect(byLive / all).toBeGreaterThan(0.5)
    expect(back).toBeGreaterThan(40)
  })
})

describe('what two lanes tell', () => {
  it('is shown once, whichever was first', () => {
    const echoes = new Echoes(() => 0)
    expect(echoes.first([told(5)])).toHaveLength(1)
    expect(echoes.first([event(5)])).toHaveLength(0)
    expect(echoes.first([event(6)])).toHaveLength(1)
    expect(echoes.first([told(6)])).toHaveLength(0)
  })

  it('is counted: the same line written twice within a millisecond is shown twice', () => {
    const echoes = new Echoes(() => 0)
    expect(echoes.first([told(5), told(5)])).toHaveLength(2)
    expect(echoes.first([event(5), event(5), event(5)])).toHaveLength(1)
  })

  it('is told apart by its group and its stream', () => {
    const echoes = new Echoes(() => 0)
    echoes.first([told(5)])
    expect(echoes.first([event(5, {stream: 't'}), event(5, {group: 'h'})])).toHaveLength(2)
  })

  it('is left to polling where nobody remembers what was shown', () => {
    let from = 0
    const echoes = new Echoes(() => from)
    echoes.first([event(1000)])
    from = 5000
    expect(echoes.first([told(1000)])).toHaveLength(0)
    expect(echoes.first([told(5000)])).toHaveLength(1)
  })

  it('is shown once when polling says so much that not all of it can be remembered', () => {
    const echoes = new Echoes(() => 0, 3 * 'g\ns\n1000\nm'.length)
    expect(echoes.first([told(1000)])).toHaveLength(1)
    echoes.first([2, 3, 4, 5, 6].map((n) => event(n * 1000)))
    echoes.first([])
    expect(echoes.first([event(1000)])).toHaveLength(0)
  })

  it('is left to polling where too much would have to be remembered', () => {
    const echoes = new Echoes(() => 0, 3 * 'g\ns\n1000\nm'.length)
    const seconds = [1, 2, 3, 4, 5].map((n) => n * 1000)
    expect(echoes.first(seconds.map((at) => event(at)))).toHaveLength(5)
    expect(echoes.first(seconds.map((at) => told(at)))).toHaveLength(0)
    expect(echoes.first([6, 7, 8, 9].map((n) => told(n * 1000)))).toHaveLength(3)
    expect(echoes.first([6, 7, 8, 9].map((n) => event(n * 1000)))).toHaveLength(1)
  })
})

describe('a session', () => {
  const sources = [
    {group: 'g', prefix: 'ecs/'},
    {group: 'h', streams: ['one']},
  ]

  it('is one for all groups, and narrowed by AWS where there is one group', () => {
    expect(liveQuery(sources, 'x')).toEqual({groups: ['g', 'h'], pattern: 'x'})
    expect(liveQuery([sources[0]!])).toEqual({groups: ['g'], prefixes: ['ecs/']})
    const tasks = ['a', 'b'].map((task) => ({group: 'g', prefix: `ecs/app/${task}`}))
    expect(liveQuery(tasks)).toEqual({groups: ['g'], prefixes: ['ecs/app/a', 'ecs/app/b']})
    expect(liveQuery([...tasks, {group: 'g'}])).toEqual({groups: ['g']})
    expect(liveQuery([...tasks, {group: 'g', streams: ['one']}])).toEqual({groups: ['g']})
    expect(liveQuery([sources[1]!])).toEqual({groups: ['h'], streams: ['one']})
    const streams = Array.from({length: 11}, (_, i) => `s${i}`)
    expect(liveQuery([{group: 'g', streams}])).toEqual({groups: ['g']})
  })

  it('is refused for more than ten groups', () => {
    const many = Array.from({length: 11}, (_, i) => ({group: `g${i}`}))
    expect(() => refuseManyGroups(many.slice(1))).not.toThrow()
    expect(() => refuseManyGroups(many)).toThrow('Live Tail follows 10 log groups at most, and these are 11.')
  })

  /** The lane over sessions that each send these updates and then fail so; the last one waits until it is stopped. */
  async function lane(sessions: [updates: LiveUpdate[], failure: Error][], until?: number) {
    const clock = manualClock()
    const stop = new AbortController()
    const notes: string[] = []
    let opened = 0
    const open = async function* (): AsyncGenerator<LiveUpdate> {
      const [updates, failure] = sessions[opened++] ?? []
      if (!failure) return stop.abort()
      yield* updates!
      throw failure
    }
    const means = {open, clock, note: (text: string) => void notes.push(text), until}
    const shown: LogEvent[] = []
    for await (const batch of new LiveLane(sources, liveQuery(sources), means).follow(stop.signal)) shown.push(...batch)
    return {notes, opened, shown, seconds: (clock.now().getTime() - START) / 1000}
  }
  const update = (sampled = false, events: LogEvent[] = []): LiveUpdate => ({events, sampled})

  it('brings only what is written to the streams that were asked for, and nothing dated later than wanted', async () => {
    const events = [
      told(1, {stream: 'ecs/a'}),
      told(2, {stream: 'other/a'}),
      told(3, {group: 'h', stream: 'one'}),
      told(4, {group: 'h', stream: 'two'}),
      told(5, {group: 'i'}),
      told(99, {stream: 'ecs/a'}),
    ]
    const {shown} = await lane([[[update(false, events)], named('SessionTimeoutException')]], 50)
    expect(shown.map(({at}) => at)).toEqual([1, 3])
  })

  it('is opened again without a word after its three hours', async () => {
    expect(await lane([[[update()], named('SessionTimeoutException')]])).toMatchObject({notes: [], opened: 2})
  })

  it('is opened again when it breaks off, which is said once, and that it is back', async () => {
    const cut = named('SessionStreamingException')
    const {notes, opened} = await lane([
      [[update()], cut],
      [[], named('Error', {code: 'ECONNRESET'})],
      [[update()], named('SessionTimeoutException')],
    ])
    expect(opened).toBe(4)
    expect(notes).toEqual([
      expect.stringMatching(/^Live Tail: .*\. Lines come by polling until it is back\.$/),
      'Live Tail is back. What came meanwhile is shown by polling.',
    ])
  })

  it('waits longer each time while no session is free', async () => {
    const full: [LiveUpdate[], Error] = [[], named('LimitExceededException')]
    const {notes, seconds} = await lane([full, full, full, full, full, full, full, full])
    expect(notes).toEqual(['Live Tail: no session is free in this account. Lines come by polling until it is back.'])
    expect(seconds).toBe(1 + 2 + 4 + 8 + 16 + 32 + 60 + 60)
  })

  it('is given up where it is not allowed, and polling goes on', async () => {
    const denied = named('AccessDeniedException', {$metadata: {httpStatusCode: 400}})
    const {notes, opened} = await lane([[[], denied]])
    expect(opened).toBe(1)
    expect(notes).toEqual([expect.stringMatching(/^Live Tail: .*Lines come by polling alone\.$/)])
  })

  it('leaves a second to polling whose lines it does not have all, and says so once', async () => {
    const lines = (at: number) => [told(at, {stream: 'ecs/a'})]
    const {notes, shown} = await lane([
      [[update(true, lines(1)), update(false, lines(2)), update(true, lines(3))], named('SessionTimeoutException')],
    ])
    expect(shown.map(({at}) => at)).toEqual([2])
    expect(notes).toEqual(['More than 500 lines a second: Live Tail leaves some out, and polling shows them.'])
  })

  it('gives the lines of an update in the order of time, which a traceback needs', async () => {
    const lines = [3, 1, 2].map((at) => told(at, {stream: 'ecs/a'}))
    const {shown} = await lane([[[update(false, lines)], named('SessionTimeoutException')]])
    expect(shown.map(({at}) => at)).toEqual([1, 2, 3])
  })

  it('waits longer each time that it breaks off at once', async () => {
    const short: [LiveUpdate[], Error] = [[update()], named('SessionStreamingException')]
    expect((await lane([short, short, short, short])).seconds).toBe(1 + 2 + 4 + 8)
  })

  it('says why it is given up, also after it has broken off', async () => {
    const denied = named('AccessDeniedException', {$metadata: {httpStatusCode: 400}})
    const {notes} = await lane([
      [[update()], named('Error')],
      [[], denied],
    ])
    expect(notes).toEqual([
      'Live Tail: the session broke off. Lines come by polling until it is back.',
      expect.stringMatching(/Lines come by polling alone\.$/),
    ])
  })
})

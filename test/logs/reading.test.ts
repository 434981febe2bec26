import {describe, expect, it} from 'vitest'

import type {LogEvent} from '../../src/logs/event.js'
import type {Saved} from '../../src/logs/ledger.js'
import {Reading} from '../../src/logs/reading.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START, type Weather} from '../support/cloudwatch.js'

const MINUTE = 60_000
const LATE = 2 * MINUTE
const source = {group: '/ecs/app', prefix: 'ecs-v1/app/'}

type Plan = {count: number; minutes: number; tasks: number; seed: number; future?: number; burst?: number}

/** Lines of several tasks: each task sends a batch of what it has every 5 s, some batches are late, a few events are of the future. */
function arriving({count, minutes, tasks, seed, future = 0.001, burst = 0.2}: Plan): Arriving[] {
  const random = randomOf(seed)
  const phases = Array.from({length: tasks}, () => random() * 5000)
  const bursts = Array.from({length: 4}, () => random() * minutes * MINUTE)
  const slow = new Map<string, number>()
  return Array.from({length: count}, (_, i) => {
    const task = Math.floor(random() * tasks)
    const base = random() < burst ? bursts[i % 4]! + random() * 2000 : random() * minutes * MINUTE
    const at = Math.floor(START + base)
    const flushed = Math.ceil((at - phases[task]!) / 5000) * 5000 + phases[task]!
    const batch = `${task}/${flushed}`
    if (!slow.has(batch)) slow.set(batch, random() < 0.02 ? random() * (LATE - 8000) : 300 + random() * 1500)
    const visible = Math.min(flushed + slow.get(batch)!, at + LATE)
    const ahead = random() < future ? random() * 90 * MINUTE : 0
    return {
      id: `${seed}.${i}`,
      at: Math.floor(at + ahead),
      ingestedAt: visible,
      visible,
      group: source.group,
      stream: `${source.prefix}t${task}`,
      message: '',
    }
  })
}

function readingOf(events: Arriving[], seed: number, given: {trouble?: number; cap?: number; since?: number} = {}) {
  const random = randomOf(seed + 7)
  const clock = manualClock(START)
  const weather: Weather = {
    size: () => 20 + Math.floor(random() * 200),
    latency: () => 20 + random() * 150,
    trouble: given.trouble ?? 0.03,
  }
  const {read, calls} = cloudWatch(events, clock, weather, random)
  const notes: string[] = []
  const signal = new AbortController().signal
  const patience = {clock, signal, login: true, note: (text: string) => notes.push(text), random}
  const pace = {turn: async () => {}}
  const means = {read, clock, pace, patience, late: LATE, cap: given.cap}
  return {reading: new Reading(source, given.since ?? START - MINUTE, means), means, clock, calls, notes, signal}
}

async function shown(batches: AsyncIterable<LogEvent[]>, each: (size: number) => void = () => {}) {
  const seen = new Map<string, number>()
  for await (const batch of batches) {
    for (const {id} of batch) seen.set(id, (seen.get(id) ?? 0) + 1)
    each(batch.length)
  }
  return seen
}

/** How many of those that were there in time were never shown, and how many more than once. */
const faults = (events: Arriving[], seen: Map<string, number>) => ({
  lost: events.filter(({id}) => !seen.has(id)).length,
  repeated: [...seen.values()].filter((times) => times > 1).length,
})

describe('a reading that follows', () => {
  it('shows a million events of 200 random schedules exactly once', async () => {
    const sum = {events: 0, lost: 0, repeated: 0, failed: 0, odd: 0, most: 0}
    for (let seed = 1; seed <= 200; seed++) {
      const events = arriving({count: 5000, minutes: 8, tasks: 1 + (seed % 8), seed})
      const {reading, calls, signal} = readingOf(events, seed)
      const seen = await shown(reading.follow(signal, START + 13 * MINUTE), () => {
        sum.most = Math.max(sum.most, reading.ledger.size)
      })
      const {lost, repeated} = faults(events, seen)
      sum.events += events.length
      sum.lost += lost
      sum.repeated += repeated
      sum.failed += calls.failed
      sum.odd += calls.odd
    }
    expect(sum).toMatchObject({events: 1_000_000, lost: 0, repeated: 0})
    expect(sum.failed).toBeGreaterThan(1000)
    expect(sum.odd).toBeGreaterThan(1000)
    expect(sum.most).toBeLessThanOrEqual(500_000)
  }, 60_000)

  it('misses nothing when its process was stopped for five minutes, as by kill -STOP or by a lid that was closed', async () => {
    let said = 0
    for (let seed = 300; seed < 320; seed++) {
      const events = arriving({count: 5000, minutes: 12, tasks: 4, seed})
      const {reading, clock, notes, signal} = readingOf(events, seed)
      const {sleep} = clock
      let stopped = false
      clock.sleep = async (ms, signal) => {
        await sleep(ms, signal)
        if (stopped || clock.now().getTime() < START + 4 * MINUTE) return
        stopped = true
        clock.advance(5 * MINUTE)
      }
      const seen = await shown(reading.follow(signal, START + 17 * MINUTE))
      expect(faults(events, seen)).toEqual({lost: 0, repeated: 0})
      said += notes.filter((note) => /^fb was stopped for (4m5\ds|5m00s): catching up/.test(note)).length
    }
    // Stopped while it waited to repeat a call, it says only what the call's trouble was.
    expect(said).toBeGreaterThan(15)
  })

  it('goes on where an earlier one ended, with nothing missed and nothing repeated', async () => {
    const events = arriving({count: 5000, minutes: 10, tasks: 4, seed: 400})
    const first = readingOf(events, 400)
    const before = await shown(first.reading.follow(first.signal, START + 4 * MINUTE))
    const saved = JSON.parse(JSON.stringify(first.reading.save()))
    const second = readingOf(events, 401)
    second.clock.advance(6 * MINUTE)
    const reading = new Reading(source, START + 6 * MINUTE, second.means, saved)
    const after = await shown(reading.follow(second.signal, START + 14 * MINUTE))
    expect([...after.keys()].filter((id) => before.has(id))).toEqual([])
    expect(faults(events, new Map([...before, ...after]))).toEqual({lost: 0, repeated: 0})
  })

  it('misses nothing of what turns up late from run to run, although none of them follows', async () => {
    for (let seed = 500; seed < 520; seed++) {
      const events = arriving({count: 3000, minutes: 10, tasks: 4, seed})
      const seen = new Map<string, number>()
      let saved: Saved | undefined
      for (let minutes = 2; minutes < 106; minutes += minutes < 14 ? 1.5 : 30) {
        const {means, clock, signal} = readingOf(events, seed + minutes)
        clock.advance(minutes * MINUTE)
        const reading = new Reading(source, START, means, saved)
        for (const [id, times] of await shown(reading.history(signal, clock.now().getTime())))
          seen.set(id, (seen.get(id) ?? 0) + times)
        saved = JSON.parse(JSON.stringify(reading.save()))
      }
      expect(faults(events, seen), `seed ${seed}`).toEqual({lost: 0, repeated: 0})
    }
  })

  it('shows again what nobody had taken, and what was held, when it goes on', async () => {
    const events = arriving({count: 100, minutes: 1, tasks: 1, seed: 5})
    const first = readingOf(events, 5, {trouble: 0})
    first.clock.advance(3 * MINUTE)
    const {value: batch} = await first.reading.history(first.signal).next()
    const [shownOnes, held] = [batch!.slice(0, 5), batch!.slice(5, 10)]
    first.reading.taken(batch!.slice(0, 10))
    const saved = JSON.parse(JSON.stringify(first.reading.save(held)))
    const second = readingOf(events, 6, {trouble: 0})
    second.clock.advance(3 * MINUTE)
    const after = await shown(
      new Reading(source, START, second.means, saved).follow(second.signal, START + 95 * MINUTE),
    )
    const all = new Map([...after, ...shownOnes.map(({id}): [string, number] => [id, (after.get(id) ?? 0) + 1])])
    expect(faults(events, all)).toEqual({lost: 0, repeated: 0})
  })

  it('remembers no more than the cap, and says what that costs', async () => {
    const events = arriving({count: 60_000, minutes: 6, tasks: 4, seed: 9})
    const {reading, notes, signal} = readingOf(events, 9, {cap: 5000, trouble: 0})
    let most = 0
    const seen = await shown(reading.follow(signal, START + 9 * MINUTE), () => {
      most = Math.max(most, reading.ledger.size)
    })
    expect(most).toBeLessThanOrEqual(5000 + 220)
    expect(notes).toContainEqual(expect.stringContaining('fb remembers only the last 5000 lines'))
    expect(faults(events, seen).repeated).toBe(0)
  })

  it('shows all of a flood of events from the future, each when its time has come at the latest', async () => {
    const events = arriving({count: 8000, minutes: 4, tasks: 4, seed: 11, future: 0.5})
    const {reading, signal} = readingOf(events, 11, {cap: 4000, trouble: 0})
    const seen = await shown(reading.follow(signal, START + 100 * MINUTE))
    expect(faults(events, seen)).toEqual({lost: 0, repeated: 0})
  })

  it('ends soon after it was told to', async () => {
    const events = arriving({count: 500, minutes: 2, tasks: 1, seed: 3})
    const {reading, clock} = readingOf(events, 3)
    const stop = new AbortController()
    clock.sleep = async (ms) => {
      clock.advance(ms)
      if (clock.now().getTime() > START + MINUTE) stop.abort()
    }
    await shown(reading.follow(stop.signal))
    expect(clock.now().getTime()).toBeLessThan(START + MINUTE + 10_000)
  })
})

it('has all of the past, whatever happens to tokens and pages meanwhile', async () => {
  for (let seed = 600; seed < 640; seed++) {
    const events = arriving({count: 5000, minutes: 8, tasks: 4, seed, future: 0})
    const {reading, clock, signal, calls} = readingOf(events, seed)
    clock.advance(20 * MINUTE)
    const seen = await shown(reading.history(signal, clock.now().getTime()))
    expect(faults(events, seen), `seed ${seed}, ${calls.odd} odd answers`).toEqual({lost: 0, repeated: 0})
  }
})

it('does not take for the end of the past what leads nowhere', async () => {
  const {means, signal} = readingOf([], 1)
  const reading = new Reading(source, START - MINUTE, {...means, read: async () => ({events: [], next: 'same'})})
  await expect(shown(reading.history(signal, START))).rejects.toMatchObject({code: 'no_progress'})
})

it('remembers of the newest lines only what it reads once more, however far back it has to look', async () => {
  const events = arriving({count: 20_000, minutes: 60, tasks: 4, seed: 21, future: 0, burst: 0})
  const {means, clock, signal} = readingOf(events, 21, {trouble: 0})
  clock.advance(61 * MINUTE)
  const reading = new Reading(source, START, means)
  const seen = await shown(reading.newest(signal))
  expect(faults(events, seen)).toEqual({lost: 0, repeated: 0})
  expect(reading.ledger.size).toBeLessThan(1000)
  expect(reading.floor).toBeGreaterThan(clock.now().getTime() - 3 * MINUTE)
  expect((await shown(reading.follow(signal, clock.now().getTime() + 4 * MINUTE))).size).toBe(0)
})

it('shows at its end what has turned up late by then, and leaves the last reading of it to one that goes on', async () => {
  const at = START + 30_000
  const late = (id: string, visible: number): Arriving => ({
    ...{id, at, ingestedAt: visible, visible, group: source.group, stream: `${source.prefix}t0`, message: ''},
  })
  const events = [late('soon', at + 55_000), late('later', at + 110_000)]
  const first = readingOf(events, 1, {trouble: 0})
  const seen = await shown(first.reading.follow(first.signal, at + 58_000))
  expect([...seen.keys()]).toEqual(['soon'])
  const second = readingOf(events, 1, {trouble: 0})
  second.clock.advance(10 * MINUTE)
  const next = new Reading(source, START, second.means, first.reading.save())
  expect([...(await shown(next.follow(second.signal, START + 11 * MINUTE))).keys()]).toEqual(['later'])
})

it('reads the past in order, in as many pages as it takes', async () => {
  const events = arriving({count: 5000, minutes: 10, tasks: 4, seed: 1, future: 0})
  const {reading, clock, signal} = readingOf(events, 1)
  clock.advance(20 * MINUTE)
  const times: number[] = []
  for await (const batch of reading.history(signal, START + 5 * MINUTE)) times.push(...batch.map(({at}) => at))
  expect(times).toHaveLength(events.filter(({at}) => at <= START + 5 * MINUTE).length)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

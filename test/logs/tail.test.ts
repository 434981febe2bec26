import {expect, it} from 'vitest'

import {filterOf} from '../../src/logs/filter.js'
import {type Kept, type TailMeans, type TailPlan, tail} from '../../src/logs/tail.js'
import type {Shown} from '../../src/logs/tail-plan.js'
import {headerText, strangersText} from '../../src/logs/tail-text.js'
import {zoneOf} from '../../src/logs/zone.js'
import {canvas} from '../support/canvas.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START} from '../support/cloudwatch.js'

const HOUR = 3_600_000

/** Two groups whose lines were there for hours, a line each second in turn. */
function story(count: number) {
  const line = (i: number): Arriving => {
    const at = START + i * 1000
    return {id: String(i), at, ingestedAt: at, visible: at + 500, group: `g${i % 2}`, stream: 's', message: `line ${i}`}
  }
  return Array.from({length: count}, (_, i) => line(i))
}

function meansOf(events: Arriving[], now: number, note: (text: string) => void = () => {}, size = 7) {
  const clock = manualClock(now)
  const weather = {size: () => size, latency: () => 20, trouble: 0}
  const groups = new Map(
    ['g0', 'g1'].map((group) => [
      group,
      cloudWatch(
        events.filter((one) => one.group === group),
        clock,
        weather,
        randomOf(1),
      ),
    ]),
  )
  const signal = new AbortController().signal
  const means: TailMeans = {
    page: (query) => groups.get(query.group)!.read(query),
    clock,
    pace: {turn: async () => {}},
    patience: {clock, signal, login: false, note},
  }
  return {means, clock}
}

const plan = (given: Partial<TailPlan>): TailPlan => ({
  sources: [{group: 'g0'}, {group: 'g1'}],
  since: START,
  follow: false,
  late: 120_000,
  order: 'arrival',
  filter: filterOf({}),
  saved: [],
  ...given,
})

async function run(given: Partial<TailPlan>, means: TailMeans, stop = new AbortController().signal) {
  const shown: string[] = []
  const running = tail(plan(given), means, stop)
  for (;;) {
    const {done, value} = await running.next()
    if (done) return {shown, summary: value}
    shown.push(...value.map(({event}) => event.id))
  }
}

it('brings the past of several groups in the order of time', async () => {
  const events = story(200)
  const {shown} = await run({}, meansOf(events, START + HOUR).means)
  expect(shown).toEqual(events.map(({id}) => id))
})

it('tells how far it has looked back for the newest lines, and takes that away before they come', async () => {
  const {means} = meansOf(story(200), START + HOUR)
  const told: string[] = []
  const looking: TailMeans['looking'] = ({found, wanted, pages}) => told.push(`${found} of ${wanted}, ${pages} pages`)
  const running = tail(
    plan({lines: 20}),
    {...means, looking, progress: () => told.push('over')},
    new AbortController().signal,
  )
  const {value} = await running.next()
  expect(value).toHaveLength(20)
  expect(new Set(told)).toEqual(new Set(['14 of 20, 4 pages', '20 of 20, 4 pages', '20 of 20, 6 pages', 'over']))
  expect(told.at(-1)).toBe('over')
})

it('keeps a traceback of the past together, whatever pages it comes in', async () => {
  const {means} = meansOf([], START + HOUR)
  const trace = ['Traceback (most recent call last):', '  File "/app/a.py", line 1, in f', 'ValueError: bad']
  const [first, ...others] = trace.map((message, i) => ({...story(1)[0]!, id: `t${i}`, at: START + i, message}))
  const pages = [{events: [first!], next: 'a'}, {events: [], next: 'b'}, {events: others}]
  const {summary} = await run({sources: [{group: 'g0'}]}, {...means, page: async () => pages.shift()!})
  expect(summary).toMatchObject({lines: 1, events: 3})
})

it('says when there are fewer of the newest lines than are wanted', async () => {
  const noted = async (given: Partial<TailPlan>) => {
    const notes: string[] = []
    await run({lines: 20, ...given}, meansOf(story(200), START + 600_000, (text) => notes.push(text)).means)
    return notes
  }
  expect(await noted({})).toEqual([])
  expect(await noted({filter: filterOf({include: [/ 19\d$/]})})).toEqual([
    'Only 10 of 20 lines within the last 10m: --since looks further back.',
  ])
  expect(await noted({filter: filterOf({include: [/nowhere/]})})).toEqual([
    'No line within the last 10m: --since looks further back.',
  ])
})

it('shows what it holds when an error ends it, tells what was shown, and keeps the place', async () => {
  const trace = ['Traceback (most recent call last):', '  File "/app/a.py", line 1, in f', 'ValueError: bad']
  const events = [
    ...story(20),
    ...trace.map((message, i): Arriving => ({...story(1)[0]!, id: `t${i}`, at: START + 40_000 + i, message})),
  ]
  const {means} = meansOf(events, START + 60_000)
  const denied = Object.assign(new Error('no'), {name: 'AccessDeniedException', $metadata: {httpStatusCode: 400}})
  let asked = 0
  const page: TailMeans['page'] = async (query) => {
    if (asked++ > 7) throw denied
    return means.page(query)
  }
  const kept: Kept[][] = []
  const keep = async (places: Kept[]) => void kept.push(places)
  const sources = [{group: 'g0'}]
  const {shown, summary} = await run({sources, follow: true, end: START + HOUR}, {...means, page, keep})
  expect(shown.at(-1)).toBe('t0')
  expect(summary).toMatchObject({reason: 'error', error: denied, lines: 11, events: 13})
  const rest = await run({sources, saved: kept.at(-1)!}, meansOf(events, START + HOUR).means)
  expect(rest.shown).toEqual([])
})

it('keeps no place when it has not come to read anything', async () => {
  const {means} = meansOf([], START)
  const page: TailMeans['page'] = async () => {
    throw Object.assign(new Error('no'), {name: 'AccessDeniedException', $metadata: {httpStatusCode: 400}})
  }
  const kept: Kept[][] = []
  const {summary} = await run({}, {...means, page, keep: async (places) => void kept.push(places)})
  expect({reason: summary.reason, kept}).toEqual({reason: 'error', kept: []})
})

it('shows a page of 10,000 lines in small batches, and goes on within it where --max ended', async () => {
  const events = story(20_000)
  const {means} = meansOf(events, START + 24 * HOUR, undefined, 10_000)
  const sources = [{group: 'g0'}]
  const sizes: number[] = []
  for await (const batch of tail(plan({sources}), means, new AbortController().signal)) sizes.push(batch.length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000)
  expect(Math.max(...sizes)).toBeLessThan(500)
  let kept: Kept[] = []
  const keep = async (now: Kept[]) => {
    kept = now
  }
  const first = await run({sources, max: 4321}, {...means, keep})
  const second = await run({sources, saved: kept}, means)
  expect([...first.shown, ...second.shown]).toEqual(events.filter(({group}) => group === 'g0').map(({id}) => id))
})

it('goes on at the very line where --max ended it, however long ago that was logged', async () => {
  const events = story(100)
  let kept: Kept[] = []
  const keep = async (fresh: Kept[]) => {
    kept = JSON.parse(JSON.stringify(fresh))
  }
  const all: string[] = []
  for (let i = 0; i < 12; i++) {
    const {means} = meansOf(events, START + 5 * HOUR)
    const {shown} = await run({max: 9, saved: kept}, {...means, keep})
    all.push(...shown)
  }
  expect(all).toEqual(events.map(({id}) => id))
})

it('keeps the place of what is not read this time, and goes on there whatever is looked for', async () => {
  const events = story(100)
  let kept: Kept[] = []
  const keep = async (fresh: Kept[]) => {
    kept = JSON.parse(JSON.stringify(fresh))
  }
  const once = (given: Partial<TailPlan>) =>
    run({saved: kept, ...given}, {...meansOf(events, START + 5 * HOUR).means, keep})
  const first = await once({max: 10})
  const second = await once({sources: [{group: 'g1'}], pattern: '%line%'})
  const third = await once({})
  expect(kept.map(({source}) => source.group)).toEqual(['g0', 'g1'])
  expect(
    [first, second, third]
      .flatMap(({shown}) => shown)
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual(events.map((_, i) => i))
})

it('passes no line over that came since a cursor was written: -n is for the streams that it does not know', async () => {
  const events = story(200)
  let kept: Kept[] = []
  const keep = async (fresh: Kept[]) => {
    kept = JSON.parse(JSON.stringify(fresh))
  }
  const once = (given: Partial<TailPlan>) =>
    run({saved: kept, lines: 5, ...given}, {...meansOf(events, START + 5 * HOUR).means, keep})
  expect((await once({sources: [{group: 'g0'}], until: START + 60_000})).shown).toEqual(['52', '54', '56', '58', '60'])
  const {shown} = await once({})
  const even = Array.from({length: 69}, (_, i) => String(62 + 2 * i))
  expect(shown).toEqual(['191', '193', '195', '197', '199', ...even])
  expect((await once({})).shown).toEqual([])
})

it('shows the newest lines and then what comes, each once, until --for is over', async () => {
  const events = story(300)
  const now = START + 120_500
  const {shown} = await run({lines: 10, follow: true, end: now + 240_000}, meansOf(events, now).means)
  expect(shown.slice(0, 10).map(Number)).toEqual(Array.from({length: 10}, (_, i) => 111 + i))
  expect([...shown].map(Number).sort((a, b) => a - b)).toEqual(Array.from({length: 189}, (_, i) => 111 + i))
})

it('says which streams the cursor has no place for, and where those begin', () => {
  const saved = [{source: {group: 'g0'}, saved: {floor: 0, seen: [], owed: []}}]
  const shown = {...plan({saved}), zone: zoneOf('utc')} as Shown
  expect(strangersText(shown)).toEqual(['The cursor has no place for g1: from 2026-11-22 14:00:00.'])
  expect(headerText(shown, undefined, canvas())).toContain('from 2026-11-22 14:00:00')
  const known = {...shown, sources: [{group: 'g0', service: 'v1'}]}
  expect(strangersText(known)).toEqual([])
  expect(headerText(known, undefined, canvas())).toContain('from where the last run ended')
})

it('follows several groups, and shows each line once', async () => {
  const events = story(600)
  const {means} = meansOf(events, START + 60_000)
  const {shown, summary} = await run({follow: true, until: START + 13 * 60_000}, means)
  expect([...shown].sort((a, b) => Number(a) - Number(b))).toEqual(events.map(({id}) => id))
  expect(summary).toMatchObject({reason: 'end', lines: 600})
})

it('says that there is nothing to show so far, when it follows', async () => {
  const noted = async (given: Partial<TailPlan>) => {
    const notes: string[] = []
    const {means} = meansOf(story(200), START + 600_000, (text) => notes.push(text))
    await run({end: START + 601_000, follow: true, ...given}, means)
    return notes
  }
  const filter = filterOf({include: [/nowhere/]})
  expect(await noted({filter})).toEqual(['Nothing to show of the last 10m; what comes is shown.'])
  expect(await noted({})).toEqual([])
  expect(await noted({lines: 0})).toEqual([])
  expect(await noted({filter, follow: false})).toEqual([])
})

it('says that nothing comes, ever more rarely', async () => {
  const notes: string[] = []
  const {means} = meansOf(story(5), START + 10_000, (text) => notes.push(text))
  await run({follow: true, until: START + 45 * 60_000}, means)
  expect(notes).toEqual([
    expect.stringMatching(/^No events for 5m/),
    expect.stringMatching(/^No events for 10m/),
    expect.stringMatching(/^No events for 20m/),
    expect.stringMatching(/^No events for 40m/),
  ])
})

it('shows nothing that is dated after --until, and with --for whatever comes until then', async () => {
  const future: Arriving = {...story(1)[0]!, id: 'future', at: START + 20 * 60_000}
  const until = START + 5 * 60_000
  const shownBy = async (given: Partial<TailPlan>) =>
    (await run({follow: true, ...given}, meansOf([...story(10), future], START + 60_000).means)).shown
  expect(await shownBy({until})).not.toContain('future')
  expect(await shownBy({end: until})).toContain('future')
})

it('looks back for the newest lines no longer than until Ctrl-C, shows what it has found, and sums up', async () => {
  const {means} = meansOf(story(600), START + HOUR)
  const stop = new AbortController()
  let calls = 0
  const page: TailMeans['page'] = (query) => {
    if (++calls === 4) stop.abort()
    return means.page(query)
  }
  const {shown, summary} = await run({lines: 500}, {...means, page}, stop.signal)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.length).toBeLessThan(100)
  expect(summary.reason).toBe('interrupted')
})

it('ends when its time is up, also while CloudWatch only throttles or there is more than can be read', async () => {
  const throttled = meansOf([], START + HOUR)
  const never = async () => {
    throw Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'})
  }
  const end = START + HOUR + 300_000
  const {summary} = await run({follow: true, end}, {...throttled.means, page: never})
  expect(summary.reason).toBe('end')
  expect(throttled.clock.now().getTime()).toBeLessThan(end + 10_000)

  const busy = meansOf(story(3600), START + HOUR)
  const slow: TailMeans['page'] = async (query) => {
    await busy.clock.sleep(5000)
    return busy.means.page(query)
  }
  await run({follow: true, end}, {...busy.means, page: slow})
  expect(busy.clock.now().getTime()).toBeLessThan(end + 60_000)
})

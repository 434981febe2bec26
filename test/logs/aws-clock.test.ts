import {expect, it} from 'vitest'

import {prepareTail} from '../../src/log-access.js'
import {prepareSearch} from '../../src/log-search.js'
import {wantedOf} from '../../src/logs/search-plan.js'
import type {Page} from '../../src/logs/source.js'
import {tail} from '../../src/logs/tail.js'
import type {Site} from '../../src/site.js'
import {type Arriving, cloudWatch, manualClock, randomOf, START} from '../support/cloudwatch.js'

const MINUTE = 60_000

/** A line each 300 ms from ten minutes ago to in ten minutes; some come up to two minutes late. */
const story = Array.from({length: 4000}, (_, i): Arriving => {
  const at = START - 10 * MINUTE + i * 300
  const visible = at + (i % 50 === 0 ? 2 * MINUTE : 500 + (i % 17) * 300)
  return {id: String(i), at, ingestedAt: visible, visible, group: 'g', stream: 's', message: `line ${i}`}
})

type Ahead = number | ((at: number) => number)

/** A machine whose clock is so many minutes ahead of AWS's, always or at a time. */
function machine(minutes: Ahead, answer = (page: Page) => page) {
  const aws = manualClock(START)
  const aheadAt = (at: number) => (typeof minutes === 'number' ? minutes : minutes(at))
  const clock = {...aws, now: () => new Date(aws.now().getTime() + aheadAt(aws.now().getTime()) * MINUTE)}
  const weather = {size: () => 100, latency: () => 50, trouble: 0}
  const {read} = cloudWatch(story, aws, weather, randomOf(1))
  const page: typeof read = async (query) =>
    answer({...(await read(query)), answered: Math.floor(aws.now().getTime() / 1000) * 1000})
  const site = {
    settings: {services: {v1: {health: '/health'}}},
    service: 'v1',
    environment: {region: 'us-east-1'},
    connection: {signal: new AbortController().signal},
    clock,
    adapters: new Map([
      ['logs', Promise.resolve({page})],
      ['insights', Promise.resolve({})],
    ]),
  } as unknown as Site
  return {aws, site}
}

async function tailed(
  minutes: Ahead,
  asked: {since?: string; lines?: number; for?: number; follow?: boolean},
  answer?: (page: Page) => Page,
) {
  const {aws, site} = machine(minutes, answer)
  const hearer = {onScreen: false, attended: false, json: false, outlive: (one: Site) => one, say() {}}
  const {plan, means} = await prepareTail([site], {group: ['g'], order: 'arrival', ...asked}, hearer)
  const ids: number[] = []
  for await (const entries of tail(plan, means, new AbortController().signal))
    ids.push(...entries.map(({event}) => Number(event.id)))
  return {ids, began: plan.since, ended: aws.now().getTime()}
}

const from = (first: number, last: number) => Array.from({length: last - first + 1}, (_, i) => first + i)

it.each([-5, 0, 5])(
  'with a clock that is %i minutes ahead fb follows for as long as it is told, and loses no line',
  async (minutes) => {
    const {ids, began, ended} = await tailed(minutes, {since: '10m', for: 12 * MINUTE})
    expect(Math.abs(began - (START - 10 * MINUTE))).toBeLessThan(2000)
    expect(Math.abs(ended - (START + 12 * MINUTE))).toBeLessThan(5000)
    const first = Math.min(...ids)
    expect(first).toBeLessThan(10)
    expect([...ids].sort((a, b) => a - b)).toEqual(from(first, 3999))
  },
)

it.each([-5, 0, 5])('with a clock that is %i minutes ahead the newest lines are those of now', async (minutes) => {
  const {ids} = await tailed(minutes, {lines: 20, follow: false})
  expect(ids).toHaveLength(20)
  expect(Math.max(...ids)).toBeGreaterThan(1980)
  const {ids: all} = await tailed(minutes, {since: '1m', follow: false})
  expect(all.length).toBeGreaterThan(180)
})

it.each([-5, 5])('with a clock that is %i minutes ahead a search looks up to the present', async (minutes) => {
  const {site} = machine(minutes)
  const asked = {since: '10m', engine: 'filter'}
  const wantedAt = (now: number) => wantedOf('line', asked, {now, onScreen: false})
  const {search} = await prepareSearch([site], wantedAt, {group: ['g']}, {say() {}, onScreen: false, stands() {}})
  expect(Math.abs(search.to - START)).toBeLessThan(2000)
  expect(search.to - search.from).toBe(10 * MINUTE)
})

it.each([
  ['put forward', (at: number) => (at > START + 3 * MINUTE ? 5 : 0)],
  ['put right', (at: number) => (at > START + 3 * MINUTE ? 0 : -5)],
  ['put back', (at: number) => (at > START + 3 * MINUTE ? -5 : 0)],
])('loses no line when the clock is %s meanwhile', async (_, minutes) => {
  const {ids} = await tailed(minutes, {since: '1m', for: 12 * MINUTE})
  expect([...ids].sort((a, b) => a - b)).toEqual(from(Math.min(...ids), 3999))
})

it('does not wait for the time of an AWS that only throttles', async () => {
  const throttle = () => {
    throw Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'})
  }
  const {ended} = await tailed(0, {since: '10m', for: MINUTE}, throttle)
  expect(ended).toBeLessThan(START + MINUTE + 15_000)
})

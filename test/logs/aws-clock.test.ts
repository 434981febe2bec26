import {expect, it} from 'vitest'

import {prepareTail} from '../../src/log-access.js'
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

/** fb on a machine whose clock is so many minutes ahead of AWS's. */
async function tailed(minutes: number, asked: {since?: string; lines?: number; for?: number; follow?: boolean}) {
  const aws = manualClock(START)
  const clock = {...aws, now: () => new Date(aws.now().getTime() + minutes * MINUTE)}
  const weather = {size: () => 100, latency: () => 50, trouble: 0}
  const {read} = cloudWatch(story, aws, weather, randomOf(1))
  const page: typeof read = async (query) => ({
    ...(await read(query)),
    answered: Math.floor(aws.now().getTime() / 1000) * 1000,
  })
  const site = {
    settings: {services: {v1: {health: '/health'}}},
    service: 'v1',
    environment: {region: 'us-east-1'},
    connection: {signal: new AbortController().signal},
    clock,
    adapters: new Map([['logs', Promise.resolve({page})]]),
  } as unknown as Site
  const hearer = {onScreen: false, attended: false, json: false, say() {}}
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

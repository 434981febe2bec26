import {expect, test} from 'vitest'
import {clientsOf, deployTag, type Look, look, manual, weights} from './account.js'

const linear = 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes'

/** The real run of 2026-08-08: linear 10 % per minute, test listener, termination wait 5 min. */
const recorded: {second: number; first?: boolean; is: string; seen: (look: Look, id: string) => boolean}[] = [
  {second: 3, is: 'Created', seen: ({info, sets}) => info.status === 'Created' && sets.length === 1},
  {
    second: 4.5,
    is: 'Install in progress with a new task set',
    seen: ({info, events, sets}, id) =>
      info.status === 'InProgress' &&
      events.join() === 'Succeeded,InProgress,Pending,Pending,Pending,Pending,Pending,Pending' &&
      sets.some((set) => set.externalId === id && set.status === 'ACTIVE'),
  },
  {
    second: 117,
    is: 'the test listener on green while production is on blue',
    seen: (seen, id) => {
      const green = seen.sets.find((set) => set.externalId === id)?.loadBalancers?.[0]?.targetGroupArn
      return seen.test[0]!.TargetGroupArn === green && weights(seen, id).blue === 100
    },
  },
  {
    second: 140,
    first: true,
    is: '10/90',
    seen: (seen, id) => weights(seen, id).green === 10 && seen.events[6] === 'InProgress',
  },
  ...[20, 30, 40, 50, 60, 70, 80, 90].map((green, i) => ({
    second: 200 + i * 60,
    first: true,
    is: `${green}/${100 - green}`,
    seen: (seen: Look, id: string) => weights(seen, id).green === green,
  })),
  {
    second: 692,
    first: true,
    is: '100/0',
    seen: (seen, id) => weights(seen, id).green === 100 && seen.info.status === 'InProgress',
  },
  {
    second: 761,
    is: 'in progress, all eight events succeeded, both task sets whole',
    seen: ({info, events, sets}, id) =>
      info.status === 'InProgress' &&
      info.instanceTerminationWaitTimeStarted === true &&
      events.length === 8 &&
      events.every((status) => status === 'Succeeded') &&
      sets.length === 2 &&
      sets.every((set) => set.scale?.value === 100 && set.stabilityStatus === 'STEADY_STATE') &&
      sets.find((set) => set.status === 'PRIMARY')?.externalId === id,
  },
  {
    second: 976,
    first: true,
    is: 'Succeeded, blue draining',
    seen: ({info, sets}) =>
      info.status === 'Succeeded' && sets.some((set) => set.status === 'DRAINING' && set.scale?.value === 0),
  },
]

test('a linear deployment follows the recorded real one within 30 seconds', async () => {
  const sandbox = manual()
  sandbox.configure({terminationMinutes: 5})
  const clients = clientsOf(sandbox)
  const id = await deployTag(clients, '1.1.0', {deploymentConfigName: linear})
  const begun = sandbox.clock.now().getTime()
  const moments: {second: number; seen: boolean[]}[] = []
  for (let second = 0; second <= 1020; second += second < 10 ? 0.5 : 4) {
    await sandbox.clock.sleep(begun + second * 1000 - sandbox.clock.now().getTime())
    const now = await look(clients, id)
    moments.push({second, seen: recorded.map((row) => row.seen(now, id))})
  }
  const deviations = recorded.map((row, i) => {
    const when = moments.filter(({seen}) => seen[i]).map(({second}) => second)
    const off = (row.first ? when.slice(0, 1) : when).map((second) => Math.abs(second - row.second))
    return {is: row.is, seconds: Math.min(...off, Infinity)}
  })
  expect(deviations.filter(({seconds}) => seconds > 30)).toEqual([])
  expect(Math.max(...deviations.map(({seconds}) => seconds))).toBeLessThanOrEqual(30)
})

test('without a test listener only six lifecycle events are listed', async () => {
  const sandbox = manual()
  sandbox.configure({testListener: false})
  const clients = clientsOf(sandbox)
  const id = await deployTag(clients, '1.1.0')
  sandbox.advance(5000)
  const {target, test} = await look(clients, id)
  expect(target!.lifecycleEvents!.map((event) => event.lifecycleEventName)).toEqual([
    'BeforeInstall',
    'Install',
    'AfterInstall',
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
  ])
  expect(test).toEqual([])
})

test('the targets of the new version go from initial to healthy, those of the old one drain and vanish', async () => {
  const sandbox = manual()
  const clients = clientsOf(sandbox)
  const id = await deployTag(clients, '1.1.0', {deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce'})
  const seen: string[] = []
  for (let i = 0; i < 120; i++) {
    const {health} = await look(clients, id)
    const states = health.map(({states}) => [...new Set(states)].join('+') || 'none').join(' ')
    if (seen.at(-1) !== states) seen.push(states)
    sandbox.advance(i < 40 ? 5000 : 20_000)
  }
  expect(seen).toEqual(['healthy none', 'healthy initial', 'healthy healthy', 'draining healthy', 'none healthy'])
})

import {describe, expect, it} from 'vitest'

import {type MigrationAws, migrate} from '../../src/deploy/migration.js'
import {type OneOffState, oneOffOf, runOneOff, type Seen, startedByName} from '../../src/deploy/one-off.js'
import type {TaskSet} from '../../src/deploy/service.js'
import type {Event} from '../../src/events.js'
import {deployment} from '../support/deployments.js'

const options = {'awslogs-group': '/ecs/app', 'awslogs-stream-prefix': 'ecs'}
const definition = {
  family: 'app',
  containerDefinitions: [{name: 'app', image: 'x', logConfiguration: {logDriver: 'awslogs', options}}],
}
const primary = {network: {subnets: ['s']}, capacityProviders: []} as unknown as TaskSet
const wanted = oneOffOf({arn: 'app:4', definition}, primary, {command: ['ls'], startedBy: 'me', container: 'app'})
const patience = {howToStop: (id: string) => [`stop ${id}`]}

const at = (seconds: number) => new Date(seconds * 1000)
const running: OneOffState = {status: 'RUNNING', startedAt: at(10), reason: ''}
const stopped: OneOffState = {status: 'STOPPED', startedAt: at(10), stoppedAt: at(30), exitCode: 0, reason: 'ended'}
const seen = (seconds: number, task: OneOffState | undefined, log: string[], more: Partial<Seen> = {}): Seen => ({
  at: at(seconds),
  task,
  log,
  stale: [],
  ...more,
})

function fake(readings: Seen[], more: Partial<MigrationAws> = {}) {
  const stops: string[] = []
  const aws: MigrationAws = {
    inFlight: async () => undefined,
    startTask: async () => ({id: 'task-1'}),
    startedBy: async () => [],
    stopTask: async (id) => void stops.push(id),
    async *followTask() {
      yield* readings
      throw new Error('read on and on')
    },
    ...more,
  }
  return {aws, stops}
}

async function drained<Result>(run: AsyncGenerator<Event, Result, void>) {
  const events: Event[] = []
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {events, ended: value}
    events.push(value)
  }
}

const outputs = (events: Event[]) => events.flatMap((event) => (event.type === 'output' ? [event.text] : []))

describe('a command in a task of its own', () => {
  it('writes to the stream of its own task', () => {
    expect({...wanted.log, stream: wanted.log?.stream('abc')}).toEqual({group: '/ecs/app', stream: 'ecs/app/abc'})
  })

  it('is found by who started it, in letters that ECS takes', () => {
    expect(startedByName('fb-run', 'ana@example.com')).toBe('fb-run/ana-example-com')
    expect(startedByName('x', 'y'.repeat(200))).toHaveLength(128)
  })

  it('tells each line once, equal ones too, and those that come after its end', async () => {
    const {aws} = fake([
      seen(1, undefined, []),
      seen(12, running, ['a']),
      seen(14, running, ['a', 'a', 'b']),
      seen(31, stopped, ['a', 'a', 'b']),
      seen(35, stopped, ['a', 'a', 'b', 'late']),
      seen(39, stopped, ['a', 'a', 'b', 'late']),
      seen(41, stopped, ['a', 'a', 'b', 'late']),
    ])
    const {events, ended} = await drained(runOneOff(aws, wanted, 'run', patience))
    expect(outputs(events)).toEqual(['a', 'a', 'b', 'late'])
    expect(ended).toMatchObject({task: 'task-1', exitCode: 0, tookMs: 20_000, log: ['a', 'a', 'b', 'late']})
  })

  it('is read to the end of its log, however long after its own end that is', async () => {
    const lines = (n: number) => Array.from({length: n}, String)
    const late = [31, 36, 41, 46, 51, 56].map((s, i) => seen(s, stopped, lines(i + 1)))
    const {aws} = fake([...late, seen(62, stopped, lines(6))])
    expect((await drained(runOneOff(aws, wanted, 'run', patience))).ended.log).toHaveLength(6)
  })

  it('has no exit code when it never started, and is not waited for', async () => {
    const never = {status: 'STOPPED', stoppedAt: at(20), reason: 'CannotPullContainerError'}
    const {ended} = await drained(runOneOff(fake([seen(20, never, [])]).aws, wanted, 'run', patience))
    expect(ended).toEqual({task: 'task-1', exitCode: undefined, reason: 'CannotPullContainerError', log: []})
  })

  it('has none either when ECS starts no task', async () => {
    const {aws} = fake([], {startTask: async () => ({refused: 'RESOURCE:ENI'})})
    const {ended} = await drained(runOneOff(aws, wanted, 'run', patience))
    expect(ended).toEqual({reason: 'ECS started no task: RESOURCE:ENI', log: []})
  })

  it('says once what cannot be read of it, and goes on', async () => {
    const blind = {stale: [{read: 'log', reason: 'Throttled.'}]}
    const {aws} = fake([seen(12, running, [], blind), seen(14, running, [], blind), seen(60, stopped, [], blind)])
    const {events, ended} = await drained(runOneOff(aws, wanted, 'run', patience))
    expect(events.filter(({type}) => type === 'note')).toEqual([
      {type: 'note', text: 'cannot read its log, trying again: Throttled.'},
    ])
    expect(ended.exitCode).toBe(0)
  })

  it('says from its start on that it goes on, and how to stop it; giving up leaves it alone', async () => {
    const {aws, stops} = fake([seen(61, running, [])])
    const run = runOneOff(aws, wanted, 'run', {...patience, deadline: at(60)})
    expect((await run.next()).value).toEqual({
      type: 'stands',
      state: 'Task task-1 goes on in AWS.',
      next: ['stop task-1'],
    })
    await expect(drained(run)).rejects.toMatchObject({exitCode: 8})
    expect(stops).toEqual([])
  })
})

describe('a migration', () => {
  const release = {number: 4, taskDefinitionArn: 'app:4', image: 'x'}
  const planned = {
    definition,
    primary,
    container: 'app',
    previous: {number: 3, taskDefinitionArn: 'app:3', image: 'x'},
    migration: 'alembic upgrade head',
    scene: {names: {family: 'app'}} as never,
  }

  it('goes by the exit code, and says what had happened when it is not 0', async () => {
    const failed = {...stopped, exitCode: 1}
    const log = ['noise', 'Traceback (most recent call last):', 'KeyError']
    const {aws} = fake([seen(60, failed, log), seen(70, failed, log)])
    await expect(drained(migrate(aws, release, planned, patience))).rejects.toMatchObject({
      exitCode: 1,
      code: 'migration_failed',
      because: ['It ran: alembic upgrade head', 'Traceback (most recent call last):', 'KeyError'],
      state: 'v3 serves as before. Release 4 is registered, and no deployment of it was started.',
    })
  })

  it('does not begin while another one is under way', async () => {
    let begun = false
    const startTask = async () => {
      begun = true
      return {id: 'task-1'}
    }
    const {aws} = fake([], {startTask, startedBy: async () => ['task-0']})
    await expect(drained(migrate(aws, release, planned, patience))).rejects.toMatchObject({
      exitCode: 5,
      message: 'Another migration is running: task task-0.',
    })
    expect(begun).toBe(false)
  })

  it('that began together with another is stopped unless it is the first', async () => {
    const answers = [[], ['task-0', 'task-1']]
    const {aws, stops} = fake([], {startedBy: async () => answers.shift()!})
    await expect(drained(migrate(aws, release, planned, patience))).rejects.toMatchObject({exitCode: 5})
    expect(stops).toEqual(['task-1'])
    const first = fake([seen(60, stopped, [])], {startedBy: async () => [[], ['task-1', 'task-2']].at(calls++)!})
    let calls = 0
    const {ended} = await drained(migrate(first.aws, release, planned, patience))
    expect({ended, stops: first.stops}).toMatchObject({ended: {exitCode: 0}, stops: []})
  })
  it('does not begin while a deployment moves traffic, and is stopped when one began with it', async () => {
    const refusal = {exitCode: 5, code: 'busy', message: expect.stringContaining('d-1')}
    const late = [undefined, deployment('InProgress')]
    for (const [inFlight, wanted] of [
      [async () => deployment('InProgress'), []],
      [async () => late.shift(), ['task-1']],
    ] as const) {
      const started: string[] = []
      const {aws, stops} = fake([], {
        inFlight,
        startTask: async () => {
          started.push('task-1')
          return {id: 'task-1'}
        },
      })
      await expect(drained(migrate(aws, release, planned, patience))).rejects.toMatchObject({
        ...refusal,
        state: 'Release 4 is registered, and no deployment of it was started.',
      })
      expect({started, stops}).toEqual({started: wanted, stops: wanted})
    }
  })
})

import {expect, it} from 'vitest'

import type {Task} from '../../src/deploy/service.js'
import {TaskWatch} from '../../src/logs/task-watch.js'
import {zoneOf} from '../../src/logs/zone.js'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 14, 0, second))

const task = (id: string, more: Partial<Task> = {}): Task => ({id, taskDefinition: 'arn/v1:4', containers: [], ...more})

/** What is said when ECS answers so, one look after the other. */
async function said(looks: ((status: string) => Task[])[]) {
  const lines: string[] = []
  const left = [...looks]
  let answer = left.shift()!
  const tasks = async (status: string) => answer(status)
  const watch = new TaskWatch({tasks}, zoneOf('utc'), (text) => lines.push(text))
  await watch.running()
  for (const look of left) {
    answer = look
    await watch.running()
  }
  return lines
}

const out = {name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage'}
const stoppedReason = 'Essential container in task exited'

it.each<[string, Partial<Task>, string]>([
  [
    'its container, once',
    {stopCode: 'EssentialContainerExited', stoppedReason, containers: [out]},
    'OutOfMemoryError: Container killed due to memory usage (exit 137)',
  ],
  [
    'whose container it was, of several',
    {
      stopCode: 'EssentialContainerExited',
      stoppedReason,
      containers: [
        {name: 'app', exitCode: 1},
        {name: 'otel', exitCode: 0},
      ],
    },
    'app exit 1',
  ],
  [
    'what ECS says, when it was ECS',
    {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
      containers: [{name: 'app', exitCode: 143}],
    },
    'Scaling activity initiated by (deployment ecs-svc/1)',
  ],
  ['what is known, when there is nothing else', {stopCode: 'UserInitiated'}, 'UserInitiated'],
])('says of a task that stopped when and why: %s', async (_, more, because) => {
  const stopped = task('0123456789', {endedAt: at(7), stoppedAt: at(9), ...more})
  const lines = await said([() => [task('0123456789')], (status) => (status === 'RUNNING' ? [] : [stopped])])
  expect(lines).toEqual([`- 14:00:07 task 01234567 (v4) stopped: ${because}`])
})

it('says which tasks start, and nothing of those that ran before', async () => {
  const known = task('aaaaaaaaaa')
  const lines = await said([() => [known], () => [known, task('bbbbbbbbbb', {startedAt: at(3)})]])
  expect(lines).toEqual(['+ 14:00:03 task bbbbbbbb (v4) started'])
})

it('says once that tasks are not seen, and that they are seen again', async () => {
  const denied = () => {
    throw Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'})
  }
  const lines = await said([() => [task('aaaaaaaaaa')], denied, denied, () => [task('bbbbbbbbbb')]])
  expect(lines).toEqual([
    expect.stringMatching(/^Tasks that start and stop are not seen: AWS is throttling/),
    'Tasks that start and stop are seen again.',
    '+ task bbbbbbbb (v4) started',
    '- task aaaaaaaa (v4) stopped',
  ])
})

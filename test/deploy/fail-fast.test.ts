import {expect, it} from 'vitest'

import type {Signs} from '../../src/deploy/diagnose.js'
import {isProof} from '../../src/deploy/fail-fast.js'
import type {Task} from '../../src/deploy/service.js'

/** A task that lived from `began` to `ended`, in seconds. */
const task = (began: number, ended: number, more: Partial<Task>): Task => ({
  id: `t${began}`,
  taskDefinition: 'td',
  startedBy: 'ecs-svc/2',
  createdAt: new Date(began * 1000),
  stoppedAt: new Date(ended * 1000),
  containers: [{name: 'app'}],
  ...more,
})
const exit = (began: number, ended: number, exitCode: number, reason?: string) =>
  task(began, ended, {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{name: 'app', exitCode, reason}],
  })
const notStarted = (began: number, ended: number, stoppedReason: string) =>
  task(began, ended, {stopCode: 'TaskFailedToStart', stoppedReason})
const killed = (began: number, ended: number) =>
  task(began, ended, {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Task failed ELB health checks in (target-group x)',
  })

const proven = (...stopped: Task[]) => {
  const signs: Signs = {container: {name: 'app', image: 'repo:1'}, stopped, unhealthy: [], events: [], logs: []}
  return isProof(signs)
}

const PULL = 'CannotPullContainerError: repo:1: not found'
const SECRET = 'ResourceInitializationError: unable to pull secrets or registry auth: invalid ssm parameters: /a/B'
const UNREACHED = 'CannotPullContainerError: dial tcp 3.5.29.98:443: i/o timeout'

it.each([
  ['an image that AWS does not find, twice', [notStarted(0, 30, PULL), notStarted(1, 31, PULL)]],
  ['a secret that AWS does not find, twice', [notStarted(0, 30, SECRET), notStarted(1, 31, SECRET)]],
  ['a command that does not exist, twice', [exit(0, 30, 127), exit(1, 31, 127)]],
  ['a start-up that failed, and failed again', [exit(0, 30, 3), exit(35, 60, 3)]],
  [
    'a second attempt that ECS began while the first task was being taken down',
    [{...exit(0, 60, 3), endedAt: new Date(30_000)}, exit(35, 90, 3)],
  ],
  ['two tasks that the health checks gave all their time', [killed(0, 150), killed(1, 151)]],
  ['three failures in two attempts', [exit(0, 30, 1), exit(0, 30, 139), exit(35, 60, 1)]],
  [
    'an image out of reach in three tasks and two attempts',
    [notStarted(0, 30, UNREACHED), notStarted(0, 30, UNREACHED), notStarted(35, 60, UNREACHED)],
  ],
])('%s is proof', (_, tasks) => {
  expect(proven(...tasks)).toBe(true)
})

it.each([
  ['nothing', []],
  ['one failure', [notStarted(0, 30, PULL)]],
  ['two different reasons', [notStarted(0, 30, PULL), notStarted(0, 30, SECRET)]],
  [
    'a start-up that failed in tasks of the same moment, as when the database is away',
    [exit(0, 30, 3), exit(1, 31, 3)],
  ],
  ['many failures of one moment', [0, 1, 2, 3, 4].map((began) => exit(began, 30 + began, 1))],
  ['an image out of reach for a moment', [notStarted(0, 30, UNREACHED), notStarted(1, 31, UNREACHED)]],
  [
    'tasks that AWS took back',
    [0, 40, 80].map((began) =>
      task(began, began + 30, {stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.'}),
    ),
  ],
  [
    'a shortage of AWS',
    [0, 40, 80].map((began) => notStarted(began, began + 30, 'Capacity is unavailable at this time.')),
  ],
])('%s is no proof', (_, tasks) => {
  expect(proven(...tasks)).toBe(false)
})

import {expect, it} from 'vitest'

import {diagnose, type Facts} from '../../src/deploy/diagnose.js'
import type {Task} from '../../src/deploy/service.js'

const deployment = {
  id: 'd-1',
  status: 'Failed',
  creator: 'user',
  config: 'c',
  createdAt: new Date(0),
  terminationStarted: false,
  terminationMinutes: 5,
  error: {
    code: 'TIMEOUT',
    message: 'The deployment timed out while waiting for the replacement task set to become healthy.',
  },
}
const task = (more: Partial<Task>): Task => ({
  id: 't1',
  taskDefinition: 'td',
  containers: [{name: 'app'}],
  ...more,
})
const facts = (more: Partial<Facts>): Facts => ({
  deployment,
  container: {name: 'app', image: 'repo:1'},
  stopped: [],
  unhealthy: [],
  alarms: [],
  events: [],
  lifecycle: [],
  logs: [],
  ...more,
})
const exited = (exitCode: number, reason?: string) =>
  task({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{name: 'app', exitCode, reason}],
  })

it.each<[string, Partial<Facts>, string, RegExp]>([
  [
    'a missing image',
    {stopped: [task({stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: not found'})]},
    'image_pull',
    /cannot be pulled: repo:1/,
  ],
  [
    'a missing secret',
    {
      stopped: [
        task({
          stopCode: 'TaskFailedToStart',
          stoppedReason: 'ResourceInitializationError: unable to pull secrets or registry auth',
        }),
      ],
    },
    'secrets',
    /secret/,
  ],
  [
    'a missing log group',
    {stopped: [task({stoppedReason: 'ResourceInitializationError: failed to validate logger args'})]},
    'log_group',
    /log group/,
  ],
  [
    'too little memory',
    {stopped: [exited(137, 'OutOfMemoryError: Container killed due to memory usage')]},
    'out_of_memory',
    /out of memory/,
  ],
  [
    'another processor',
    {stopped: [exited(1)], logs: ['exec /app: exec format error']},
    'platform',
    /another processor/,
  ],
  [
    'a failed start-up',
    {stopped: [exited(3)], logs: ['Traceback (most recent call last):', '  File "a.py"', 'ValueError: no']},
    'exit_3',
    /exit 3\): ValueError: no/,
  ],
  ['a bad import path', {stopped: [exited(4)]}, 'exit_4', /import/],
  ['a missing command', {stopped: [exited(127)]}, 'exit_127', /does not exist/],
  [
    'a health check',
    {
      unhealthy: [
        {id: '1', port: 1, state: 'unhealthy', reason: 'Target.ResponseCodeMismatch', description: 'codes: [404]'},
      ],
    },
    'unhealthy',
    /codes: \[404\]/,
  ],
  [
    'an alarm',
    {deployment: {...deployment, error: {code: 'ALARM_ACTIVE', message: 'Activated alarms: <5xx>'}}},
    'alarm',
    /alarm 5xx fired/,
  ],
  [
    'a hook',
    {
      deployment: {...deployment, error: {code: 'HOOK_EXECUTION_FAILURE', message: 'one or more failed'}},
      lifecycle: [{name: 'BeforeAllowTraffic', status: 'Failed', message: 'smoke test got 500'}],
    },
    'hook',
    /the hook at BeforeAllowTraffic said no: smoke test got 500/,
  ],
  [
    'a hook that never answers',
    {lifecycle: [{name: 'AfterAllowTestTraffic', status: 'Failed'}]},
    'hook',
    /the hook at AfterAllowTestTraffic did not answer/,
  ],
  ['a person', {deployment: {...deployment, status: 'Stopped', error: undefined}}, 'stopped', /somebody stopped/],
  ['nothing else known', {}, 'timeout', /timed out/],
])('finds %s', (_, seen, code, summary) => {
  expect(diagnose(facts(seen))).toMatchObject({code, summary: expect.stringMatching(summary)})
})

it('counts equal reasons and says since when', () => {
  const stopped = [1, 2, 3].map((n) => ({...exited(3), id: `t${n}`, stoppedAt: new Date(n * 1000)}))
  expect(diagnose(facts({stopped})).evidence).toContainEqual({
    source: 'ecs:DescribeTasks',
    message: 'EssentialContainerExited · Essential container in task exited · app exit 3',
    count: 3,
    since: new Date(1000),
  })
})

it('shows the last traceback, not what came before it', () => {
  const logs = [
    'Traceback (most recent call last):',
    'KeyError: 1',
    'INFO: ok',
    'Traceback (most recent call last):',
    '  File "b.py"',
    'ValueError: 2',
  ]
  expect(diagnose(facts({stopped: [exited(1)], logs})).logs).toEqual(logs.slice(3))
})

it('leaves out how the application shuts down when ECS had it end, and shows it when it ended by itself', () => {
  const logs = ['GET /health 404', 'INFO:     Shutting down', 'INFO:     Finished server process [1]']
  const logsOf = (stopCode: string) => diagnose(facts({stopped: [{...exited(1), stopCode}], logs})).logs
  expect(logsOf('ServiceSchedulerInitiated')).toEqual(logs.slice(0, 1))
  expect(logsOf('EssentialContainerExited')).toEqual(logs)
})

it('does not blame the new version for an alarm that was firing already', () => {
  const stopped = {
    ...deployment,
    createdAt: new Date(5000),
    error: {code: 'ALARM_ACTIVE', message: 'Activated alarms: <5xx>'},
  }
  const alarms = [{name: '5xx', state: 'ALARM', since: new Date(1000)}]
  expect(diagnose(facts({deployment: stopped, alarms})).summary).toBe('alarm 5xx was firing before it began')
})

it('does not take a task for trouble that has ended as it was told', async () => {
  const {troubled} = await import('../../src/deploy/stopped.js')
  expect(troubled([exited(143), exited(3)])).toEqual([exited(3)])
})

it.each<[string, string, Partial<Facts>, RegExp]>([
  [
    'a path that is not there',
    'Health checks failed with these codes: [404]',
    {},
    /^GET \/health must answer 200: .*does not exist/,
  ],
  ['a path behind a login', 'Health checks failed with these codes: [401]', {}, /asks for a login/],
  [
    'a server in its own container only',
    'Request timed out',
    {logs: ['INFO:     Uvicorn running on http://127.0.0.1:8000']},
    /^listen on 0\.0\.0\.0/,
  ],
])('says how to mend %s', (_, description, more, fix) => {
  const unhealthy = [{id: '1', port: 1, state: 'unhealthy', description}]
  const healthCheck = {path: '/health', matcher: '200'}
  expect(diagnose(facts({unhealthy, healthCheck, ...more})).fix).toMatch(fix)
})

it('shows first what was changed and the evidence speaks of', () => {
  const changes = [
    {what: 'cpu', before: '256', after: '512'},
    {what: 'env DATABASE_URL', before: 'x'},
  ]
  const logs = ['Traceback (most recent call last):', '  File "a.py"', "KeyError: 'DATABASE_URL'"]
  expect(diagnose(facts({stopped: [exited(1)], logs, changes})).changes.map(({what}) => what)).toEqual([
    'env DATABASE_URL',
    'cpu',
  ])
})

it('ends a traceback with its error, and the lines that the error has of its own', () => {
  const traceback = [
    'Traceback (most recent call last):',
    '  File "b.py"',
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings',
    'database_url',
    '  Field required',
  ]
  const logs = ['Traceback (most recent call last):', 'KeyError: 1', '', ...traceback, 'INFO:     ended']
  expect(diagnose(facts({stopped: [exited(1)], logs})).logs).toEqual(traceback)
})

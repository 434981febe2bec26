import {expect, it, vi} from 'vitest'

import {manual} from '../sandbox/account.js'
import {adaptersOf, deployed} from '../support/deployed.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const failing = (fault: string) => {
  const sandbox = manual()
  sandbox.fault(fault)
  return sandbox
}

/** A deployment that is over after an hour of AWS time, of which all but the first minutes are passed over. */
const afterAnHour = (sandbox: ReturnType<typeof manual>, ms = 2 * MINUTE) => {
  const until = sandbox.clock.now().getTime() + ms
  let jumped = false
  return () => {
    if (jumped || sandbox.clock.now().getTime() < until) return
    jumped = true
    sandbox.advance(55 * MINUTE)
  }
}

it('announces that it stops, and why, ten seconds before it does', async () => {
  const sandbox = failing('bad-image')
  const said: {text: string; at: number}[] = []
  const {outcome} = await deployed(sandbox, {
    seen: (event) => event.type === 'note' && said.push({text: event.text, at: sandbox.clock.now().getTime()}),
  })
  const announced = said.find(({text}) => /2 tasks of v4 have failed and none was ever healthy: fb stops/.test(text))!
  expect(announced.text).toContain('in 10s (--no-fail-fast lets it go on)')
  expect(outcome.deployment!.stoppedAt!.getTime() - announced.at).toBeGreaterThanOrEqual(10_000)
  expect(said.at(-1)!.text).toMatch(/^fb has told CodeDeploy to stop d-\w+ and to roll it back\.$/)
})

it('lets it go on, and asks no more, when a person presses the key', async () => {
  const sandbox = failing('bad-image')
  let end = 0
  const {outcome, notes} = await deployed(sandbox, {
    hear(key, heard) {
      expect(key).toBe('k')
      heard()
      return () => end++
    },
    seen: afterAnHour(sandbox),
  })
  expect(outcome).toMatchObject({result: 'rolled_back', failure: {code: 'image_pull'}})
  expect(outcome.deployment!.stoppedAt).toBeUndefined()
  expect(outcome.deployment!.status).toBe('Failed')
  expect(notes.filter((note) => note.includes('fb stops'))).toEqual([
    expect.stringContaining('press k to let it go on'),
  ])
  expect(notes).toContain('It goes on: fb does not stop it any more.')
  expect(end).toBe(1)
})

it('gives notice anew, and stops it, when somebody looks up at the notice and keeps watching', async () => {
  const signals = [new AbortController(), new AbortController()]
  let interruptions = 0
  const {outcome, notes} = await deployed(failing('bad-image'), {
    steering: {
      listen: () => signals[interruptions]!.signal,
      async atInterrupt() {
        interruptions++
        return 'watch'
      },
    },
    seen: (event) => event.type === 'note' && event.text.includes('fb stops') && signals[0]!.abort(),
  })
  expect(interruptions).toBe(1)
  expect(notes.filter((note) => note.includes('fb stops'))).toHaveLength(2)
  expect(outcome).toMatchObject({result: 'rolled_back', deployment: {stoppedAt: expect.any(Date)}})
})

it('never stops anything without being asked to', async () => {
  const sandbox = failing('bad-image')
  const {outcome, notes} = await deployed(sandbox, {failFast: false, seen: afterAnHour(sandbox)})
  expect(outcome.deployment).toMatchObject({status: 'Failed', stoppedAt: undefined})
  expect(notes.join()).not.toContain('fb stops')
  expect(notes).toContainEqual(expect.stringMatching(/^v4: the image cannot be pulled/))
})

it.each(['tasks', 'targets', 'service'] as const)(
  'does not stop while %s cannot be read, however bad it looked before',
  async (name) => {
    const sandbox = failing('exit-1')
    const aws = adaptersOf(sandbox)
    const since = sandbox.clock.now().getTime()
    const denied = async () => {
      const old = sandbox.clock.now().getTime() - since
      if (old > 45_000 && old < 3 * MINUTE)
        throw Object.assign(new Error('Rate exceeded'), {name: 'ThrottlingException'})
    }
    const flaky = {
      ...aws,
      [name]: async (argument: never) => denied().then(() => (aws[name] as (given: never) => unknown)(argument)),
    }
    const {outcome} = await deployed(sandbox, {aws: flaky as typeof aws})
    expect(outcome.deployment!.stoppedAt!.getTime() - since).toBeGreaterThan(3 * MINUTE)
    expect(outcome).toMatchObject({result: 'rolled_back', failure: {code: 'exit_1'}})
  },
)

it('goes on watching when it may not stop it', async () => {
  const sandbox = failing('bad-image')
  const aws = adaptersOf(sandbox)
  const error = Object.assign(new Error('not authorized to perform: codedeploy:StopDeployment'), {
    name: 'AccessDeniedException',
    $metadata: {},
  })
  const stop = vi.fn().mockRejectedValue(error)
  const {outcome, notes} = await deployed(sandbox, {aws: {...aws, stop}, seen: afterAnHour(sandbox)})
  expect(notes).toContainEqual(
    expect.stringMatching(
      /^fb could not stop d-\w+, it goes on in AWS: Your role may not call codedeploy:StopDeployment\.$/,
    ),
  )
  expect(stop).toHaveBeenCalledTimes(1)
  expect(outcome).toMatchObject({result: 'rolled_back', deployment: {status: 'Failed', stoppedAt: undefined}})
})

it('asks for a rollback of what it stops, and of nothing else', async () => {
  const sandbox = failing('bad-image')
  const aws = adaptersOf(sandbox)
  const stop = vi.fn(aws.stop)
  const {outcome} = await deployed(sandbox, {aws: {...aws, stop}})
  expect(stop.mock.calls).toEqual([[outcome.deployment!.id, {rollback: true}]])
})

it('notes with the release who stopped it and why, and goes on when that cannot be kept', async () => {
  const kept = failing('bad-image')
  const aws = adaptersOf(kept)
  const {outcome} = await deployed(kept, {aws})
  const {tags} = await aws.taskDefinition(outcome.release.taskDefinitionArn)
  expect(tags['fb:rolled-back']).toMatch(/^d-\w+ by ops: fb: cannot succeed: the image cannot be pulled/)
  const denied = failing('bad-image')
  const retag = () => Promise.reject(new Error('not today'))
  const unkept = await deployed(denied, {aws: {...adaptersOf(denied), retag}})
  expect(unkept.outcome).toMatchObject({result: 'rolled_back', deployment: {stoppedAt: expect.any(Date)}})
  expect(unkept.notes.at(-1)).toMatch(/^Why it was stopped could not be noted with the release: .*not today/)
})

it('follows a stop that CodeDeploy takes ten minutes for', async () => {
  const sandbox = failing('bad-image')
  sandbox.fault('stop-refused')
  const {outcome} = await deployed(sandbox)
  expect(outcome).toMatchObject({result: 'rolled_back', failure: {code: 'image_pull'}})
})

it('blames green for nothing that happens to other tasks', async () => {
  const sandbox = manual()
  const aws = adaptersOf(sandbox)
  const others = (await aws.tasks('RUNNING')).flatMap((task) =>
    [0, 1, 2].map((n) => ({
      ...task,
      id: `${task.id}${n}`,
      createdAt: sandbox.clock.now(),
      stoppedAt: sandbox.clock.now(),
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: not found',
    })),
  )
  const tasks = async (status: 'RUNNING' | 'STOPPED') => (status === 'STOPPED' ? others : aws.tasks(status))
  const {outcome, notes} = await deployed(sandbox, {aws: {...aws, tasks}})
  expect(outcome).toMatchObject({result: 'live', exitCode: 0})
  expect(notes.join()).not.toMatch(/cannot be pulled|fb stops/)
})

it('lets a deployment live whose tasks need a second attempt', async () => {
  const sandbox = manual()
  const aws = adaptersOf(sandbox)
  const green = async () => (await aws.service()).taskSets.find(({status}) => status === 'ACTIVE')
  const tasks = async (status: 'RUNNING' | 'STOPPED') => {
    const set = await green()
    if (status === 'RUNNING' || !set) return aws.tasks(status)
    const failed = {
      id: 'x',
      taskDefinition: set.taskDefinition,
      startedBy: set.id,
      createdAt: new Date(0),
      stoppedAt: new Date(1),
    }
    return [0, 1].map((n) => ({
      ...failed,
      id: `x${n}`,
      stopCode: 'EssentialContainerExited',
      containers: [{name: set.container, exitCode: 3}],
    }))
  }
  const {outcome, notes} = await deployed(sandbox, {aws: {...aws, tasks}})
  expect(outcome).toMatchObject({result: 'live'})
  expect(notes).toContain('v4: the application fails to start (exit 3)')
  expect(notes.join()).not.toContain('fb stops')
})

it('takes the notice back when a task is healthy after all', async () => {
  const sandbox = failing('bad-image')
  const aws = adaptersOf(sandbox)
  let announced = false
  const targets = async (group: string) => {
    const seen = await aws.targets(group)
    return announced ? [...seen, {id: '10.0.0.9', port: 8000, state: 'healthy'}] : seen
  }
  const {outcome, notes} = await deployed(sandbox, {
    aws: {...aws, targets},
    seen(event) {
      if (event.type === 'note' && event.text.includes('fb stops')) announced = true
      if (event.type === 'note' && event.text.startsWith('It goes on')) sandbox.advance(HOUR)
    },
  })
  expect(notes).toContain('It goes on: a task is healthy after all.')
  expect(outcome.deployment).toMatchObject({status: 'Failed', stoppedAt: undefined})
})

import {describe, expect, it} from 'vitest'

import {openParams} from '../support/params.js'

describe.concurrent('--restart', {timeout: 180_000}, () => {
  it('deploys what runs again; then every task has the new value', async (test) => {
    const {json} = openParams(test)
    const set = await json('set', ['SECRET_KEY', '--generate', '32', '--yes', '--restart'])
    expect(set).toMatchObject({code: 0, result: 'restarted', restarts: [{result: 'live', release: {number: 4}}]})
    const listed = await json('list', ['SECRET_KEY'])
    expect(listed['0']).toMatchObject({state: 'partial', tasks: 4, tasksOnOldValue: 2})
  })

  it('that fails is rolled back, and so is the value', async (test) => {
    const {json, run, value, sandbox} = openParams(test)
    const old = await value('SECRET_KEY')
    sandbox.fault('crash-loop')
    const {code, stdout} = await run('set', ['SECRET_KEY', '--generate', '32', '--yes', '--restart'])
    expect({code, stdout}).toEqual({code: 9, stdout: expect.stringContaining('SECRET_KEY v3: the old value again.')})
    expect(await value('SECRET_KEY')).toBe(old)
    expect((await json('history', ['SECRET_KEY']))['0']).toMatchObject({reason: 'restored from v1: its restart failed'})
  })

  it('that AWS does not let begin says that the value is written, and the way back', async (test) => {
    const {json, sandbox} = openParams(test)
    sandbox.fault('access-denied:CreateDeployment')
    const failed = await json('rollback', ['DATABASE_URL', '--yes', '--restart'])
    expect(failed).toMatchObject({
      code: 6,
      error: {code: 'restart_failed', message: expect.stringContaining('v1 is not restarted')},
    })
    expect((await json('history', ['DATABASE_URL']))['0']).toMatchObject({
      reason: 'restored from v2: its restart failed',
    })
  })

  it('is refused before anything is written while a deployment runs', async (test) => {
    const {fb, run, json} = openParams(test)
    await fb(['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes', '--wait', 'started'])
    expect(await run('set', ['SECRET_KEY', '--generate', '32', '--yes', '--restart'])).toMatchObject({code: 5})
    expect((await json('list', ['SECRET_KEY']))['0']).toMatchObject({version: 1})
  })
})

describe.concurrent('fb params link', {timeout: 180_000}, () => {
  it('is used up by the next deployment, and kept when that is rolled back', async (test) => {
    const {run, fb, sandbox, json} = openParams(test)
    expect(await run('link', ['LOG_LEVEL', '--as', 'LEVEL', '--yes'])).toMatchObject({code: 0})
    expect(await json('list', ['LOG_LEVEL'])).toMatchObject({0: {state: 'unused', linkedTo: [{variable: 'LEVEL'}]}})
    expect(await run('unset', ['LOG_LEVEL', '--yes'])).toMatchObject({code: 7})
    sandbox.fault('crash-loop')
    const deploy = (tag: string) =>
      fb(['deploy', '--env', 'sandbox', '--tag', tag, '--strategy', 'all-at-once', '--yes'])
    expect(await deploy('1.1.0')).toMatchObject({code: 9})
    sandbox.clearFaults()
    const {code, stderr} = await deploy('1.1.1')
    expect({code, stderr}).toEqual({code: 0, stderr: expect.stringMatching(/\+ secret LEVEL arn:aws:ssm:/)})
    const listed = await json('list', ['LOG_LEVEL'])
    expect(listed['0']).toMatchObject({usedBy: [{service: 'v1', variable: 'LEVEL'}]})
    const again = JSON.parse((await fb(['deploy', '--env', 'sandbox', '--tag', '1.1.1', '--dry-run', '--json'])).stdout)
    expect(again).toMatchObject({result: 'noop'})
  })

  it('of a parameter that is not there is refused', async (test) => {
    const {run} = openParams(test)
    expect(await run('link', ['NONE', '--yes'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no parameter NONE'),
    })
    expect(await run('unlink', ['LOG_LEVEL', '--yes'])).toMatchObject({code: 3})
  })

  it('undone before a deployment leaves nothing', async (test) => {
    const {run, fb} = openParams(test)
    await run('link', ['LOG_LEVEL', '--yes'])
    expect(await run('unlink', ['LOG_LEVEL', '--yes'])).toMatchObject({code: 0})
    const plan = JSON.parse((await fb(['deploy', '--env', 'sandbox', '--tag', '1.0.0', '--dry-run', '--json'])).stdout)
    expect(plan.changes ?? []).toEqual([])
  })
})

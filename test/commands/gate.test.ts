import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'

const MINUTE = 60_000
const site = ['--env', 'sandbox']
const deploy = (...more: string[]) => [
  'deploy',
  ...site,
  '--tag',
  '1.1.0',
  '--strategy',
  'all-at-once',
  '--yes',
  ...more,
]

/** A sandbox whose deployments wait half an hour for approval, and what CodeDeploy was told there. */
function gated() {
  const here = home()
  here.sandbox.fault('ready-gate:30')
  const told = () => {
    const {readyContinuedAt, terminationContinuedAt, stop} = JSON.parse(
      readFileSync(here.sandbox.file, 'utf8'),
    ).deployments.at(-1)
    return {
      approved: readyContinuedAt !== undefined,
      finished: terminationContinuedAt !== undefined,
      stopped: stop && {rollback: stop.rollback},
    }
  }
  const json = async (args: string[]) => {
    const {code, stdout, stderr} = await here.fb([...args, ...site, '--json'])
    return {code, stderr, ...JSON.parse(stdout)}
  }
  /** A deployment that waits, which nobody watches. */
  const waiting = async (tag = '1.1.0') => {
    const started = await json(['deploy', '--tag', tag, '--strategy', 'all-at-once', '--yes', '--wait', 'started'])
    here.sandbox.advance(5 * MINUTE)
    return started.deployment.id as string
  }
  return {...here, told, json, waiting}
}

describe('a deployment that waits for approval, where nobody can be asked', () => {
  it('goes on by itself when the smoke tests decide and have passed', async () => {
    const {fb, told} = gated()
    const smoke = ['--smoke', '/health', '--smoke', 'curl -sf "$FB_TEST_URL/health" | grep -q ":4"']
    const {code, stdout, stderr} = await fb(deploy(...smoke, '--approve', 'smoke', '--json'))
    expect({code, ...JSON.parse(stdout), told: told()}, stderr).toMatchObject({
      code: 0,
      result: 'live',
      traffic: {blue: 0, green: 100},
      told: {approved: true},
    })
    expect(stderr).toMatch(/waits for approval until \d\d:\d\d: fb approve · the new version answers at http:/)
    expect(stderr).toMatch(/GET \/health: done \(200 after \d+ ms\)/)
  })

  it('is rolled back by the first smoke test that fails, before any traffic has moved', async () => {
    const {fb, told} = gated()
    const smoke = ['--smoke', '/nothing', '--smoke', 'echo never run']
    const {code, stdout, stderr} = await fb(deploy(...smoke, '--approve', 'smoke', '--json'))
    expect({code, ...JSON.parse(stdout), told: told()}, stderr).toMatchObject({
      code: 9,
      result: 'rolled_back',
      traffic: {blue: 100, green: 0},
      failure: {code: 'smoke', summary: expect.stringMatching(/GET \/nothing: 404/)},
      told: {approved: false, stopped: {rollback: true}},
    })
    expect(stderr).not.toContain('never run ...')
  })

  it('keeps what a failed test has said', async () => {
    const {json} = gated()
    const args = ['deploy', '--tag', '1.1.0', '--strategy', 'all-at-once', '--yes', '--approve', 'smoke']
    const {failure, stderr} = await json([...args, '--smoke', 'echo the till is shut; exit 3'])
    expect(failure).toMatchObject({code: 'smoke', logs: ['the till is shut']})
    expect(stderr).toContain('the till is shut')
    expect((await json(['releases', 'info', '4'])).failure).toMatchObject({
      code: 'stopped',
      summary: expect.stringMatching(/^you stopped the deployment: smoke test failed: echo the till is shut/),
    })
    const {0: last} = await json(['releases'])
    expect(last.rolledBack).toMatchObject({by: 'you', reason: expect.stringMatching(/^smoke test failed: /)})
  })

  it('waits for somebody elsewhere, and counts as rolled back (9) when nobody has come in time', async () => {
    const {fb, told} = gated()
    const {code, stdout, stderr} = await fb(deploy('--smoke', '/health', '--json'))
    expect({code, ...JSON.parse(stdout), told: told()}, stderr).toMatchObject({
      code: 9,
      result: 'rolled_back',
      failure: {code: 'not_approved', summary: 'nobody approved it in time'},
      told: {approved: false, stopped: undefined},
    })
  })

  it('asks for a test that decides before anything is changed', async () => {
    const {json, sandbox} = gated()
    const before = sandbox.status().deployments.length
    const ended = await json(['deploy', '--tag', '1.1.0', '--yes', '--approve', 'smoke'])
    expect(ended).toMatchObject({code: 2, error: {code: 'smoke_missing', state: 'Nothing was changed.'}})
    expect(sandbox.status().deployments).toHaveLength(before)
  })

  it('is told apart from one that does not wait: its smoke tests would never be run', async () => {
    const {fb, sandbox} = home()
    const {code, stderr} = await fb(deploy('--smoke', '/health'))
    expect({code, deployments: sandbox.status().deployments.length}).toEqual({code: 2, deployments: 3})
    expect(stderr).toMatch(/Nothing in sandbox waits for approval[\s\S]*approvalMinutes/)
  })

  it('is decided by fb watch in the same way', async () => {
    const {waiting, json, told} = gated()
    await waiting()
    expect(await json(['watch', '--smoke', '/health', '--approve', 'smoke'])).toMatchObject({code: 0, result: 'live'})
    expect(told()).toMatchObject({approved: true})
  })
})

describe('fb approve', () => {
  it('lets the traffic move, and names the command that watches', async () => {
    const {waiting, json, told} = gated()
    const id = await waiting()
    expect(await json(['approve', '--yes'])).toMatchObject({
      code: 0,
      result: 'approved',
      deploymentId: id,
      release: {number: 4},
      previous: {number: 3},
      next: [`fb watch ${id} --env sandbox`],
    })
    expect(told()).toMatchObject({approved: true})
    expect(await json(['watch'])).toMatchObject({code: 0, result: 'live'})
  })

  it('runs the smoke tests before, and leaves the deployment waiting when one fails', async () => {
    const {waiting, json, told} = gated()
    const id = await waiting('1.2.2-errors')
    expect(await json(['approve', '--yes', '--smoke', '/health'])).toMatchObject({
      code: 7,
      error: {code: 'smoke', state: `Deployment ${id} still waits for approval.`},
    })
    expect(told()).toMatchObject({approved: false, stopped: undefined})
  })

  it('shows what a command has said that fails', async () => {
    const {waiting, fb} = gated()
    await waiting()
    const {code, stderr} = await fb(['approve', ...site, '--yes', '--smoke', 'echo the till is shut; exit 3'])
    expect(code).toBe(7)
    expect(stderr).toMatch(/has failed \(exit 3 after 0s\)\.\n {2}the till is shut\n/)
  })

  it('changes nothing when the deployment does not wait (any more)', async () => {
    const {waiting, json, sandbox} = gated()
    const id = await waiting()
    await json(['approve', '--yes'])
    sandbox.advance(MINUTE)
    expect(await json(['approve', '--yes'])).toMatchObject({code: 5, error: {code: 'not_waiting'}})
    expect(await json(['approve', id, '--yes'])).toMatchObject({code: 5, error: {code: 'not_waiting'}})
  })

  it('says that its time is over', async () => {
    const {waiting, json, sandbox} = gated()
    const id = await waiting()
    sandbox.advance(60 * MINUTE)
    expect(await json(['approve', id, '--yes'])).toMatchObject({
      code: 5,
      error: {code: 'not_waiting', because: [expect.stringContaining('TIMEOUT')]},
    })
  })

  it('never approves without a yes', async () => {
    const {waiting, json, told} = gated()
    await waiting()
    expect(await json(['approve'])).toMatchObject({
      code: 2,
      error: {code: 'answer_missing', next: ['fb approve ... --yes']},
    })
    expect(told()).toMatchObject({approved: false})
  })
})

describe('fb finish', () => {
  it('ends the time in which blue is kept, and says what that costs', async () => {
    const {fb, sandbox, told} = gated()
    sandbox.clearFaults()
    await fb(deploy())
    const {code, stdout, stderr} = await fb(['finish', ...site, '--yes'])
    expect({code, stdout, told: told()}).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✔ d-\w+ is finished: CodeDeploy terminates v3 \(1\.0\.0\) now\.$/m),
      told: {finished: true},
    })
    expect(stderr).toMatch(/v3 \(1\.0\.0\) is kept until \d\d:\d\d: the way back takes seconds/)
    expect(stderr).toMatch(/is gone: the way back is a new deployment, and takes minutes/)
    expect(sandbox.status().deployments[0]!.status).toBe('Succeeded')
  })

  it('does not touch a deployment that still moves traffic', async () => {
    const {waiting, json, told} = gated()
    await waiting()
    expect(await json(['finish', '--yes'])).toMatchObject({code: 5, error: {code: 'not_waiting'}})
    expect(told()).toMatchObject({finished: false})
  })

  it('asks for a yes without a terminal', async () => {
    expect(await gated().json(['finish'])).toMatchObject({code: 2, error: {code: 'answer_missing'}})
  })
})

import {describe, expect, it, vi} from 'vitest'

import {countsOf, prepared, type Scenario, type Test} from '../faults/run.js'
import {faultProxy, type Rule} from '../support/fault-proxy.js'

const DEPLOY = ['deploy', '--strategy', 'all-at-once', '--tag', '1.1.0', '--yes', '--env', 'sandbox']

/** fb on its way, in a sandbox whose calls may be slow or never answered; sixty times as fast as ours, so that there is a middle. */
async function running(args: string[], rules: Rule[], test: Test, prepare?: Scenario['prepare']) {
  const home = await prepared({args, speed: 60, prepare}, test)
  const before = countsOf(home)
  const proxy = await faultProxy(home.sandbox, rules)
  test.onTestFinished(proxy.close)
  const started = home.launch(args, {FB_SANDBOX_ENDPOINT: proxy.url})
  const has = (what: () => boolean) => vi.waitFor(() => expect(what()).toBe(true), {timeout: 30_000, interval: 5})
  return {
    ...started,
    reached: () => proxy.reached,
    deployments: () => home.sandbox.status().deployments,
    made: () => {
      const {created, registered} = countsOf(home)
      return {created: created - before.created, registered: registered - before.registered}
    },
    faulted: (action: string, times = 1) => has(() => proxy.faulted.filter((one) => one === action).length >= times),
    said: (text: string) => has(() => started.said.stderr.includes(text)),
  }
}

describe.concurrent('Ctrl-C', () => {
  it('before anything is changed ends a read at once, and says that nothing was changed', async (test) => {
    const rule: Rule = {kind: 'no answer', operation: 'ecs:DescribeServices', times: Infinity}
    const {child, faulted, ended, made} = await running(DEPLOY, [rule], test)
    await faulted('ecs:DescribeServices')
    const since = Date.now()
    child.kill('SIGINT')
    const {code, stdout, stderr} = await ended
    expect({code, stdout, made: made()}).toEqual({code: 130, stdout: '', made: {created: 0, registered: 0}})
    expect(stderr).toMatch(/■ Interrupted\.\n {2}State {2}Nothing was changed\.\n$/)
    expect(Date.now() - since).toBeLessThan(5000)
  })

  it('does not wait for the pause before a throttled read is repeated', async (test) => {
    const rule: Rule = {kind: 'throttled', operation: 'ecs:DescribeServices', times: Infinity}
    const {child, faulted, ended} = await running([...DEPLOY, '--json'], [rule], test)
    await faulted('ecs:DescribeServices', 4)
    const since = Date.now()
    child.kill('SIGINT')
    const {code, stdout} = await ended
    expect(code).toBe(130)
    expect(Date.now() - since).toBeLessThan(5000)
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'interrupted',
      message: 'Interrupted.',
      state: 'Nothing was changed.',
    })
  })

  it('waits for a write that is on its way, and says what it has made', async (test) => {
    const rule: Rule = {kind: 'slow', operation: 'ecs:RegisterTaskDefinition'}
    const {child, faulted, ended, made} = await running(DEPLOY, [rule], test)
    await faulted('ecs:RegisterTaskDefinition')
    child.kill('SIGINT')
    const {code, stderr} = await ended
    expect({code, made: made()}).toEqual({code: 130, made: {created: 0, registered: 1}})
    expect(stderr).toContain('fastapi-bootstrap-v1-sandbox:4 is registered; no deployment of it was started.')
  })

  it('while the deployment is being created says that it goes on', async (test) => {
    const rule: Rule = {kind: 'slow', operation: 'codedeploy:CreateDeployment'}
    const {child, faulted, ended, deployments} = await running(DEPLOY, [rule], test)
    await faulted('codedeploy:CreateDeployment')
    child.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code).toBe(130)
    expect(stderr).toContain(`Deployment ${deployments()[0]!.id} goes on in AWS.`)
  })

  it('while it is watched leaves the deployment running, and says how to watch it and how to stop it', async (test) => {
    const {child, said, ended, deployments} = await running(DEPLOY, [], test)
    await said('Start green tasks ...')
    child.kill('SIGINT')
    const {code, stdout, stderr} = await ended
    const [deployment] = deployments()
    expect({code, stdout}).toEqual({code: 130, stdout: ''})
    expect(deployment!.status).toMatch(/Created|InProgress/)
    expect(stderr).toContain(`State  Deployment ${deployment!.id} goes on in AWS.`)
    expect(stderr).toContain(`Next   fb watch ${deployment!.id} --env sandbox\n         fb rollback --env sandbox\n`)
  })

  it('while a rollback waits for its traffic leaves the rollback to AWS, and says so', async (test) => {
    const rollback = ['rollback', '--yes', '--env', 'sandbox']
    const {child, said, ended, deployments} = await running(rollback, [], test, async ({fb, sandbox}) => {
      await fb([...DEPLOY, '--wait', 'started'])
      sandbox.fault('stop-refused')
      sandbox.advance(5 * 60_000)
    })
    await said('Return all traffic to v3 ...')
    child.kill('SIGINT')
    const {code, stdout, stderr} = await ended
    const {id} = deployments()[0]!
    expect({code, stdout}).toEqual({code: 130, stdout: ''})
    expect(stderr).toContain(`State  ${id} is stopped; CodeDeploy brings the traffic back.`)
    expect(stderr).toContain(`Next   fb watch ${id} --env sandbox\n         fb status --env sandbox\n`)
  })

  it('twice ends fb at once, even while a write has no answer', async (test) => {
    const rule: Rule = {kind: 'no answer', operation: 'codedeploy:CreateDeployment', times: Infinity}
    const {child, faulted, ended} = await running(DEPLOY, [rule], test)
    await faulted('codedeploy:CreateDeployment')
    const since = Date.now()
    child.kill('SIGINT')
    // The second one counts once the first has been heard: two that come together are one to the system.
    const again = setInterval(() => child.kill('SIGINT'), 50)
    const {code} = await ended
    clearInterval(again)
    expect(code).toBe(130)
    expect(Date.now() - since).toBeLessThan(5000)
  })

  it('with --json is one document that says how to go on', async (test) => {
    const {child, said, ended, deployments} = await running([...DEPLOY, '--json'], [], test)
    await said('Start green tasks ...')
    child.kill('SIGINT')
    const {code, stdout} = await ended
    const {id} = deployments()[0]!
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 130,
      error: {
        code: 'interrupted',
        message: 'Interrupted.',
        next: [`fb watch ${id} --env sandbox`, 'fb rollback --env sandbox'],
      },
    })
  })
})

describe.concurrent('with --on-interrupt rollback, where nobody can be asked,', () => {
  const rollback = [...DEPLOY, '--on-interrupt', 'rollback']

  it.for(['SIGINT', 'SIGTERM'] as const)(
    '%s stops the deployment, once, and waits until the old version serves',
    async (signal, test) => {
      const {child, said, ended, deployments, reached} = await running(rollback, [], test)
      await said('Start green tasks ...')
      child.kill(signal)
      const {code, stdout} = await ended
      expect({code, stdout}).toEqual({
        code: 9,
        stdout: expect.stringMatching(/v4 \(1\.1\.0\) was not deployed to sandbox: it was rolled back on request\./),
      })
      expect(deployments().some(({status}) => status === 'Stopped')).toBe(true)
      expect(reached().filter((action) => action === 'codedeploy:StopDeployment')).toHaveLength(1)
    },
  )

  it('a signal that comes while the deployment is created rolls that back', async (test) => {
    const rule: Rule = {kind: 'slow', operation: 'codedeploy:CreateDeployment'}
    const {child, faulted, ended, deployments} = await running(rollback, [rule], test)
    await faulted('codedeploy:CreateDeployment')
    child.kill('SIGTERM')
    expect((await ended).code).toBe(9)
    expect(deployments().some(({status}) => status === 'Stopped')).toBe(true)
  })

  it('a second signal leaves the rollback to AWS, and says so', async (test) => {
    const rule: Rule = {kind: 'slow', operation: 'codedeploy:StopDeployment'}
    const {child, said, ended, faulted, deployments} = await running(rollback, [rule], test)
    await said('Start green tasks ...')
    child.kill('SIGINT')
    await faulted('codedeploy:StopDeployment')
    child.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/Deployment d-\w+ is being rolled back in AWS\./)
    expect(deployments()[0]!.status).not.toBe('Succeeded')
  })

  it('SIGHUP only leaves: a terminal that was closed has decided nothing', async (test) => {
    const {child, said, ended, deployments} = await running(rollback, [], test)
    await said('Start green tasks ...')
    child.kill('SIGHUP')
    expect((await ended).code).toBe(129)
    expect(deployments()[0]!.status).toBe('InProgress')
  })

  it('a lost answer to the stop is no harm', async (test) => {
    const rule: Rule = {kind: 'reset after AWS has carried it out', operation: 'codedeploy:StopDeployment'}
    const {child, said, ended} = await running(rollback, [rule], test)
    await said('Start green tasks ...')
    child.kill('SIGINT')
    expect((await ended).code).toBe(9)
  })
})

describe.concurrent('the end from outside', () => {
  it('SIGTERM ends the watch with 143; the deployment goes on', async (test) => {
    const {child, said, ended, deployments} = await running(DEPLOY, [], test)
    await said('Start green tasks ...')
    child.kill('SIGTERM')
    const {code, stderr} = await ended
    expect(code).toBe(143)
    expect(stderr).toContain(`Deployment ${deployments()[0]!.id} goes on in AWS.`)
  })

  it.for(['status', 'releases', 'status --json'])(
    'a reader of stdout that has left ends `fb %s` quietly',
    async (line, test) => {
      const {child, ended} = await running([...line.split(' '), '--env', 'sandbox'], [], test)
      child.stdout.destroy()
      expect(await ended).toMatchObject({code: 0, stderr: ''})
    },
  )
})

import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

const start = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes', '--wait', 'started', '--json']
const watch = (...more: string[]) => ['watch', '--env', 'sandbox', '--json', ...more]

it('follows a deployment somebody else started until the traffic has moved', async () => {
  const {fb} = home()
  const {id} = JSON.parse((await fb(start)).stdout).deployment
  const {code, stdout, stderr} = await fb(watch(id))
  expect({code, ...JSON.parse(stdout)}).toMatchObject({
    code: 0,
    result: 'live',
    release: {number: 4},
    previous: {number: 3},
  })
  expect(stderr).toContain(`${id}  v3 (1.0.0) → v4 (1.1.0), by you: deploy 1.1.0`)
})

it('says that nothing runs', async () => {
  const {fb} = home()
  const {code, stdout} = await fb(watch())
  expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 3, error: {code: 'no_deployment'}})
})

it('names a deployment that does not exist', async () => {
  const {fb} = home()
  expect(await fb(watch('d-ABCDEFGHI'))).toMatchObject({code: 3, stdout: expect.stringContaining('no_deployment')})
})

it('recalls one that ended well days ago, without saying that it serves', async () => {
  const {fb, sandbox} = home()
  const {id} = sandbox.status().deployments.at(-1)!
  const {code, stdout} = await fb(['watch', id, '--env', 'sandbox'])
  expect({code, stdout}).toEqual({
    code: 0,
    stdout: expect.stringMatching(/✔ d-\w{9} of v1 \(0\.9\.0\) was deployed 9d ago and has ended well\./),
  })
})

it('recalls one that was rolled back days ago', async () => {
  const {fb} = home()
  const releases = JSON.parse((await fb(['releases', '--env', 'sandbox', '--json'])).stdout)
  const {deploymentId} = releases.find(({result}: {result: string}) => result === 'rolled back')
  const {code, stdout} = await fb(watch(deploymentId))
  expect({code, ...JSON.parse(stdout)}).toMatchObject({
    code: 9,
    result: 'rolled_back',
    release: {number: 2},
    failure: {code: 'alarm'},
  })
})

it('ends soon when a deployment was stopped without a rollback, and says what serves', async () => {
  const {fb, sandbox} = home()
  const {id} = JSON.parse((await fb(start)).stdout).deployment
  sandbox.advance(5 * 60_000)
  const {CodeDeployClient, StopDeploymentCommand} = await import('@aws-sdk/client-codedeploy')
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const client = new CodeDeployClient({
    region: 'us-east-1',
    credentials: {accessKeyId: 'x', secretAccessKey: 'x'},
    requestHandler: sandbox.requestHandler,
  })
  await client.send(new StopDeploymentCommand({deploymentId: id}))
  sandbox.advance(30_000)
  const before = sandbox.clock.now().getTime()
  const {code, stdout} = await fb(watch(id))
  expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 6, result: 'failed', failure: {code: 'stopped'}})
  expect(sandbox.clock.now().getTime() - before).toBeLessThan(5 * 60_000)
})

it('does not call it running already when a deployment moves traffic away from it', async () => {
  const {fb, sandbox} = home()
  await fb(start)
  sandbox.advance(5 * 60_000)
  const {code, stderr} = await fb(['deploy', '--env', 'sandbox', '--tag', '1.0.0', '--yes'])
  expect({code, stderr}).toEqual({code: 5, stderr: expect.stringContaining('Another deployment is running')})
})

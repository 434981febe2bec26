import {expect, it} from 'vitest'

import type {Status} from '../../src/deploy/status.js'
import {statusText} from '../../src/deploy/status-text.js'
import {canvas} from '../support/canvas.js'
import {home} from '../support/fb.js'

const deploy = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes', '--wait', 'started']
const status = ['status', '--env', 'sandbox']

it('names the release of a deployment that has no tasks yet', async () => {
  const {fb} = home()
  await fb(deploy)
  const {stdout} = await fb(status)
  expect(stdout).toMatch(/^Deploying +d-\w+ Created · v4 by you for 0s · deploy 1\.1\.0$/m)
})

it('says which deployment is rolled back, whoever stopped it', async () => {
  const {fb, sandbox} = home()
  await fb(deploy)
  sandbox.advance(4 * 60_000)
  const stopped = sandbox.status().deployments[0]!.id
  sandbox.fault('alarm-stuck')
  sandbox.advance(12_000)
  expect((await fb(status)).stdout).toMatch(
    new RegExp(`^Deploying +d-\\w+ InProgress · rolls back ${stopped} for`, 'm'),
  )
  expect(JSON.parse((await fb([...status, '--json'])).stdout).deployment).toMatchObject({rollbackOf: stopped})
})

it('does not guess at a release that neither the tasks nor CodeDeploy tell', () => {
  const now = new Date(60_000)
  const told = statusText({...healthy, deployment: {id: 'd-1', status: 'Created', createdAt: now}}, now, canvas())
  expect(told).toContain('Deploying  d-1 Created · release not known yet for 0s')
})

it('keeps a release live that is deployed once more until that has the traffic', async () => {
  const {fb, sandbox} = home()
  sandbox.fault('stuck-deploy')
  const {releases} = JSON.parse((await fb([...status, '--json'])).stdout)
  expect(releases.map(({number, result}: {number: number; result: string}) => `v${number} ${result}`)).toEqual([
    'v3 in progress',
    'v3 live',
    'v2 rolled back',
    'v1 superseded',
  ])
})

it.each([
  ['no-group', /^Task sets.*\n +v3 +PRIMARY +\? +2\/2 +\?$/m],
  ['not-code-deploy', /^(?!.*Task sets)/s],
])('does not take what it cannot see for 0 %%: %s', async (fault, told) => {
  const {fb, sandbox} = home()
  sandbox.fault(fault)
  const {stdout} = await fb(status)
  expect(stdout).toMatch(/is degraded: v3 \(1\.0\.0\) · 2\/2 running$/m)
  expect(stdout).toMatch(told)
  for (const {traffic, healthy} of JSON.parse((await fb([...status, '--json'])).stdout).taskSets)
    expect({traffic, healthy}).toEqual({traffic: null, healthy: null})
})

it('says how many tasks are left of what drains, and who keeps which tasks until when', async () => {
  const {fb, sandbox} = home()
  await fb([...deploy, '--strategy', 'all-at-once'])
  sandbox.advance(5 * 60_000)
  expect((await fb(status)).stdout).toMatch(/all traffic moved; v3 stays until \d\d:\d\d: until then the/)
  sandbox.advance(16 * 60_000)
  expect((await fb(status)).stdout).toMatch(/^ +v3 +DRAINING +0 % +2 left$/m)
})

const healthy: Status = {
  env: 'test',
  account: '111111111111',
  region: 'us-east-1',
  service: 'v1',
  health: 'healthy',
  problems: [],
  taskSets: [],
  tasks: {desired: 2, running: 2},
  alarms: [],
  stopped: [],
  releases: [],
}

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

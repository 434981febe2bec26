import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

it('rehearses: a fault is set, shown, and cleared', async () => {
  const {fb} = home()
  expect((await fb(['sandbox', 'fault', 'throttle:5'])).stdout).toContain('Set: throttle:5')
  expect(JSON.parse((await fb(['sandbox', 'status', '--json'])).stdout)).toMatchObject({
    speed: 0,
    faults: [{name: 'throttle', argument: '5'}],
  })
  expect((await fb(['sandbox', 'fault', '--clear'])).stdout).toBe('No fault is set.\n')
})

it('names the nearest fault', async () => {
  const {fb} = home()
  expect(await fb(['sandbox', 'fault', 'trottle'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean throttle?'),
  })
})

it('jumps in time, and refuses what is no time', async () => {
  const {fb, sandbox} = home()
  const before = sandbox.clock.now().getTime()
  expect((await fb(['sandbox', 'advance', '1h30m'])).code).toBe(0)
  expect(sandbox.clock.now().getTime() - before).toBe(90 * 60_000)
  expect((await fb(['sandbox', 'advance', 'tomorrow'])).code).toBe(2)
})

it('prints the environment other AWS clients need, version 1 of the AWS CLI too', async (test) => {
  const {launch} = home({onFinished: test.onTestFinished})
  const {child, ended} = launch(['sandbox', 'serve', '--json'])
  const printed = await new Promise<string>((resolve) => child.stdout!.once('data', (chunk) => resolve(String(chunk))))
  const {url, environment} = JSON.parse(printed)
  expect(environment).toMatchObject({AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1'})
  expect((await fetch(url, {method: 'POST'})).status).toBe(501)
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
})

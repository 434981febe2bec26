import {expect, it} from 'vitest'

import {faulted, SCENARIOS} from './run.js'

it('outlasts a CodeDeploy that throttles every read for five minutes in the middle of a deployment', async (test) => {
  let since: number | undefined
  const fiveMinutes = ({reached, now}: {reached: string[]; now: Date}) => {
    if (since === undefined && reached.includes('codedeploy:GetDeployment')) since = now.getTime()
    return since !== undefined && now.getTime() < since + 5 * 60_000
  }
  const rule = {kind: 'throttled', operation: 'codedeploy:', times: Infinity, when: fiveMinutes} as const
  const {code, stderr, proxy} = await faulted({...SCENARIOS.deploy, speed: 60}, [rule], test)
  expect(code, stderr).toBe(0)
  expect(proxy.faulted.length).toBeGreaterThan(2)
})

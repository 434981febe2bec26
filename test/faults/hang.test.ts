import {once} from 'node:events'
import {describe, expect, it} from 'vitest'

import {faultProxy, type Rule} from '../support/fault-proxy.js'
import {CIRCUMSTANCES, HOLDING, LOOKS, PLANNING, SITUATION, STATUS, STOPPING, TEST_URL, WRITES} from './operations.js'
import {faulted, type Name, prepared, SCENARIOS} from './run.js'

const {deploy} = SCENARIOS

/** Each operation once, in the shortest command that calls it: how a call waits does not depend on the command. */
const HANGING: [Name, string, ...string[]][] = [
  ...PLANNING.map((operation): [Name, string, string] => ['deploy', operation, '--dry-run']),
  ...LOOKS.map((operation): [Name, string] => ['verify', operation]),
  ['run', 'ecs:RunTask'],
  ['run', 'ecs:DescribeTasks'],
  ...WRITES.map((operation): [Name, string, string] => ['deploy', operation, '--wait=started']),
  ...STATUS.filter((operation) => !PLANNING.includes(operation)).map((o): [Name, string] => ['status', o]),
  ...SITUATION.map((operation): [Name, string, string] => ['stop', operation, '--dry-run']),
  ...CIRCUMSTANCES.map((operation): [Name, string, string] => ['stop', operation, '--dry-run']),
  ...STOPPING.map((operation): [Name, string, string] => ['stop', operation, '--wait=started']),
  ...WRITES.map((operation): [Name, string, string] => ['rollback', operation, '--wait=started']),
  ['watch', 'codedeploy:GetDeployment'],
  ['watch', 'logs:GetLogEvents'],
  ...HOLDING.map((operation): [Name, string] => ['deploy', operation]),
  ...TEST_URL.map((operation): [Name, string] => ['approve', operation]),
  ['approve', 'codedeploy:ContinueDeployment'],
  ['finish', 'codedeploy:ContinueDeployment'],
  ['refused', 'codedeploy:StopDeployment'],
  ['release', 'application-autoscaling:ListTagsForResource'],
  ['groups', 'logs:DescribeLogGroups'],
  ['search', 'logs:FilterLogEvents'],
  ['search', 'cloudwatch:GetMetricData'],
  ['insights', 'logs:StartQuery'],
  ['insights', 'logs:GetQueryResults'],
]

describe.concurrent('a call that AWS does not answer', () => {
  it('ends fb within 35 s when it is a read that never gets an answer, and says so', async (test) => {
    const rule = {kind: 'no answer', operation: 'sts:GetCallerIdentity', times: Infinity} as const
    const {code, stdout} = await faulted(deploy, [rule], test, ['--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 1, error: {code: 'no_answer'}})
  })

  it('ends fb within 35 s when it is a write that never gets an answer, and says how things stand', async (test) => {
    const rule = {kind: 'no answer', operation: 'codedeploy:CreateDeployment', times: Infinity} as const
    const {code, stderr, registered, created} = await faulted(deploy, [rule], test)
    expect({code, registered, created}).toEqual({code: 1, registered: 1, created: 0})
    expect(stderr).toMatch(/AWS did not answer in time[\s\S]+:4 is registered; no deployment of it was started/)
  })

  it('ends fb within 35 s when it throttles for ever, and says that it throttles', async (test) => {
    const rule = {kind: 'throttled', operation: 'ecs:DescribeServices', times: Infinity} as const
    const {code, stdout} = await faulted(SCENARIOS.releases, [rule], test, ['--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 1, error: {code: 'throttled'}})
  })

  it.for(HANGING)('is repeated by %s: %s', async ([name, operation, ...more], test) => {
    const {code, stderr, proxy} = await faulted(SCENARIOS[name], [{kind: 'no answer', operation}], test, more)
    expect(code, stderr).toBe(name === 'watch' || name === 'refused' ? 9 : 0)
    expect(proxy.faulted).toEqual([operation])
  })

  it('does not hold fb up once the deployment has ended', async (test) => {
    const {sandbox, launch} = await prepared({...deploy, speed: 600}, test)
    const proxy = await faultProxy(sandbox, [
      {kind: 'no answer', operation: 'cloudwatch:DescribeAlarms', times: Infinity},
    ])
    test.onTestFinished(proxy.close)
    const {child, ended} = launch([...deploy.args, '--env', 'sandbox'], {FB_SANDBOX_ENDPOINT: proxy.url})
    await once(child.stdout, 'data')
    const since = Date.now()
    expect(await ended).toMatchObject({code: 0, stdout: expect.stringContaining('is live in sandbox')})
    expect(Date.now() - since).toBeLessThan(5000)
  })

  it('is not given up while AWS only takes its time', async (test) => {
    const operations = ['sts:GetCallerIdentity', 'ecs:RegisterTaskDefinition', 'codedeploy:CreateDeployment']
    const rules: Rule[] = operations.map((operation) => ({kind: 'slow', operation}))
    const {code, proxy} = await faulted(deploy, rules, test, ['--wait', 'started'])
    expect(code).toBe(0)
    for (const operation of operations) expect(proxy.reached.filter((one) => one === operation)).toHaveLength(1)
  })
})

import {expect, it} from 'vitest'

import {home} from '../support/fb.js'

const deploy = (tag: string, ...more: string[]) => ['deploy', '--env', 'sandbox', '--tag', tag, '--yes', ...more]

const rehearsals = [
  {
    tag: '1.2.0-crash',
    code: 'exit_3',
    cause: /the application fails to start \(exit 3\): RuntimeError: DATABASE_POOL_SIZE must be/,
    api: 'ecs:DescribeTasks',
  },
  {
    tag: '1.2.1-unhealthy',
    code: 'unhealthy',
    cause: /green never became healthy/,
    api: 'elasticloadbalancing:DescribeTargetHealth',
  },
  {
    tag: '1.2.2-errors',
    code: 'alarm',
    cause: /alarm fastapi-bootstrap-v1-sandbox-5xx fired/,
    api: 'cloudwatch:DescribeAlarms',
  },
  {tag: '1.2.3-missing', code: 'image_pull', cause: /the image cannot be pulled/, api: 'ecs:DescribeTasks'},
]

for (const {tag, code, cause, api} of rehearsals) {
  it.concurrent(`${tag} is rolled back, names the cause in its first line, and status agrees`, async ({
    expect,
    onTestFinished,
  }) => {
    const {fb} = home({onFinished: onTestFinished})
    const ended = await fb(deploy(tag, '--json'))
    const {failure, ...outcome} = JSON.parse(ended.stdout)
    expect({code: ended.code, ...outcome}).toMatchObject({
      code: 9,
      result: 'rolled_back',
      exitCode: 9,
      traffic: {blue: 100, green: 0},
      previous: {number: 3},
    })
    expect(failure).toMatchObject({code, summary: expect.stringMatching(cause), fix: expect.any(String)})
    expect(failure.evidence.map(({source}: {source: string}) => source)).toContain(api)
    if (code === 'exit_3') expect(failure.logs[0]).toContain('Traceback (most recent call last)')

    const status = JSON.parse((await fb(['status', '--env', 'sandbox', '--json'])).stdout)
    expect(status).toMatchObject({release: {number: 3}})
    expect(status).not.toHaveProperty('deployment')
    expect(status.taskSets.find((set: {status: string}) => set.status === 'PRIMARY')).toMatchObject({
      release: 3,
      traffic: 100,
      healthy: 2,
    })
    expect(status.releases[0]).toMatchObject({number: 4, result: 'rolled back'})

    const recalled = await fb(['watch', outcome.deployment.id, '--env', 'sandbox'])
    expect(recalled.code).toBe(9)
    const [first, ...rest] = recalled.stdout.split('\n')
    expect(first).toMatch(cause)
    expect(rest.join('\n')).toContain(`It was rolled back by ${outcome.deployment.rollbackId}.`)
  })
}

it('1.2.4-vulnerable is refused, and allowed when asked for', async () => {
  const {fb, sandbox} = home()
  const before = sandbox.status().deployments.length
  const refused = await fb(deploy('1.2.4-vulnerable'))
  expect({code: refused.code, stderr: refused.stderr}).toEqual({code: 7, stderr: expect.stringContaining('2 CRITICAL')})
  expect(sandbox.status().deployments).toHaveLength(before)
  const allowed = await fb(deploy('1.2.4-vulnerable', '--allow-vulnerable', '--strategy', 'all-at-once'))
  expect(allowed.code).toBe(0)
})

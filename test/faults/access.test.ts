import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import type {Kind, Rule} from '../support/fault-proxy.js'
import {
  APPROVING,
  ATTACHING,
  CIRCUMSTANCES,
  DIAGNOSIS,
  FOLLOWING,
  GROUPS,
  HOLDING,
  INSIGHTS,
  LOOKS,
  PLANNING,
  RELEASES,
  SEARCH,
  SITUATION,
  STARTING,
  STATUS,
  VERIFYING,
  WATCHING,
  WRITES,
} from './operations.js'
import {faulted, type Name, SCENARIOS} from './run.js'

const forEver = (kind: Kind, operation: string) => ({kind, operation, times: Infinity})

/** Once the deployment has begun. */
const begun: Rule['when'] = ({reached}) => reached.includes('codedeploy:CreateDeployment')

const READS: [Name, string][] = [
  ...VERIFYING.map((operation): [Name, string] => ['verify', operation]),
  ...STARTING.map((operation): [Name, string] => ['run', operation]),
  ...PLANNING.map((operation): [Name, string] => ['deploy', operation]),
  ...STATUS.map((operation): [Name, string] => ['status', operation]),
  ...RELEASES.map((operation): [Name, string] => ['releases', operation]),
  ...ATTACHING.map((operation): [Name, string] => ['watch', operation]),
  ...SITUATION.map((operation): [Name, string] => ['rollback', operation]),
  ...APPROVING.map((operation): [Name, string] => ['approve', operation]),
  ['groups', 'logs:DescribeLogGroups'],
  ...[...SEARCH, ...INSIGHTS]
    .filter((operation) => operation !== 'cloudwatch:GetMetricData')
    .map((operation): [Name, string] => [SEARCH.includes(operation) ? 'search' : 'insights', operation]),
]

describe.concurrent('before anything is changed', () => {
  it.for(READS)('%s that may not %s ends with 4 and names the action', async ([name, operation], test) => {
    const {code, stderr, created, registered} = await faulted(
      SCENARIOS[name],
      [forEver('not allowed', operation)],
      test,
    )
    expect({code, created, registered}, stderr).toEqual({code: 4, created: 0, registered: 0})
    expect(stderr).toContain(`Your role may not call ${operation}.`)
  })

  it.for(READS)('%s whose session has expired at %s ends with 4', async ([name, operation], test) => {
    const rules = [forEver('session expired', operation)]
    const {code, stdout, created, registered} = await faulted(SCENARIOS[name], rules, test, ['--json'])
    const {error} = JSON.parse(stdout)
    expect({code, created, registered, error: error.code, next: error.next}).toEqual({
      code: 4,
      created: 0,
      registered: 0,
      error: 'bad_credentials',
      next: ['aws sso login'],
    })
  })
})

describe.concurrent('what one check of the preflight looks at', () => {
  it.for(LOOKS)('is a warning when it may not be read, and the deployment goes on: %s', async (operation, test) => {
    const rules = [forEver('not allowed', operation)]
    const {code, stderr, created} = await faulted(SCENARIOS.deploy, rules, test, ['--wait', 'started'])
    expect({code, created}, stderr).toEqual({code: 0, created: 1})
    expect(stderr).toContain(`not looked at: Your role may not call ${operation}.`)
  })

  it.for(LOOKS)('ends fb with 4 when the session has expired, and nothing was changed: %s', async (operation, test) => {
    const {code, registered} = await faulted(SCENARIOS.deploy, [forEver('session expired', operation)], test)
    expect({code, registered}).toEqual({code: 4, registered: 0})
  })
})

it('a deployment that may not be stopped goes on, and no other is started', async (test) => {
  const rules = [forEver('not allowed', 'codedeploy:StopDeployment')]
  const {code, stderr, created, registered, home} = await faulted(SCENARIOS.replace, rules, test)
  expect({code, created, registered}).toEqual({code: 4, created: 0, registered: 0})
  expect(stderr).toContain('Your role may not call codedeploy:StopDeployment.')
  expect(home.sandbox.status().deployments[0]!.status).toMatch(/Created|InProgress/)
})

describe.concurrent('a command in a task of its own', () => {
  it('that is not allowed ends with 4 and names the action', async (test) => {
    const {code, stderr} = await faulted(SCENARIOS.run, [forEver('not allowed', 'ecs:RunTask')], test)
    expect({code, stderr}).toEqual({code: 4, stderr: expect.stringContaining('Your role may not call ecs:RunTask.')})
  })

  it.for(FOLLOWING)(
    'is followed to its end although a read is not allowed for a while: %s',
    async (operation, test) => {
      const {code, stderr, stdout} = await faulted(SCENARIOS.run, [{kind: 'not allowed', operation, times: 5}], test)
      expect({code, stdout}, stderr).toEqual({code: 0, stdout: '8a2e6c0d51f7 (head)\n'})
      expect(stderr).toContain(`Your role may not call ${operation}.`)
    },
  )

  it.for(FOLLOWING)('goes on when the session has expired, and fb says so with 4: %s', async (operation, test) => {
    const {code, stderr, started} = await faulted(SCENARIOS.run, [forEver('session expired', operation)], test)
    expect({code, started}).toEqual({code: 4, started: 1})
    expect(stderr).toMatch(/Your AWS session has expired\.[\s\S]+Task \w{32} goes on in AWS\./)
  })

  it('is no migration when fb may not see whether another one runs', async (test) => {
    const rules = [forEver('not allowed', 'ecs:ListTasks')]
    const {code, stderr, started, created} = await faulted(SCENARIOS.migrate, rules, test)
    expect({code, started, created}).toEqual({code: 4, started: 0, created: 0})
    expect(stderr).toContain(':4 is registered; no deployment of it was started.')
  })
})

it.for(GROUPS.filter((operation) => operation.startsWith('ecs:')))(
  'log groups are listed without their writers when fb may not %s',
  async (operation, test) => {
    const {code, stdout, stderr} = await faulted(SCENARIOS.groups, [forEver('not allowed', operation)], test)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^GROUP +RETENTION /)
    expect(stderr).toContain(`Your role may not call ${operation}. So fb cannot tell which groups v1 writes to`)
  },
)

describe.concurrent('a search whose size fb may not read', () => {
  const rules = [forEver('not allowed', 'cloudwatch:GetMetricData')]

  it('goes on, since reading is free', async (test) => {
    expect((await faulted(SCENARIOS.search, rules, test)).code).toBe(0)
  })

  it('is not handed to Insights without a question', async (test) => {
    const {code, stderr, proxy} = await faulted(SCENARIOS.insights, rules, test)
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('at a cost fb cannot tell')})
    expect(proxy.reached).not.toContain('logs:StartQuery')
    expect((await faulted(SCENARIOS.insights, rules, test, ['--yes'])).code).toBe(0)
  })
})

describe.concurrent('a query of Insights', () => {
  it('goes on by the clock of the machine when AWS does not tell its own', async (test) => {
    const {code, stdout} = await faulted(SCENARIOS.insights, [forEver('not allowed', 'logs:FilterLogEvents')], test)
    expect({code, stdout}).toEqual({code: 0, stdout: expect.stringMatching(/^[1-9]\d*\n$/)})
  })

  it('is started once although the answer to its start was lost', async (test) => {
    const rules = [{kind: 'reset after AWS has carried it out', operation: 'logs:StartQuery'} as const]
    const {code, proxy, home} = await faulted(SCENARIOS.insights, rules, test)
    expect(code).toBe(0)
    expect(proxy.reached).toContain('logs:DescribeQueries')
    expect(JSON.parse(readFileSync(home.sandbox.file, 'utf8')).queries).toHaveLength(1)
  })

  it('is stopped in AWS when its results may not be read', async (test) => {
    const {code, home} = await faulted(SCENARIOS.insights, [forEver('not allowed', 'logs:GetQueryResults')], test)
    expect(code).toBe(4)
    const [query] = JSON.parse(readFileSync(home.sandbox.file, 'utf8')).queries
    expect(query.stoppedAt).toBeDefined()
  })
})

/** To leave the group's alarms unheeded is to change the group, and IAM names that right. */
const MAY_NOT_IGNORE_ALARMS: Rule = {
  operation: 'codedeploy:CreateDeployment',
  times: Infinity,
  kind({response}) {
    const message =
      'User: arn:x/ops/you is not authorized to perform: codedeploy:UpdateDeploymentGroup on resource: arn:x'
    const headers = {'content-type': 'application/x-amz-json-1.1'}
    response.writeHead(400, headers).end(JSON.stringify({__type: 'AccessDeniedException', message}))
  },
}

describe.concurrent('a write', () => {
  it.for(WRITES)('that is not allowed ends with 4 and names the action: %s', async (operation, test) => {
    const {code, stderr, created} = await faulted(SCENARIOS.deploy, [forEver('not allowed', operation)], test)
    expect({code, created}).toEqual({code: 4, created: 0})
    expect(stderr).toContain(`Your role may not call ${operation}.`)
  })

  it.for([
    ['rollback', 'ecs:RegisterTaskDefinition'],
    ['rollback', 'codedeploy:CreateDeployment'],
    ['stop', 'codedeploy:StopDeployment'],
  ] as [Name, string][])('of fb %s that is not allowed ends with 4: %s', async ([name, operation], test) => {
    const {code, stderr, created, home} = await faulted(SCENARIOS[name], [forEver('not allowed', operation)], test)
    expect({code, created}).toEqual({code: 4, created: 0})
    expect(stderr).toContain(`Your role may not call ${operation}.`)
    expect(stderr).not.toContain('fb rollback ... --respect-alarms')
    if (name === 'stop') expect(home.sandbox.status().deployments[0]).toMatchObject({status: 'InProgress'})
  })

  it('of fb rollback that may not leave alarms unheeded says how to heed them', async (test) => {
    const {code, stderr, created} = await faulted(SCENARIOS.rollback, [MAY_NOT_IGNORE_ALARMS], test)
    expect({code, created}).toEqual({code: 4, created: 0})
    expect(stderr).toContain('Your role may not call codedeploy:UpdateDeploymentGroup.')
    expect(stderr).toContain('is registered; no deployment of it was started.')
    expect(stderr).toContain('fb rollback ... --respect-alarms')
  })

  it('that is refused says what the one before it has made', async (test) => {
    const rules = [forEver('session expired', 'codedeploy:CreateDeployment')]
    const {code, stderr} = await faulted(SCENARIOS.deploy, rules, test)
    expect(code).toBe(4)
    expect(stderr).toContain('fastapi-bootstrap-v1-sandbox:4 is registered; no deployment of it was started.')
  })

  it('whose answer is lost ends with 6 when fb may not look for what it made', async (test) => {
    const rules = [
      {kind: 'reset after AWS has carried it out', operation: 'codedeploy:CreateDeployment'} as const,
      {...forEver('not allowed', 'codedeploy:BatchGetDeployments')},
    ]
    const {code, stderr, created} = await faulted(SCENARIOS.deploy, rules, test)
    expect({code, created}).toEqual({code: 6, created: 1})
    expect(stderr).toContain('It is not known whether AWS has carried out codedeploy:CreateDeployment.')
    expect(stderr).toContain('Your role may not call codedeploy:BatchGetDeployments.')
  })
})

describe.concurrent('a decision', () => {
  it.for([
    ['gate', 'codedeploy:ContinueDeployment'],
    ['refused', 'codedeploy:StopDeployment'],
  ] as [Name, string][])(
    'that is not allowed leaves the deployment to others, and says so: %s %s',
    async ([name, operation], test) => {
      const {code, stderr, home} = await faulted(SCENARIOS[name], [forEver('not allowed', operation)], test)
      expect({code, status: home.sandbox.status().deployments[0]!.status}, stderr).toEqual({code: 4, status: 'Ready'})
      expect(stderr).toMatch(
        new RegExp(`Your role may not call ${operation}\\.[\\s\\S]+waits for approval[\\s\\S]+fb approve`),
      )
    },
  )
})

describe.concurrent('holding scale-in', () => {
  it.for(HOLDING)('that is not allowed does not fail a deployment: %s', async (operation, test) => {
    const {code, stdout, stderr} = await faulted(SCENARIOS.deploy, [forEver('not allowed', operation)], test)
    expect(code, stderr).toBe(0)
    expect(stdout + stderr).toContain(`Your role may not call ${operation}.`)
  })
})

describe.concurrent('while a deployment is watched', () => {
  it.for(WATCHING)('a read that is not allowed for a while does not fail it: %s', async (operation, test) => {
    const {code, stderr} = await faulted(
      SCENARIOS.deploy,
      [{kind: 'not allowed', operation, times: 6, when: begun}],
      test,
    )
    expect(code, stderr).toBe(0)
    expect(stderr).toContain(`Your role may not call ${operation}.`)
  })

  it.for(['codedeploy:GetDeployment', 'codedeploy:GetDeploymentTarget'])(
    'fb gives up waiting, with 8, when it may never know the end: %s',
    async (operation, test) => {
      const rules = [forEver('not allowed', operation)]
      const {code, stdout} = await faulted(SCENARIOS.deploy, rules, test, ['--timeout', '1m'])
      expect(code).toBe(8)
      expect(stdout).toContain('! Gave up waiting for the deployment; it goes on in AWS.')
    },
  )

  it.for(WATCHING)('a session that ends for good ends fb with 4, not the deployment: %s', async (operation, test) => {
    const rules = [{...forEver('session expired', operation), when: begun}]
    const {code, stderr, home} = await faulted(SCENARIOS.deploy, rules, test)
    expect(code).toBe(4)
    const [deployment] = home.sandbox.status().deployments
    expect(stderr).toContain('Your AWS session has expired.')
    expect(stderr).toContain(`Deployment ${deployment!.id} goes on in AWS.`)
    expect(stderr).toContain(`fb watch ${deployment!.id} --env sandbox`)
    expect(deployment!.status).toMatch(/Created|InProgress/)
  })

  it('says so in JSON too', async (test) => {
    const rules = [forEver('session expired', 'codedeploy:GetDeployment')]
    const {stdout, home} = await faulted(SCENARIOS.deploy, rules, test, ['--json'])
    const [deployment] = home.sandbox.status().deployments
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'bad_credentials',
      next: expect.arrayContaining(['aws sso login', `fb watch ${deployment!.id} --env sandbox`]),
    })
  })

  it.for(CIRCUMSTANCES)('a rollback does without what it only tells: %s', async (operation, test) => {
    const rule = {kind: 'not allowed', operation, times: 2} as const
    for (const name of ['rollback', 'stop'] as const) {
      const {code, stderr} = await faulted(SCENARIOS[name], [rule], test)
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/Back to +v3 \(1\.0\.0\)/)
    }
  })

  it('a stop that is not allowed to leave a note still brings the traffic back', async (test) => {
    const {code, stderr} = await faulted(SCENARIOS.stop, [forEver('not allowed', 'ecs:TagResource')], test)
    expect(code).toBe(0)
    expect(stderr).toContain('Your role may not call ecs:TagResource.')
  })

  it.for(DIAGNOSIS)(
    'a failure that fb may not look into is still a failure, and says so: %s',
    async (operation, test) => {
      const {code, stdout, stderr} = await faulted(SCENARIOS.watch, [forEver('not allowed', operation)], test)
      expect(code, stderr).toBe(9)
      expect(stdout).toContain(`Your role may not call ${operation}.`)
    },
  )
})

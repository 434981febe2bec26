import {CodeDeployClient, StopDeploymentCommand} from '@aws-sdk/client-codedeploy'
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  TagResourceCommand,
} from '@aws-sdk/client-ecs'
import {describe, expect, it, type TestContext} from 'vitest'

import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {type Exchange, faultProxy, pass, type Rule} from '../support/fault-proxy.js'
import {home} from '../support/fb.js'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const SECOND = 1000
const MINUTE = 60 * SECOND
const SERVICE = 'fastapi-bootstrap-v1-sandbox'
const rollback = (...more: string[]) => ['rollback', '--env', 'sandbox', '--yes', '--json', ...more]
const deploy = (tag: string, ...more: string[]) => [
  ...['deploy', '--env', 'sandbox', '--tag', tag, '--yes', '--wait', 'started'],
  ...more,
]

type Home = ReturnType<typeof home>

type Finishing = Pick<TestContext, 'onTestFinished'>

/** A sandbox in which 1.1.0 is being deployed as v4 over v3. */
async function deploying({onTestFinished}: Finishing, ms: number, knobs: Parameters<Sandbox['configure']>[0] = {}) {
  const here = home({onFinished: onTestFinished})
  here.sandbox.configure(knobs)
  expect(await here.fb(deploy('1.1.0'))).toMatchObject({code: 0})
  here.sandbox.advance(ms)
  return here
}

/** The same when it has ended and v3 is gone. */
const deployed = (test: Finishing) => deploying(test, 40 * MINUTE)

const clients = ({sandbox: {requestHandler}}: Home) => {
  const config = {region: 'us-east-1', credentials: {accessKeyId: 'x', secretAccessKey: 'x'}, requestHandler}
  return {codedeploy: new CodeDeployClient(config), ecs: new ECSClient(config)}
}

/** Percent of production traffic by release, as the listener has it. */
async function traffic({fb}: Home): Promise<Record<number, number>> {
  const {taskSets} = JSON.parse((await fb(['status', '--env', 'sandbox', '--json'])).stdout)
  return Object.fromEntries(
    taskSets
      .filter(({status}: {status: string}) => status !== 'DRAINING')
      .map((set: {release: number; traffic: number}) => [set.release, set.traffic]),
  )
}

const releases = async ({fb}: Home) => JSON.parse((await fb(['releases', '--env', 'sandbox', '--json'])).stdout)

const newest = ({sandbox}: Home): string => sandbox.status().deployments[0]!.id

/** A rollback during which something happens as a call is made. */
async function surprised(here: Home, {onTestFinished}: Finishing, rule: Omit<Rule, 'kind'>, happens: () => unknown) {
  const kind = async (exchange: Exchange) => {
    await happens()
    await pass(exchange)
  }
  const proxy = await faultProxy(here.sandbox, [{kind, ...rule}])
  onTestFinished(proxy.close)
  const {code, stdout, stderr} = await here.fb(rollback(), {FB_SANDBOX_ENDPOINT: proxy.url})
  return {code, stderr, ...JSON.parse(stdout)}
}

/** The newest deployment of a release. */
const row = async (here: Home, number: number) =>
  (await releases(here)).find((one: {number: number}) => one.number === number)

/** A revision that is registered, and no more. */
async function register(ecs: ECSClient, tag: string): Promise<string> {
  const {taskDefinition} = await ecs.send(new DescribeTaskDefinitionCommand({taskDefinition: SERVICE}))
  const {family, containerDefinitions, cpu, memory, networkMode, requiresCompatibilities} = taskDefinition!
  const [container] = containerDefinitions!
  const image = container!.image!.replace(/:[^:@]+(@.*)?$/, `:${tag}`)
  const input = {
    family,
    cpu,
    memory,
    networkMode,
    requiresCompatibilities,
    containerDefinitions: [{...container, image}],
  }
  const answer = await ecs.send(new RegisterTaskDefinitionCommand(input as RegisterTaskDefinitionCommandInput))
  return answer.taskDefinition!.taskDefinitionArn!
}

async function rolledBack(here: Home, ...more: string[]) {
  const {code, stdout, stderr} = await here.fb(rollback(...more))
  return {code, stderr, ...JSON.parse(stdout)}
}

describe.concurrent('at any moment of a deployment', () => {
  const READY = {readyMinutes: 60}
  const MOMENTS: [moment: string, at: number, path: string, knobs?: object][] = [
    ['Created', SECOND, 'abort'],
    ['Install', 30 * SECOND, 'abort'],
    ['test traffic', 2 * MINUTE, 'abort'],
    ['Ready', 4 * MINUTE, 'abort', READY],
    ['10 %', 150 * SECOND, 'instant'],
    ['60 %', 8 * MINUTE, 'instant'],
    ['bake', 20 * MINUTE, 'instant'],
    ['blue draining', 27 * MINUTE, 'redeploy'],
    ['finished', 3 * 60 * MINUTE, 'redeploy'],
  ]
  it.for(MOMENTS)('%s: goes the right way, ends with all traffic on v3', async ([, at, path, knobs = {}], test) => {
    const here = await deploying(test, at, knobs)
    const {code, ...outcome} = await rolledBack(here)
    expect({code, ...outcome}, outcome.stderr).toMatchObject({
      code: 0,
      path,
      result: 'live',
      exitCode: 0,
      release: {number: 3},
      previous: {number: 4},
    })
    expect((await traffic(here))[3]).toBe(100)
    expect(await row(here, 4)).toMatchObject({result: 'rolled back', rolledBack: {by: 'you'}})
  })

  it.for([
    ['before the shift', 30 * SECOND, {readyMinutes: 60}],
    ['in the bake', 20 * MINUTE, {}],
  ] as const)('another release than the one beside it: %s it makes room first', async ([, at, knobs], test) => {
    const here = await deploying(test, at, knobs)
    const outcome = await rolledBack(here, 'v1')
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 1}})
    expect(await traffic(here)).toMatchObject({1: 100})
  })
})

describe.concurrent('the release to go back to', () => {
  it('is the one that served, not the newest that is registered', async (test) => {
    const here = await deployed(test)
    const {ecs} = clients(here)
    for (const tag of ['1.1.1', '1.2.0-crash', '1.2.1-unhealthy']) await register(ecs, tag)
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 3}})
    expect(await traffic(here)).toMatchObject({3: 100})
  })

  it.for([
    ['while that one still runs', 0],
    ['when that one is gone', 40 * MINUTE],
  ] as const)(
    'is never the one that was rolled back: %s a second rollback finds nothing to do',
    async ([, ms], test) => {
      const here = await deployed(test)
      expect(await rolledBack(here)).toMatchObject({code: 0, release: {number: 3}})
      here.sandbox.advance(ms)
      const before = here.sandbox.status().deployments.length
      expect(await rolledBack(here)).toMatchObject({
        code: 0,
        result: 'noop',
        release: {number: 3},
        previous: {number: 4},
        next: expect.arrayContaining(['fb rollback v1 --env sandbox']),
      })
      expect(here.sandbox.status().deployments).toHaveLength(before)
      expect((await traffic(here))[3]).toBe(100)

      const further = await rolledBack(here, 'v1')
      expect(further, further.stderr).toMatchObject({
        code: 0,
        path: 'redeploy',
        release: {number: 1},
        previous: {number: 3},
      })
      expect(further.stderr).toMatch(/v4, deployed \d+[mh] ago, is rolled back already: this goes further back/)
      expect(await traffic(here)).toMatchObject({1: 100})
    },
  )

  it('is no other when CodeDeploy has gone back by itself: a runbook for an alarm does not go too far', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    here.sandbox.fault('alarm-stuck')
    here.sandbox.advance(2 * MINUTE)
    here.sandbox.clearFaults()
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({
      code: 0,
      result: 'noop',
      release: {number: 3},
      previous: {number: 4},
    })
  })

  const NAMES: [what: string, name: string[], number: number][] = [
    ['its number', ['1'], 1],
    ['its number with a v', ['--to', 'v1'], 1],
    ['a tag', ['--to', '0.9.0'], 1],
    ['a digest', ['--to', 'sha256:bae4da66b9cc'], 4],
    ['the beginning of a digest', ['bae4da6'], 4],
  ]
  it.for(NAMES)('is named by %s', async ([, name, number], test) => {
    const here = await deployed(test)
    if (number === 4) await rolledBack(here)
    const outcome = await rolledBack(here, ...name, '--dry-run')
    expect(outcome, outcome.stderr).toMatchObject({code: 0, result: 'plan', release: {number}})
  })

  it('is registered again when its task definition was deregistered, with what it said and what it was tagged', async (test) => {
    const here = await deployed(test)
    const {ecs} = clients(here)
    await ecs.send(new DeregisterTaskDefinitionCommand({taskDefinition: `${SERVICE}:3`}))
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 5}})
    const described = (taskDefinition: string) =>
      ecs.send(new DescribeTaskDefinitionCommand({taskDefinition, include: ['TAGS']}))
    const [old, fresh] = [await described(`${SERVICE}:3`), await described(`${SERVICE}:5`)]
    expect(fresh.taskDefinition!.containerDefinitions).toEqual(old.taskDefinition!.containerDefinitions)
    expect(fresh.tags).toEqual(expect.arrayContaining(old.tags!))
    here.sandbox.advance(40 * MINUTE)
    // It is v3 by its content: further back is v1.
    const again = await rolledBack(here)
    expect(again).toMatchObject({code: 0, result: 'noop', release: {number: 5}})
    expect(again.next).toContain('fb rollback v1 --env sandbox')
  })

  it('that serves already is not deployed again', async (test) => {
    const here = await deployed(test)
    const before = here.sandbox.status().deployments.length
    expect(await rolledBack(here, 'v4')).toMatchObject({code: 0, result: 'noop', release: {number: 4}})
    expect(here.sandbox.status().deployments).toHaveLength(before)
  })

  it('that is being deployed is refused, with the deployment', async (test) => {
    const here = await deploying(test, 30 * SECOND)
    expect(await rolledBack(here, 'v4')).toMatchObject({code: 5, error: {code: 'being_deployed'}})
  })

  it('that nobody knows is not found, and good ones are named', async (test) => {
    const here = await deployed(test)
    for (const name of ['v9', '7.7.7', 'sha256:abcdef0'])
      expect(await rolledBack(here, name)).toMatchObject({
        code: 3,
        error: {code: 'no_release', because: ['Good releases: v3 (1.0.0), v1 (0.9.0).'], state: 'Nothing was changed.'},
      })
  })

  it('that was rolled back itself is deployed when it is named, and that is said', async (test) => {
    const here = await deployed(test)
    const {code, doubts} = await rolledBack(here, 'v2', '--dry-run')
    expect({code, doubts}).toEqual({code: 0, doubts: ['v2 (0.9.1) was rolled back itself: an alarm fired']})
  })
})

describe.concurrent('on the way', () => {
  it('goes on with a deployment when the old tasks have ended since the plan was made', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    const rule = {operation: 'codedeploy:StopDeployment'}
    const outcome = await surprised(here, test, rule, () => here.sandbox.advance(20 * MINUTE))
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 3}})
    expect(outcome.stderr).toContain('INSTANT')
    expect(outcome.stderr).toMatch(/Stop d-\w+: FAILED \(it has ended meanwhile: v3 is deployed anew\)/)
    expect(await traffic(here)).toMatchObject({3: 100})
  })

  it('follows a rollback that somebody else has begun meanwhile', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    const {codedeploy} = clients(here)
    const outcome = await surprised(here, test, {operation: 'codedeploy:StopDeployment'}, async () => {
      await codedeploy.send(new StopDeploymentCommand({deploymentId: newest(here), autoRollbackEnabled: true}))
      here.sandbox.advance(MINUTE)
    })
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'instant', release: {number: 3}})
  })

  it('refuses when another release has come in between', async (test) => {
    const here = await deployed(test)
    // The plan reads it once, and once more is looked before anything is changed.
    const when = ({reached}: {reached: string[]}) => reached.includes('codedeploy:GetDeploymentConfig')
    const outcome = await surprised(here, test, {operation: 'ecs:DescribeServices', when}, async () => {
      await here.fb(deploy('1.1.1', '--strategy', 'all-at-once'))
      here.sandbox.advance(30 * MINUTE)
    })
    expect(outcome).toMatchObject({code: 5, error: {code: 'changed'}})
  })

  it('looks on when CodeDeploy goes back by itself', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    const {codedeploy} = clients(here)
    const deploymentId = newest(here)
    await codedeploy.send(new StopDeploymentCommand({deploymentId, autoRollbackEnabled: true}))
    here.sandbox.advance(4 * SECOND)
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({
      code: 0,
      path: 'attach',
      release: {number: 3},
      previous: {number: 4},
      deployment: {id: deploymentId},
    })
  })

  it('looks on when fb goes back already: two people do not undo each other', async (test) => {
    const here = await deployed(test)
    const {deployment} = await rolledBack(here, '--wait', 'started')
    here.sandbox.advance(30 * SECOND)
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({
      code: 0,
      path: 'attach',
      release: {number: 3},
      previous: {number: 4},
      deployment: {id: deployment.id},
    })
    expect(await traffic(here)).toMatchObject({3: 100})
  })

  it('brings the traffic together that a stop without a rollback has divided', async (test) => {
    const here = await deploying(test, 5 * MINUTE)
    const deploymentId = newest(here)
    await clients(here).codedeploy.send(new StopDeploymentCommand({deploymentId}))
    here.sandbox.advance(MINUTE)
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({
      code: 0,
      path: 'redeploy',
      release: {number: 3},
      previous: {number: 4},
    })
    expect(await traffic(here)).toMatchObject({3: 100})
  })

  it('approves itself where the group waits for approval', async (test) => {
    const here = await deployed(test)
    here.sandbox.configure({readyMinutes: 60})
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 3}})
  })

  it('gives up waiting (8) for a stop that stays pending, and says how to go on', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    here.sandbox.fault('stop-refused')
    const outcome = await rolledBack(here, '--timeout', '1m')
    expect(outcome).toMatchObject({
      code: 8,
      result: 'timeout',
      next: [expect.stringMatching(/^fb watch/), expect.any(String)],
    })
  })

  it('is rolled back itself (9) when the old release does not start any more: what was to be left serves', async (test) => {
    const here = await deployed(test)
    here.sandbox.fault('bad-param')
    const rule = {operation: 'codedeploy:GetDeployment'}
    const outcome = await surprised(here, test, rule, () => here.sandbox.advance(58 * MINUTE))
    expect(outcome, outcome.stderr).toMatchObject({
      code: 9,
      path: 'redeploy',
      result: 'rolled_back',
      release: {number: 4},
      previous: {number: 3},
      failure: {code: 'secrets'},
    })
    expect(await traffic(here)).toMatchObject({4: 100})
  })
})

describe.concurrent('alarms', () => {
  it('that fire do not stop it, though they would stop a deployment', async (test) => {
    const here = await deployed(test)
    here.sandbox.fault('alarm-stuck')
    const outcome = await rolledBack(here)
    expect(outcome, outcome.stderr).toMatchObject({code: 0, path: 'redeploy', release: {number: 3}})
    expect(outcome.stderr).toMatch(/5xx in ALARM; none of them can stop this deployment/)
    expect(await traffic(here)).toMatchObject({3: 100})
  })

  it('stop it when they are to be respected', async (test) => {
    const here = await deployed(test)
    here.sandbox.fault('alarm-stuck')
    const outcome = await rolledBack(here, '--respect-alarms')
    expect(outcome).toMatchObject({code: 9, failure: {code: 'alarm'}, release: {number: 4}})
    expect(outcome.stderr).toContain('because of --respect-alarms')
  })
})

describe.concurrent('what is kept of it', () => {
  it.for([
    ['a stop', 20 * MINUTE],
    ['a deployment', 40 * MINUTE],
  ] as const)('the reason of %s is shown by fb releases', async ([, at], test) => {
    const here = await deploying(test, at)
    expect(await rolledBack(here, '--reason', 'errors in search, 5xx')).toMatchObject({code: 0})
    const {reason} = (await row(here, 4)).rolledBack
    // Tags take no comma.
    expect(reason).toMatch(/^errors in search[,-] 5xx$/)
    const {stdout} = await here.fb(['releases', '--env', 'sandbox'])
    expect(stdout).toMatch(/^v4 +1\.1\.0 +rolled back .*errors in search. 5xx \(you\)/m)
  })

  it('a reason that may not be kept does not keep the traffic from coming back', async (test) => {
    const here = await deploying(test, 20 * MINUTE)
    here.sandbox.fault('access-denied:TagResource')
    const outcome = await rolledBack(here, '--reason', 'x')
    expect(outcome).toMatchObject({code: 0, path: 'instant'})
    expect(outcome.stderr).toContain('FAILED (Your role may not call ecs:TagResource.)')
  })

  it('a migration that ran in between is said before the question, whether its release served or not', async (test) => {
    const here = await deployed(test)
    const {ecs} = clients(here)
    const arn = await register(ecs, '1.2.0-crash')
    const tags = [{key: 'fb:migration', value: 'alembic upgrade head'}]
    await ecs.send(new TagResourceCommand({resourceArn: arn, tags}))
    const {migrations, stderr} = await rolledBack(here)
    expect(migrations).toBeUndefined()
    expect(stderr).toMatch(/v5 began a migration \(alembic upgrade head\): the schema stays, v3 has to work with it/)
  })
})

describe.concurrent('without a way, or a person', () => {
  it('asks nobody without a terminal', async (test) => {
    const here = home({onFinished: test.onTestFinished})
    const {code, stderr} = await here.fb(['rollback', '--env', 'sandbox'])
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('--yes')})
  })

  it('refuses two names, and a name that is empty', async (test) => {
    const here = home({onFinished: test.onTestFinished})
    expect(await rolledBack(here, 'v1', '--to', 'v2')).toMatchObject({code: 2, error: {code: 'two_releases'}})
    expect(await rolledBack(here, '--to', '')).toMatchObject({code: 2, error: {code: 'empty_value'}})
  })

  it('names the deployment that came first', async (test) => {
    const here = await deployed(test)
    const rule = {operation: 'codedeploy:CreateDeployment'}
    expect(await surprised(here, test, rule, () => here.fb(deploy('1.1.1')))).toMatchObject({
      code: 5,
      error: {code: 'busy', next: [expect.stringMatching(/^fb watch d-\w+ --env sandbox$/)]},
    })
  })
})

import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'

const deploy = (tag: string, ...more: string[]) => ['deploy', '--env', 'sandbox', '--tag', tag, '--yes', ...more]

describe('a good image', () => {
  it('is live when all traffic has moved, while blue is still there', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(deploy('1.1.0', '--json'))
    const outcome = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(outcome).toMatchObject({
      env: 'sandbox',
      account: '000000000000',
      region: 'us-east-1',
      service: 'v1',
      result: 'live',
      release: {number: 4, image: expect.stringMatching(/:1\.1\.0@sha256:[0-9a-f]{64}$/)},
      previous: {number: 3},
      deployment: {status: 'InProgress', config: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes'},
      traffic: {blue: 0, green: 100},
      exitCode: 0,
    })
    const {trafficShiftedAt, blueTerminatesAt} = outcome.deployment
    expect(Date.parse(blueTerminatesAt) - Date.parse(trafficShiftedAt)).toBeGreaterThan(14 * 60_000)
    const status = JSON.parse((await fb(['status', '--env', 'sandbox', '--json'])).stdout)
    expect(status).toMatchObject({health: 'healthy', release: {number: 4}})
  })

  it('is not deployed twice', async () => {
    const {fb, sandbox} = home()
    const {code, stdout} = await fb(deploy('1.0.0', '--json'))
    expect({code, result: JSON.parse(stdout).result}).toEqual({code: 0, result: 'noop'})
    expect(sandbox.status().deployments).toHaveLength(seeded)
  })

  it('is deployed again with --force', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(deploy('1.0.0', '--force', '--strategy', 'all-at-once'))
    expect({code, stdout}).toEqual({code: 0, stdout: expect.stringContaining('v4 (1.0.0) is live')})
  })

  it('is waited for until blue is gone with --wait complete', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(deploy('1.1.0', '--wait', 'complete', '--strategy', 'canary', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      result: 'complete',
      deployment: {status: 'Succeeded'},
    })
  })

  it('is only started with --wait started', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(deploy('1.1.0', '--wait', 'started', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, result: 'started', traffic: {blue: 100, green: 0}})
  })

  it('is given up on after --timeout, and goes on in AWS', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(deploy('1.1.0', '--timeout', '3m', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 8,
      result: 'timeout',
      deployment: {status: 'InProgress'},
    })
    const watched = await fb(['watch', '--env', 'sandbox', '--json'])
    expect({code: watched.code, ...JSON.parse(watched.stdout)}).toMatchObject({
      code: 0,
      result: 'live',
      release: {number: 4},
      previous: {number: 3},
    })
  })
})

/** Deployments in a new sandbox's history. */
const seeded = 3

describe('bad input', () => {
  const nothingChanged = async (
    args: string[],
    code: number,
    stderr: RegExp,
    set: (here: ReturnType<typeof home>) => void = () => {},
  ) => {
    const here = home()
    set(here)
    const before = here.sandbox.status().deployments.length
    const ended = await here.fb(args)
    expect({code: ended.code, stdout: ended.stdout, stderr: ended.stderr}).toEqual({
      code,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    })
    expect(here.sandbox.status().deployments).toHaveLength(before)
  }
  const template = (name: string, content: unknown) => (here: ReturnType<typeof home>) => {
    mkdirSync(join(here.directory, '.aws'), {recursive: true})
    writeFileSync(
      join(here.directory, '.aws', name),
      typeof content === 'string' ? content : JSON.stringify(content, undefined, 2),
    )
  }
  const definition = 'task-definition-v1-sandbox.json'

  it('a tag that does not exist names the nearest', () =>
    nothingChanged(deploy('1.1.2'), 3, /no image 1\.1\.2[\s\S]*Nearest tags: 1\.1\.[01]/))
  it('an unknown environment names the nearest', () =>
    nothingChanged(['deploy', '--env', 'sandbx', '--tag', '1.1.0', '--yes'], 2, /Did you mean sandbox/))
  it('an unknown service names the known', () =>
    nothingChanged(deploy('1.1.0', '--service', 'v7'), 2, /no service "v7"/))
  it('a flag with a typo names the nearest', () =>
    nothingChanged(deploy('1.1.0', '--strtegy', 'canary'), 2, /Did you mean --strategy/))
  it('an unknown strategy', () =>
    nothingChanged(deploy('1.1.0', '--strategy', 'Nope'), 3, /no deployment configuration Nope/))
  it('a question without a terminal names the flag', () =>
    nothingChanged(['deploy', '--env', 'sandbox', '--tag', '1.1.0'], 2, /pass --yes/))
  it('no environment without a terminal names the flag', () =>
    nothingChanged(['deploy', '--tag', '1.1.0', '--yes'], 2, /pass --env/))
  it('no image without a terminal names the flag', () =>
    nothingChanged(['deploy', '--env', 'sandbox', '--yes'], 2, /pass --tag/))
  it('a bad variable', () => nothingChanged(deploy('1.1.0', '--set-env', '1A=2'), 2, /NAME=VALUE/))
  it('a variable that is a secret', () =>
    nothingChanged(deploy('1.1.0', '--set-env', 'SECRET_KEY=hunter2'), 2, /^(?![\s\S]*hunter2)[\s\S]*is a secret/))
  it('a service that CodeDeploy does not deploy', () =>
    nothingChanged(deploy('1.1.0'), 7, /not deployed by CodeDeploy/, ({sandbox}) => sandbox.fault('not-code-deploy')))
  it('no deployment group', () =>
    nothingChanged(deploy('1.1.0'), 3, /no CodeDeploy deployment group/, ({sandbox}) => sandbox.fault('no-group')))
  it('a malformed template names file and line', () =>
    nothingChanged(
      deploy('1.1.0'),
      2,
      /\.aws\/task-definition-v1-sandbox\.json:3: /,
      template(definition, '{\n  "family": "x",\n  oops\n}'),
    ))
  it('a template of another family', () =>
    nothingChanged(
      deploy('1.1.0'),
      2,
      /family is "other", but this service runs fastapi-bootstrap-v1-sandbox/,
      template(definition, {family: 'other', containerDefinitions: []}),
    ))
  it('a template without the container', () =>
    nothingChanged(
      deploy('1.1.0'),
      3,
      /has no container fastapi-bootstrap-v1/,
      template(definition, {family: 'fastapi-bootstrap-v1-sandbox', containerDefinitions: [{name: 'web', image: 'x'}]}),
    ))
  it('a placeholder fb does not know names file and line', () =>
    nothingChanged(
      deploy('1.1.0'),
      2,
      /task-definition-v1-sandbox\.json:\d+: fb does not know the placeholder <ROLE>/,
      template(definition, {
        family: 'fastapi-bootstrap-v1-sandbox',
        taskRoleArn: 'arn:aws:iam::ACCOUNT_ID:role/<ROLE>',
        containerDefinitions: [{name: 'fastapi-bootstrap-v1', image: '<IMAGE>'}],
      }),
    ))
  it('fb.yml with an unknown key names line and key', () =>
    nothingChanged(deploy('1.1.0'), 2, /line 2: regoin: unknown key, did you mean region/, ({directory}) =>
      writeFileSync(join(directory, 'fb.yml'), 'app: fastapi-bootstrap\nregoin: us-east-1\n'),
    ))

  it('a deployment already running says whose and since when', async () => {
    const {fb} = home()
    await fb(deploy('1.1.0', '--wait', 'started', '--message', 'fix login'))
    const {code, stderr} = await fb(deploy('1.1.1'))
    expect(code).toBe(5)
    expect(stderr).toMatch(
      /Another deployment is running: d-\w{9}, by you, since [\d-]+ [\d:]+ UTC\.\n\s+It says: fix login/,
    )
  })

  it('is one JSON document on stdout with --json', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(['deploy', '--env', 'sandbox', '--tag', '9.9.9', '--yes', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'no_image',
        message: expect.any(String),
        because: expect.any(Array),
        state: expect.any(String),
        next: expect.any(Array),
      },
    })
  })
})

describe('credentials', () => {
  const faulty = async (fault: string) => {
    const here = home()
    here.sandbox.fault(fault)
    return here.fb(deploy('1.1.0'))
  }
  it('that have expired exit 4 and say how to log in', async () => {
    expect(await faulty('expired-token')).toMatchObject({code: 4, stderr: expect.stringContaining('aws sso login')})
  })
  it('that may not deploy exit 4 and name the action', async () => {
    expect(await faulty('access-denied:CreateDeployment')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('codedeploy:CreateDeployment'),
    })
  })
  it('that are missing exit 4', async () => {
    const {fb} = home()
    const ended = await fb(['deploy', '--env', 'dev', '--tag', '1.1.0', '--yes'], {AWS_EC2_METADATA_DISABLED: 'true'})
    expect(ended).toMatchObject({code: 4, stderr: expect.stringContaining('No AWS credentials')})
  })
})

it('refuses --template-env when that environment has no templates', async () => {
  const {fb} = home()
  const {code, stderr} = await fb(deploy('1.1.0', '--template-env', 'dve'))
  expect({code, stderr}).toEqual({code: 3, stderr: expect.stringContaining('.aws/task-definition-v1-dve.json')})
})

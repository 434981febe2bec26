import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import type {Check} from '../../src/deploy/preflight/check.js'
import {home} from '../support/fb.js'

const VERIFY = ['verify', '--env', 'sandbox']
const DEPLOY = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--yes']

const checksOf = (stdout: string): Record<string, Check> =>
  Object.fromEntries((JSON.parse(stdout).checks as Check[]).map((check) => [check.id, check]))

describe('fb verify', () => {
  it('makes all checks and ends with 0 when a deployment can begin', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(VERIFY)
    expect(code, stdout).toBe(0)
    expect(stdout.match(/^✔ /gm)).toHaveLength(15)
    expect(stdout).toContain('✔ sandbox is ready for a deployment: 14 checks.\n')
  })

  /** Fault, the check that sees it, its verdict, and what it says. */
  const seen: [string, string, Check['result'], RegExp][] = [
    ['missing-param', 'secrets', 'fail', /SECRET_KEY does not exist/],
    ['wrong-architecture', 'image', 'fail', /built for arm64, and the tasks run on amd64/],
    ['no-auto-rollback', 'rollback', 'fail', /not roll back by itself on DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM/],
    ['listener-moved', 'listener', 'fail', /^0 % of the traffic goes to the PRIMARY task set, in v1-sandbox-blue/],
    ['alarm-stuck', 'alarms', 'fail', /5xx is firing: Held in ALARM/],
    ['stuck-deploy', 'in-flight', 'fail', /^d-\w{9}, by somebody, since/],
    ['not-code-deploy', 'controller', 'fail', /not deployed by CodeDeploy/],
    ['no-group', 'group', 'fail', /no CodeDeploy deployment group/],
    ['unlike-groups', 'target-groups', 'warn', /differ: health path \/health and \/healthz$/],
    ['just-scaled', 'scaling', 'warn', /Setting desired count/],
  ]
  it.each(seen)('under %s: %s is %s', async (fault, id, result, found) => {
    const {fb, sandbox} = home()
    sandbox.fault(fault)
    const {code, stdout} = await fb([...VERIFY, '--json'])
    expect(checksOf(stdout)[id]).toMatchObject({result, found: expect.stringMatching(found)})
    expect(code).toBe(result === 'fail' ? 7 : 0)
  })

  it('tells all that is wrong at once, each with how to mend it', async () => {
    const {fb, sandbox} = home()
    for (const fault of ['missing-param', 'wrong-architecture', 'alarm-stuck']) sandbox.fault(fault)
    const {code, stdout} = await fb(VERIFY)
    expect(code).toBe(7)
    expect(stdout.match(/^✖ (?:image|secrets|alarms) .*\n +Fix {2}.+$/gm)).toHaveLength(3)
    expect(stdout).toContain('✖ sandbox is not ready for a deployment: 14 checks, 3 failed.')
  })

  it('does not repeat for every check what one of them has told', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('no-group')
    const checks = checksOf((await fb([...VERIFY, '--json'])).stdout)
    expect(Object.values(checks).filter(({result}) => result === 'fail')).toHaveLength(1)
    expect(checks.alarms).toMatchObject({result: 'skipped', found: 'rests on group'})
  })

  it('leaves out what --skip-check names, and knows no other names', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('alarm-stuck')
    const {code, stdout} = await fb([...VERIFY, '--skip-check', 'alarms', '--json'])
    expect({code, alarms: checksOf(stdout).alarms}).toMatchObject({code: 0, alarms: {result: 'skipped'}})
    const {code: wrong, stderr} = await fb([...VERIFY, '--skip-check', 'alarm'])
    expect({code: wrong, stderr}).toEqual({code: 2, stderr: expect.stringContaining('alarms')})
  })

  it.each([
    [['--tag', '1.1.0'], 'ok', /^fastapi-bootstrap:1\.1\.0 is there, built for amd64$/],
    [['--tag', '9.9.9'], 'fail', /^fastapi-bootstrap:9\.9\.9 does not exist$/],
  ] as const)('looks at the image that %s names', async (named, result, found) => {
    const {stdout} = await home().fb([...VERIFY, ...named, '--json'])
    expect(checksOf(stdout).image).toMatchObject({result, found: expect.stringMatching(found)})
  })

  it('looks at what the template would deploy', async () => {
    const {fb, directory} = home()
    mkdirSync(join(directory, '.aws'))
    const logConfiguration = {logDriver: 'awslogs', options: {'awslogs-group': '/ecs/elsewhere'}}
    const secrets = [{name: 'A', valueFrom: '/fastapi-bootstrap/sandbox/API_TOKEN'}]
    const portMappings = [{containerPort: 9000}]
    const container = {name: 'fastapi-bootstrap-v1', image: 'x', logConfiguration, secrets, portMappings}
    const definition = {family: 'fastapi-bootstrap-v1-sandbox', containerDefinitions: [container]}
    writeFileSync(join(directory, '.aws/task-definition-v1-sandbox.json'), JSON.stringify(definition))
    const {code, stdout} = await fb([...VERIFY, '--json'])
    expect({code, ...checksOf(stdout)}).toMatchObject({
      code: 7,
      'log-group': {result: 'fail', found: '/ecs/elsewhere does not exist'},
      secrets: {result: 'fail', fix: 'fb params set API_TOKEN --env sandbox'},
      container: {result: 'fail', found: 'fastapi-bootstrap-v1 opens 9000; the load balancer sends requests to 8000'},
    })
  })

  it('says in the table, not by leaving, that the credentials are of another account', async () => {
    const {fb, directory, sandbox} = home()
    writeFileSync(join(directory, 'fb.yml'), 'environments:\n  prod: {account: "111111111111"}\n')
    const {serve} = await import('../../src/sandbox/serve.js')
    const {url, close} = await serve(sandbox, 0)
    const aws = {AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b'}
    const {code, stdout} = await fb(['verify', '--env', 'prod', '--json'], aws).finally(close)
    expect({code, ...checksOf(stdout)}).toMatchObject({
      code: 7,
      account: {result: 'fail', found: 'the credentials are of 000000000000; fb.yml says 111111111111'},
      controller: {result: 'fail', found: expect.stringContaining('no cluster')},
    })
  })
})

describe('the preflight of fb deploy', () => {
  it('refuses while an alarm fires (7), with the fix and the way past it, and changes nothing', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('alarm-stuck')
    const {code, stderr} = await fb(DEPLOY)
    expect(code).toBe(7)
    expect(stderr).toMatch(/✖ A check has failed: nothing was deployed\.\n {2}alarms: .* is firing/)
    expect(stderr).toContain('fb deploy ... --skip-check alarms')
    expect(sandbox.status().deployments).toHaveLength(3)
  })

  it('goes past it for sure: with --skip-check alarms those that fire stop nothing, and the plan says so', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('alarm-stuck')
    const {code, stdout, stderr} = await fb([...DEPLOY, '--skip-check', 'alarms', '--json'])
    expect({code, result: JSON.parse(stdout).result}).toEqual({code: 0, result: 'live'})
    expect(stderr).toMatch(/^Warning +no alarm can stop this deployment, because \S+-5xx fires already$/m)
  })

  it('lets alarms stop a deployment whose check of them was left out while none fired', async () => {
    const {fb, sandbox} = home()
    const planned = await fb([...DEPLOY, '--skip-check', 'alarms', '--dry-run', '--json'])
    expect(JSON.parse(planned.stdout).ignoresAlarms).toBe(false)
    await fb([...DEPLOY, '--skip-check', 'alarms', '--wait', 'started'])
    sandbox.fault('alarm-stuck')
    sandbox.advance(20_000)
    const {deployment} = JSON.parse((await fb(['releases', 'info', '4', '--env', 'sandbox', '--json'])).stdout)
    expect(deployment.status).toBe('Stopped')
  })

  it('names everything that has failed in one JSON document', async () => {
    const {fb, sandbox} = home()
    for (const fault of ['missing-param', 'alarm-stuck']) sandbox.fault(fault)
    const {code, stdout} = await fb([...DEPLOY, '--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 7,
      error: {
        code: 'preflight',
        because: [expect.stringMatching(/^secrets: /), expect.stringMatching(/^alarms: /)],
        state: 'Nothing was changed.',
      },
    })
  })

  it('shows in the plan only what is not well, and goes on past a warning', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('just-scaled')
    const {code, stderr} = await fb([...DEPLOY, '--wait', 'started'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Checks +! scaling +\S+ ago: Setting desired count to 2\.\n +Fix +wait until \d\d:\d\d$/m)
    expect(stderr).not.toMatch(/✔ (controller|image)/)
  })

  it('says nothing in the plan when all is well', async () => {
    const {stdout} = await home().fb([...DEPLOY, '--dry-run'])
    expect(stdout).not.toContain('Checks')
  })

  it('is in the document of a dry run, whose exit code it is', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('alarm-stuck')
    const {code, stdout} = await fb([...DEPLOY, '--dry-run', '--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 7, result: 'plan', exitCode: 7})
    expect(checksOf(stdout).alarms!.result).toBe('fail')
  })

  it('leaves out what --skip-check names, and says so', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('missing-param')
    const {code, stderr} = await fb([...DEPLOY, '--wait', 'started', '--skip-check', 'secrets'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/○ secrets +by --skip-check/)
  })
})

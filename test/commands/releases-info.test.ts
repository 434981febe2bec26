import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'

const HOUR = 3_600_000
const deploy = (tag: string, ...more: string[]) => ['deploy', '--env', 'sandbox', '--tag', tag, '--yes', ...more]
const info = (release: string, ...more: string[]) => ['releases', 'info', release, '--env', 'sandbox', ...more]

describe('fb releases info', () => {
  it('keeps showing why a release failed, with its traceback', async () => {
    const {fb, sandbox} = home()
    const ended = await fb(deploy('1.2.0-crash'))
    const [verdict] = ended.stdout.split('\n')
    sandbox.advance(HOUR / 2)
    const {code, stdout} = await fb(info('v4'))
    expect(code).toBe(0)
    const cause = /the application fails to start \(exit 3\): RuntimeError: .*/.exec(verdict!)![0]
    expect(stdout).toContain(`✖ v4 (1.2.0-crash) · rolled back: ${cause}`)
    expect(stdout).toMatch(/Seen {3}ecs:DescribeTasks 4x since .* exit 3\n {2}Log {4}ERROR: {4}Traceback/)
    expect(stdout).toMatch(/By {5}you, 3\dm ago: deploy 1\.2\.0-crash/)
  })

  it('finds the log of tasks that ECS has forgotten', async () => {
    const {fb, sandbox} = home()
    await fb(deploy('1.2.0-crash'))
    sandbox.advance(5 * HOUR)
    const {failure} = JSON.parse((await fb(info('4', '--json'))).stdout)
    expect(failure).toMatchObject({summary: expect.stringMatching(/^the application fails to start: RuntimeError: /)})
    expect(failure.logs[0]).toContain('Traceback (most recent call last)')
  })

  it('shows a variable that is gone and a secret that is new beside the cause', async () => {
    const {fb, sandbox, directory} = home()
    mkdirSync(join(directory, '.aws'))
    const definition = JSON.parse(readFileSync(sandbox.file, 'utf8')).taskDefinitions.at(-1).input
    const [container] = definition.containerDefinitions
    container.environment = []
    container.secrets.push({
      name: 'REDIS_URL',
      valueFrom: container.secrets[0].valueFrom.replace('DATABASE_URL', 'REDIS_URL'),
    })
    writeFileSync(join(directory, '.aws', 'task-definition-v1-sandbox.json'), JSON.stringify(definition))
    // The secret that is new is not there yet, which the preflight would find.
    const failed = await fb([...deploy('1.2.0-crash'), '--skip-check', 'secrets'])
    const changes =
      /Change env LOG_LEVEL is gone; v3 had info\n {9}secret REDIS_URL is new: arn:aws:ssm:\S+\/REDIS_URL\n/
    expect(failed.stdout).toMatch(changes)
    expect((await fb(info('4'))).stdout).toMatch(changes)
  })

  it('names the day of what was seen days ago', async () => {
    const {stdout} = await home().fb(info('2'))
    expect(stdout).toMatch(/^ {2}Seen {3}codedeploy:GetDeployment since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: ALARM_ACTIVE/m)
  })

  it('says what a good release is, without a failure', async () => {
    const {fb} = home()
    const {code, stdout} = await fb(info('3', '--json'))
    const shown = JSON.parse(stdout)
    expect({code, ...shown}).toMatchObject({code: 0, number: 3, result: 'live', previous: {number: 1}, changes: []})
    expect(shown).not.toHaveProperty('failure')
  })

  it.each([
    ['99', 3, 'no_release'],
    ['latest', 2, 'bad_release'],
    ['', 2, 'empty_value'],
  ])('refuses %j with %i', async (release, code, error) => {
    const {fb} = home()
    const ended = await fb(info(release, '--json'))
    expect({code: ended.code, error: JSON.parse(ended.stdout).error.code}).toEqual({code, error})
  })
})

describe('fb watch', () => {
  const start = deploy('1.2.3-missing', '--wait', 'started')

  it('tells what goes wrong, and stops nothing that it has not started', async () => {
    const {fb, sandbox} = home()
    await fb(start)
    sandbox.advance(HOUR - 120_000)
    const {code, stdout, stderr} = await fb(['watch', '--env', 'sandbox', '--json'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 9,
      deployment: {status: 'Failed'},
      failure: {code: 'image_pull'},
    })
    expect(stderr).toContain('v4: the image cannot be pulled')
    expect(stderr).not.toContain('fb stops')
  })

  it('stops it when asked to', async () => {
    const {fb} = home()
    await fb(start)
    const {code, stdout} = await fb(['watch', '--env', 'sandbox', '--json', '--fail-fast'])
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 9,
      deployment: {status: 'Stopped', stoppedAt: expect.any(String)},
      failure: {code: 'image_pull'},
    })
  })
})

it('is not stopped with --no-fail-fast', async () => {
  const {fb} = home()
  const {code, stdout} = await fb(deploy('1.2.3-missing', '--no-fail-fast', '--json'))
  const {deployment, failure} = JSON.parse(stdout)
  expect({code, status: deployment.status, cause: failure.code}).toEqual({
    code: 9,
    status: 'Failed',
    cause: 'image_pull',
  })
})

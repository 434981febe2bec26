import {CloudWatchClient, SetAlarmStateCommand} from '@aws-sdk/client-cloudwatch'
import {describe, expect, it} from 'vitest'

import type {Sandbox} from '../../src/sandbox/sandbox.js'
import {home} from '../support/fb.js'
import {terminal} from '../support/terminal.js'

const deploy = (tag: string, ...more: string[]) => [
  ...['deploy', '--env', 'sandbox', '--strategy', 'all-at-once', '--tag', tag],
  ...more,
]
const MINUTE = 60_000

/** A sandbox in which somebody deploys 1.1.0, some time after that has begun. */
async function busy(minutes = 0) {
  const here = home()
  const args = deploy('1.1.0', '--yes', '--wait', 'started', '--message', 'fix login', '--json')
  const {deployment} = JSON.parse((await here.fb(args)).stdout)
  here.sandbox.advance(minutes * MINUTE)
  const statusOf = (id: string) => here.sandbox.status().deployments.find((one) => one.id === id)?.status
  const releases = async () => JSON.parse((await here.fb(['releases', '--env', 'sandbox', '--json'])).stdout)
  return {...here, first: deployment.id as string, statusOf, releases}
}

/** An alarm that was set by hand is measured again after six minutes. */
async function alarmForMinutes({requestHandler}: Sandbox) {
  const credentials = {accessKeyId: 'x', secretAccessKey: 'x'}
  const cloudwatch = new CloudWatchClient({region: 'us-east-1', credentials, requestHandler})
  const AlarmName = 'fastapi-bootstrap-v1-sandbox-p95'
  await cloudwatch.send(new SetAlarmStateCommand({AlarmName, StateValue: 'ALARM', StateReason: 'slow'}))
}

describe('fb deploy while another deployment is running', () => {
  it('fails (5) without a terminal, names it and what can be done', async () => {
    const {fb, first, sandbox} = await busy()
    const {code, stderr} = await fb(deploy('1.1.1', '--yes'))
    expect(code).toBe(5)
    expect(stderr).toContain(`Another deployment is running: ${first}, by you, since`)
    expect(stderr).toContain('fb deploy ... --if-busy wait | replace | attach')
    expect(sandbox.status().deployments).toHaveLength(4)
  })

  it('waits for its end with --if-busy wait, then deploys', async () => {
    const {fb, first, statusOf} = await busy()
    const {code, stdout} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'wait', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      result: 'live',
      release: {number: 5},
      previous: {number: 4},
    })
    expect(statusOf(first)).toBe('Succeeded')
  })

  it('watches it with --if-busy attach, and deploys nothing', async () => {
    const {fb, first, sandbox} = await busy()
    const {code, stdout} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'attach', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      result: 'live',
      release: {number: 4},
      deployment: {id: first},
    })
    expect(sandbox.status().deployments).toHaveLength(4)
  })

  it('refuses (2) to have its own smoke tests decide about the other one', async () => {
    const {fb, first, statusOf} = await busy(1)
    const attach = ['--if-busy', 'attach', '--smoke', '/health', '--approve', 'smoke']
    const {code, stderr} = await fb(deploy('1.1.1', '--yes', ...attach))
    expect({code, status: statusOf(first)}).toEqual({code: 2, status: 'InProgress'})
    expect(stderr).toContain('do not decide about one that somebody else has started')
  })

  it('rolls it back with --if-busy replace while its traffic has not moved, then deploys', async () => {
    const {fb, releases} = await busy(1)
    const {code, stdout} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'replace', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({
      code: 0,
      result: 'live',
      release: {number: 5},
      previous: {number: 3},
    })
    const [live, replaced] = await releases()
    expect(live).toMatchObject({result: 'live'})
    expect(replaced).toMatchObject({result: 'rolled back', rolledBack: {by: 'you', reason: 'replaced by 1.1.1'}})
    const {stdout: told} = await fb(['releases', 'info', '4', '--env', 'sandbox'])
    expect(told).toContain('rolled back: you stopped the deployment: replaced by 1.1.1')
    expect(told).toContain('ask you whether it is still wanted')
  })

  it('says that it was rolled back also when what comes next may not be deployed', async () => {
    const {fb, first, sandbox} = await busy(1)
    sandbox.fault('access-denied:CreateDeployment')
    const {code, stderr} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'replace'))
    expect(code).toBe(4)
    expect(stderr).toMatch(new RegExp(`State {2}${first} was rolled back\\. \\S+:5 is registered; no deployment of it`))
  })

  it('ends it with --if-busy replace once its traffic has moved, and does not roll it back', async () => {
    const {fb, first, statusOf} = await busy(5)
    const {code, stdout} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'replace', '--json'))
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, result: 'live', previous: {number: 4}})
    expect(statusOf(first)).toBe('Succeeded')
  })

  it.each(['replace', 'wait'])('lets it be with --if-busy %s when the new one would be refused anyway', async (how) => {
    const {fb, first, statusOf, sandbox} = await busy(1)
    const untested = await fb(deploy('1.1.1', '--yes', '--if-busy', how, '--smoke', '/health'))
    expect(untested.code).toBe(2)
    sandbox.fault('missing-param')
    const unfit = await fb(deploy('1.1.1', '--yes', '--if-busy', how))
    expect({code: unfit.code, status: statusOf(first)}).toEqual({code: 7, status: 'InProgress'})
    expect(unfit.stderr).toContain('Nothing was changed.')
  })

  it('takes the other one back and says so when what is asked for serves already, whatever the checks say', async () => {
    const {fb, first, statusOf, sandbox} = await busy(1)
    for (const fault of ['alarm-stuck', 'missing-param']) sandbox.fault(fault)
    const {code, stdout} = await fb(deploy('1.0.0', '--yes', '--if-busy', 'replace'))
    expect({code, status: statusOf(first), all: sandbox.status().deployments.length}).toEqual({
      code: 0,
      status: 'Stopped',
      all: 4,
    })
    expect(stdout).toContain(`✔ v3 (1.0.0) serves sandbox: ${first} was rolled back, and nothing had to be deployed.`)
    expect(stdout).not.toContain('--force')
  })

  describe('and an alarm fires, maybe because of that one,', () => {
    it.each([
      [1, {code: 0, alarms: 'warn'}],
      [5, {code: 7, alarms: 'fail'}],
    ])('says in a dry run after %i min whether that is in the way of replacing it', async (minutes, expected) => {
      const {fb, sandbox} = await busy(minutes)
      sandbox.fault('alarm-stuck')
      const {code, stdout} = await fb(deploy('1.1.1', '--dry-run', '--if-busy', 'replace', '--json'))
      const {result: alarms} = JSON.parse(stdout).checks.find(({id}: {id: string}) => id === 'alarms')
      expect({code, alarms}).toEqual(expected)
    })

    it('takes it back at once with --if-busy replace, and deploys when the alarm is OK again', async () => {
      const {fb, first, sandbox, releases} = await busy(1)
      await alarmForMinutes(sandbox)
      const {code, stdout, stderr} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'replace', '--json'))
      expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, result: 'live', previous: {number: 3}})
      expect(stderr).toMatch(/Wait until no alarm fires \.\.\.\n.* fastapi-bootstrap-v1-sandbox-p95 still fires/)
      expect((await releases()).slice(0, 2)).toMatchObject([
        {result: 'live'},
        {deploymentId: first, result: 'rolled back'},
      ])
    })

    it('deploys nothing (6) when the alarm stays, and says what was done to the other one', async () => {
      const {fb, first, statusOf, sandbox} = await busy(1)
      sandbox.fault('alarm-stuck')
      const {code, stderr} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'replace'))
      expect({code, status: statusOf(first), all: sandbox.status().deployments.length}).toEqual({
        code: 6,
        status: 'Stopped',
        all: 4,
      })
      expect(stderr).toContain(`${first} was stopped and rolled back; nothing else was changed.`)
    })

    it.each([
      ['wait', 1],
      ['replace', 5],
    ])('lets it be (7) with --if-busy %s after %i min, and leads to the rollback', async (how, minutes) => {
      const {fb, first, statusOf, sandbox} = await busy(minutes)
      sandbox.fault('alarm-stuck')
      const {code, stderr} = await fb(deploy('1.1.1', '--yes', '--if-busy', how))
      expect({code, status: statusOf(first)}).toEqual({code: 7, status: 'InProgress'})
      expect(stderr).toContain('fb rollback --env sandbox')
    })
  })

  it('does not take the word of CodeDeploy for a person for the name of one', async () => {
    const {fb, sandbox} = home()
    sandbox.fault('stuck-deploy')
    const {stderr} = await fb(deploy('1.1.1', '--yes'))
    expect(stderr).toMatch(/Another deployment is running: d-\w+, by somebody, since/)
  })

  it('gives up waiting (8) after --timeout, and deploys nothing', async () => {
    const {fb, first, sandbox} = await busy()
    const {code, stderr} = await fb(deploy('1.1.1', '--yes', '--if-busy', 'wait', '--timeout', '2m'))
    expect(code).toBe(8)
    expect(stderr).toContain(`Gave up waiting for ${first}; it goes on in AWS.`)
    expect(stderr).toContain(`fb watch ${first} --env sandbox`)
    expect(sandbox.status().deployments).toHaveLength(4)
  })

  it.each([
    ['wait', 'waited for, then'],
    ['replace', 'ended first'],
    ['attach', 'watched, and nothing'],
  ])('says in a dry run with --if-busy %s what would be done, and does nothing', async (how, said) => {
    const {fb, first, statusOf} = await busy(1)
    const {code, stdout} = await fb(deploy('1.1.1', '--dry-run', '--if-busy', how))
    expect({code, status: statusOf(first)}).toEqual({code: 0, status: 'InProgress'})
    expect(stdout).toMatch(new RegExp(`^Busy +${first}, by you, since .*\\n +${said}`, 'm'))
    const planned = JSON.parse((await fb(deploy('1.1.1', '--dry-run', '--if-busy', how, '--json'))).stdout)
    expect(planned).toMatchObject({result: 'plan', busy: {id: first, ifBusy: how}, exitCode: 0})
  })

  it('says in a dry run that nothing has to be deployed when what is asked for serves already', async () => {
    const {fb, first, sandbox} = await busy(1)
    sandbox.fault('missing-param')
    const asked = deploy('1.0.0', '--dry-run', '--if-busy', 'replace')
    const {code, stdout} = await fb(asked)
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Release +v3 serves already: nothing has to be deployed\nBusy +${first}`, 'm'))
    expect(stdout).not.toMatch(/→|^Times/m)
    expect(JSON.parse((await fb([...asked, '--json'])).stdout)).toMatchObject({
      result: 'noop',
      release: {number: 3},
      exitCode: 0,
    })
  })

  it('fails (5) in a dry run as well when nothing is said about it', async () => {
    const {fb} = await busy()
    expect((await fb(deploy('1.1.1', '--dry-run'))).code).toBe(5)
  })
})

describe('on a terminal', () => {
  const asked = async (minutes: number) => {
    const here = await busy(minutes)
    return {...here, ...terminal(deploy('1.1.1'), here)}
  }

  it('says who, since when and how far, and what each choice loses', async () => {
    const {until, press, ended, screen, first, sandbox} = await asked(1)
    await until('❯ Wait until it is over')
    const text = screen().join('\n')
    expect(text).toContain(`! Another deployment is running: ${first}, by you, 1m ago.\n  It says: fix login`)
    expect(text).toContain('  v4 (1.1.0) is being started; v3 (1.0.0) has all the traffic.')
    expect(text).toContain('  Stop it and roll it back, then deploy. v4 (1.1.0) does not go live.')
    for (const choice of ['Stop', 'Watch', 'Cancel']) {
      press('down')
      await until(`❯ ${choice}`)
    }
    press('enter')
    expect(await ended).toEqual({code: 5})
    expect(sandbox.status().deployments).toHaveLength(4)
  })

  it('says that nothing is deployed when what is asked for serves beside it', async () => {
    const here = await busy(1)
    const {until, press, type, ended, screen} = terminal(deploy('1.0.0'), here)
    await until('❯ Wait until it is over')
    expect(screen().join('\n')).toContain('Stop it and roll it back, and deploy nothing: v3 (1.0.0) serves on.')
    press('down')
    await until('❯ Stop')
    press('enter')
    await until('roll it back\\? \\(y/N\\)')
    type('y\r')
    expect(await ended).toEqual({code: 0})
    expect(screen().join('\n')).toContain('was rolled back, and nothing')
  })

  it('says of one whose traffic has moved that ending it loses the quick way back', async () => {
    const {until, screen} = await asked(5)
    await until('❯ Wait until it is over')
    const text = screen().join('\n')
    expect(text).toMatch(/All traffic is on v4 \(1\.1\.0\); v3 \(1\.0\.0\) is kept until \d\d:\d\d\./)
    expect(text).toMatch(/End it now, then deploy\. v3 \(1\.0\.0\) is terminated: the way back to it takes a/)
  })

  it('tells what was done to the other one when the deployment itself is declined', async () => {
    const {until, press, type, ended, screen, first, statusOf} = await asked(1)
    await until('❯ Wait until it is over')
    press('down')
    await until('❯ Stop')
    press('enter')
    await until(`Stop ${first} and roll it back\\? \\(y/N\\)`)
    type('y\r')
    await until(/Deploy v5 to sandbox\? \(y\/N\)/)
    press('enter')
    expect(await ended).toEqual({code: 7})
    expect(screen().at(-1)).toBe(`  State  ${first} was stopped and rolled back; nothing else was changed.`)
    expect(statusOf(first)).toBe('Stopped')
  })
})

it('two at once: exactly one goes ahead, the other exits 5 and names it', async () => {
  const {fb, sandbox} = home({speed: 60})
  const both = await Promise.all(
    ['1.1.0', '1.1.1'].map((tag) => fb(deploy(tag, '--yes', '--wait', 'started', '--json'))),
  )
  const [won, lost] = both.sort((a, b) => a.code! - b.code!)
  expect([won!.code, lost!.code]).toEqual([0, 5])
  expect(lost!.stdout).toContain(JSON.parse(won!.stdout).deployment.id)
  expect(sandbox.status().deployments).toHaveLength(4)
})

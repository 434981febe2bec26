import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {openSandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {home} from '../support/fb.js'
import {type Opened, terminal} from '../support/terminal.js'

const DEPLOY = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--strategy', 'all-at-once', '--yes']
const DOWN = '\u001b[B'

const told = ({file}: {file: string}) => {
  const {readyContinuedAt, stop} = JSON.parse(readFileSync(file, 'utf8')).deployments.at(-1)
  return {approved: readyContinuedAt !== undefined, stopped: stop !== undefined}
}

/** fb deploy at the gate: sixty times as fast as ours, so that the hour it waits is a minute. */
async function atGate(more: string[] = [], opened: Partial<Opened> = {}) {
  const here = home({speed: 60})
  here.sandbox.fault('ready-gate')
  const shown = terminal([...DEPLOY, ...more], {...here, columns: 80, ...opened, env: {...here.env, ...opened.env}})
  await shown.until('Let production traffic move')
  return {...here, ...shown}
}

describe('a deployment that waits for approval', () => {
  it('shows where the new version answers, what was tested, until when it waits, and asks', async () => {
    const {visible} = await atGate(['--smoke', '/health'])
    expect(visible().join('\n')).toMatch(
      /✔ Send test traffic to green +\d+s\n✔ GET \/health +200 after \d+ ms\n\n {2}Test {3}the new version answers at http:.*\n {2}Until {2}\d\d:\d\d, then .*\n\n\? Let production traffic move to the new version\?\n❯ not yet .*\n {2}approve .*\n {2}roll back .*\n {2}test again /,
    )
    expect(visible().join('\n')).not.toContain('Shift production traffic')
  })

  it('moves traffic when it is approved', async () => {
    const {type, ended, screen, sandbox} = await atGate()
    type(`${DOWN}\r`)
    expect(await ended).toEqual({code: 0})
    expect(told(sandbox)).toEqual({approved: true, stopped: false})
    expect(screen().join('\n')).toMatch(
      /new version\? approve\n✔ Shift production traffic .*\n✔ Check after the shift .*\n\n✔ v4/,
    )
  })

  it('goes back when it is rolled back', async () => {
    const {type, ended, sandbox} = await atGate()
    type(`${DOWN}${DOWN}\r`)
    expect(await ended).toEqual({code: 9})
    expect(told(sandbox)).toEqual({approved: false, stopped: true})
  })

  it('is tested again as often as somebody likes', async () => {
    const {type, until, screen} = await atGate(['--smoke', '/health'])
    type(`${DOWN}${DOWN}${DOWN}\r`)
    await until((rows) => rows.filter((row) => row.startsWith('✔ GET /health')).length === 2)
    await until('❯ not yet')
    expect(screen().join('\n')).toContain('new version? test again')
  })

  it('shows what a failed test has said', async () => {
    const {visible} = await atGate(['--smoke', 'echo the till is shut; exit 3'])
    expect(visible().join('\n')).toMatch(/✖ echo the till.* exit 3 after[\s\S]*Failed[\s\S]*Log +the till is shut/)
  })

  it.each([
    ['a key that was pressed too early', '\r'],
    ['Ctrl-C', '\u0003'],
    ['the end of the input', '\u0004'],
  ])('is never approved by accident: %s leaves it waiting', async (_, keys) => {
    const {type, ended, sandbox, screen} = await atGate()
    type(keys)
    expect(await ended).toEqual({code: 130})
    expect(told(sandbox)).toEqual({approved: false, stopped: false})
    expect(sandbox.status().deployments[0]!.status).toBe('Ready')
    expect(screen().join('\n')).toMatch(
      /■ Detached\.\n {2}State {2}Deployment d-\w+ waits for approval[\s\S]*\n {2}Next {3}fb approve d-\w+ --env sandbox\n {9}fb rollback/,
    )
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s leaves it waiting', async (signal, code) => {
    const {kill, ended, sandbox} = await atGate()
    kill(signal)
    expect(await ended).toEqual({code})
    expect(told(sandbox)).toEqual({approved: false, stopped: false})
  })

  it('takes its question away when a colleague has approved it elsewhere', async () => {
    const {fb, ended, screen} = await atGate()
    expect((await fb(['approve', '--env', 'sandbox', '--yes'])).code).toBe(0)
    expect(await ended).toEqual({code: 0})
    expect(screen().join('\n')).not.toContain('❯')
  })

  it('asks line by line on a terminal that cannot move its cursor', async () => {
    const {until, type, ended, sandbox} = await atGate([], {env: {TERM: 'dumb'}})
    await until('1 to 3:')
    type('2\r')
    expect(await ended).toEqual({code: 0})
    expect(told(sandbox)).toMatchObject({approved: true})
  })
})

describe('in a protected environment', () => {
  it('the name is typed before traffic moves; anything else asks again', async () => {
    const here = home()
    const sandbox = openSandbox({file: join(here.directory, 'prod.json'), env: 'prod'})
    sandbox.reset({speed: 60})
    sandbox.fault('ready-gate')
    const {url, close} = await serve(sandbox, 0)
    onTestFinished(close)
    writeFileSync(join(here.directory, 'fb.yml'), 'environments:\n  prod: {account: "000000000000", protected: true}\n')
    const env = {...here.env, AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b'}
    const start = ['deploy', '--env', 'prod', '--tag', '1.1.0', '--strategy', 'all-at-once', '--yes']
    await here.fb([...start, '--wait', 'started'], env)
    const {until, type, ended} = terminal(['watch', '--env', 'prod'], {...here, env})
    await until('❯ not yet')
    type(`${DOWN}\r`)
    await until('Type "prod" to go on:')
    type('yes\r')
    await until('❯ not yet')
    expect(told(sandbox)).toMatchObject({approved: false})
    type(`${DOWN}\r`)
    await until('Type "prod" to go on:')
    sandbox.setSpeed(600)
    type('prod\r')
    expect(await ended).toEqual({code: 0})
    expect(told(sandbox)).toMatchObject({approved: true})
  })
})

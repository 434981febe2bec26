import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {home} from '../support/fb.js'
import {type Opened, terminal} from '../support/terminal.js'

const deploy = ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--strategy', 'all-at-once']
const status = ['status', '--env', 'sandbox']

const run = (args: string[], more: Partial<Opened> = {}) => {
  const here = home()
  return {...here, ...terminal(args, {...here, ...more, env: {...here.env, ...more.env}})}
}

const SGR = /\u001b\[[0-9;]*m/

describe('colours', () => {
  it('are there on a terminal', async () => {
    const {ended, cells} = run(status)
    await ended
    const verdict = cells()[0]!
    expect(verdict.find(({text}) => text === '●')?.colour).toBe(2)
    expect(verdict.find(({text}) => text === 'i')?.bold).toBe(true)
  })

  const off: Record<string, {more: string[]; env?: NodeJS.ProcessEnv}> = {
    '--no-color': {more: ['--no-color']},
    'NO_COLOR=1': {more: [], env: {NO_COLOR: '1'}},
  }
  for (const [name, {more, env}] of Object.entries(off)) {
    it(`are nowhere with ${name}: not in a question, the live screen, the verdict`, async () => {
      const {until, type, ended, raw} = run([...deploy, ...more], {env})
      await until('y/N')
      type('y\r')
      expect(await ended).toEqual({code: 0})
      expect(raw()).not.toMatch(SGR)
      expect(raw()).toContain('█')
    })
    it(`are nowhere with ${name}: not in a list to choose from, not in a failure`, async () => {
      const {until, press, ended, raw} = run(['deploy', ...more], {env})
      await until('Which environment')
      press('ctrl-c')
      expect(await ended).toEqual({code: 130})
      expect(raw()).not.toMatch(SGR)
    })
  }

  it('are in a pipe with FORCE_COLOR, and not without it', async () => {
    const {fb} = home()
    expect((await fb(status, {FORCE_COLOR: '1'})).stdout).toMatch(SGR)
    expect((await fb(status)).stdout).not.toMatch(SGR)
  })
})

describe('stdout in a file while stderr is a terminal', () => {
  it('has the result and nothing else; the terminal has the questions and the live screen', async () => {
    const {until, type, ended, screen, directory} = run(deploy, {redirect: '> result.txt', columns: 100})
    await until('y/N')
    type('y\r')
    await until('█')
    expect(await ended).toEqual({code: 0})
    const result = readFileSync(join(directory, 'result.txt'), 'utf8')
    expect(result).toMatch(
      /^✔ v4 \(1\.1\.0\) is live in sandbox: all traffic moved in \w+\.\n {2}State {2}.*\n {2}Next {3}fb/,
    )
    expect(result).not.toContain('\u001b')
    expect(screen().join('\n')).toMatch(/✔ Deploy v4 to sandbox\? yes[\s\S]*✔ Check after the shift/)
    expect(screen().join('\n')).not.toContain('is live')
  })

  it('has one JSON document with --json', async () => {
    const {ended, directory} = run([...deploy, '--yes', '--json'], {redirect: '> result.json'})
    expect(await ended).toEqual({code: 0})
    expect(JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8'))).toMatchObject({result: 'live'})
  })

  it('breaks lines at the width of the terminal that shows them', async () => {
    const {ended, wrapped} = run([...deploy, '--dry-run', '--yes'], {columns: 50})
    await ended
    expect(wrapped()).toEqual([])
  })
})

describe('stderr in a file while stdout is a terminal', () => {
  it('has one plain line per change', async () => {
    const {ended, directory, screen} = run([...deploy, '--yes'], {redirect: '2> log.txt'})
    expect(await ended).toEqual({code: 0})
    const log = readFileSync(join(directory, 'log.txt'), 'utf8')
    expect(log).toMatch(/^\d\d:\d\d:\d\d {2}Start green tasks \.\.\.$/m)
    expect(log).not.toContain('\u001b')
    expect(screen()[0]).toMatch(/^✔ v4 \(1\.1\.0\) is live/)
  })
})

describe('--verbose on a terminal', () => {
  it('says calls and changes line by line instead of drawing', async () => {
    const {ended, raw} = run([...deploy, '--yes', '--verbose'])
    expect(await ended).toEqual({code: 0})
    expect(raw()).toMatch(/^ {2}codedeploy:CreateDeployment \d+ ms\r$/m)
    expect(raw()).not.toMatch(/\u001b\[\d*[A-K]/)
  })
})

describe('control characters from outside', () => {
  const evil = '\u001b]0;pwn\u0007\u001b[2J\u009b31m\u202egnp.exe'
  const escaped = '\\u001b]0;pwn\\u0007\\u001b[2J\\u009b31m\\u202egnp.exe'
  const harmless = (raw: string) => {
    expect(raw).toContain(escaped)
    expect(raw).not.toMatch(/\u001b\]|\u0007|\u001b\[2J|\u009b|\u202e/)
  }

  it('in a deployment message are shown escaped by deploy, releases, status and watch', async () => {
    const here = home({speed: 6})
    const wide = {...here, columns: 200}
    const deployed = terminal([...deploy, '--yes', '--wait', 'started', '--message', evil], wide)
    expect(await deployed.ended).toEqual({code: 0})
    expect(deployed.raw()).not.toContain('\u0007')
    const site = ['--env', 'sandbox']
    for (const args of [
      ['releases', ...site],
      ['status', ...site],
      ['releases', ...site, '--json'],
      ['status', ...site, '--json'],
    ]) {
      const {ended, raw} = terminal(args, wide)
      expect(await ended).toEqual({code: 0})
      harmless(raw())
    }
    const live = terminal(['status', ...site, '--watch'], wide)
    await live.until('pwn')
    live.press('ctrl-c')
    await live.ended
    harmless(live.raw())
    const watch = terminal(['watch', ...site], wide)
    await watch.until('Green')
    watch.press('ctrl-c')
    await watch.until('keep watching')
    watch.press('ctrl-c')
    await watch.ended
    harmless(watch.raw())
    const {stderr} = await here.fb(['deploy', '--env', 'sandbox', '--tag', '1.1.1', '--yes'])
    harmless(stderr)
  })

  it('in an argument are shown escaped in the failure', async () => {
    const {ended, raw} = run(['deploy', '--env', evil, '--tag', '1.1.0', '--yes'])
    expect(await ended).toEqual({code: 2})
    expect(raw()).not.toMatch(/\u0007|\u001b\[2J|\u009b|\u202e/)
  })
})

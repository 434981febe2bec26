import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {openSandbox} from '../../src/sandbox/sandbox.js'
import {serve} from '../../src/sandbox/serve.js'
import {home} from '../support/fb.js'
import {type Opened, type Terminal, terminal} from '../support/terminal.js'

const asked = (args: string[], more: Partial<Opened> = {}) => {
  const here = home()
  return {...here, ...terminal(args, {...here, ...more, env: {...here.env, ...more.env}})}
}

describe('fb deploy on a terminal', () => {
  it('asks for the environment, the image and a yes, then deploys', async () => {
    const {until, press, type, ended, screen, sandbox} = asked(['deploy', '--strategy', 'all-at-once'])
    await until('❯ dev')
    for (const env of ['test', 'prod', 'sandbox']) {
      press('down')
      await until(`❯ ${env}`)
    }
    press('enter')
    await until('❯ 1.1.1')
    press('down')
    await until('❯ 1.1.0')
    press('enter')
    await until(/Deploy v4 to sandbox\? \(y\/N\)/)
    type('y\r')
    expect(await ended).toEqual({code: 0})
    const text = screen().join('\n')
    expect(text).toMatch(/^✔ Which environment\? sandbox$/m)
    expect(text).toMatch(/^✔ Which image\? 1\.1\.0$/m)
    expect(text).toMatch(/^✔ Deploy v4 to sandbox\? yes$/m)
    expect(text).toMatch(/^✔ v4 \(1\.1\.0\) is live in sandbox/m)
    expect(sandbox.status().deployments[0]?.status).toBe('InProgress')
  })

  it('shows each image with its age, digest, scan result, and which one is live', async () => {
    const {until, screen} = asked(['deploy', '--env', 'sandbox'])
    await until('live')
    const row = (tag: string) => screen().find((line) => line.includes(tag))
    expect(row('1.1.0')).toMatch(/1\.1\.0 +\dh ago +[0-9a-f]{12} +no findings$/)
    expect(row('1.2.4-vulnerable')).toMatch(/2 CRITICAL, 5 HIGH$/)
    expect(row('1.0.0')).toMatch(/live$/)
    expect(screen().filter((line) => line.endsWith('live'))).toHaveLength(1)
  })

  it('changes nothing after a no, and exits 7', async () => {
    const {until, press, ended, screen, sandbox} = asked(['deploy', '--env', 'sandbox', '--tag', '1.1.0'])
    await until('y/N')
    press('enter')
    expect(await ended).toEqual({code: 7})
    expect(screen().slice(-2)).toEqual(['✖ Not done: you did not agree.', '  State  Nothing was changed.'])
    expect(sandbox.status().deployments).toHaveLength(3)
  })

  it.each([40, 60, 80])('breaks a question at words where it is longer than %i columns', async (columns) => {
    const args = ['params', 'unset', 'SECRET_KEY', 'DATABASE_URL', 'LOG_LEVEL', '--force', '--env', 'sandbox']
    const {until, type, ended, wrapped, screen} = asked(args, {columns})
    await until('y/N')
    type('no\r')
    expect(await ended).toEqual({code: 7})
    expect(wrapped()).toEqual([])
    const text = screen().join('\n')
    expect(text).toMatch(/Delete\s+SECRET_KEY,\s+DATABASE_URL,\s+LOG_LEVEL\s+from\s+sandbox\?/)
  })

  it('scrolls a list that is longer than the screen', async () => {
    const {until, press, visible} = asked(['deploy', '--env', 'sandbox'], {rows: 8})
    await until('❯ 1.1.1')
    for (const tag of ['1.1.0', '1.2.0-crash', '1.2.1-unhealthy', '1.2.2-errors']) {
      press('down')
      await until(`❯ ${tag}`)
    }
    expect(visible()).toContain('? Which image?')
    expect(visible().at(-1)).toBe('↑↓ navigate · ⏎ select')
  })
})

describe('a question that is not answered', () => {
  const questions = {
    environment: {args: ['deploy'], seen: 'Which environment'},
    image: {args: ['deploy', '--env', 'sandbox'], seen: 'Which image'},
    agreement: {args: ['deploy', '--env', 'sandbox', '--tag', '1.1.0'], seen: 'y/N'},
  }
  const ways: Record<string, {code: number; leave: (terminal: Terminal) => void}> = {
    'Ctrl-C': {code: 130, leave: ({type}) => type('\u0003')},
    'Ctrl-D': {code: 130, leave: ({type}) => type('\u0004')},
    SIGTERM: {code: 143, leave: ({kill}) => kill('SIGTERM')},
    SIGHUP: {code: 129, leave: ({kill}) => kill('SIGHUP')},
  }
  for (const [name, {args, seen}] of Object.entries(questions)) {
    for (const [way, {code, leave}] of Object.entries(ways)) {
      it(`${name}: ${way} takes it off the screen, changes nothing, exits ${code}`, async () => {
        const opened = asked(args)
        const {until, ended, screen, sandbox, cursorVisible} = opened
        await until(seen)
        leave(opened)
        expect(await ended).toEqual({code})
        const text = screen()
        expect(text.slice(-2)).toEqual(['■ Interrupted.', '  State  Nothing was changed.'])
        expect(text.join('\n')).not.toMatch(new RegExp(`${seen}|⏎|❯`))
        expect(cursorVisible()).toBe(true)
        expect(sandbox.status().deployments).toHaveLength(3)
      })
    }
  }

  it.each(Object.entries(ways))('a secret: %s writes nothing, and pastes have no marks any more', async (_, way) => {
    const opened = asked(['params', 'set', 'TOKEN', '--env', 'sandbox'])
    const {until, ended, screen, raw, fb} = opened
    await until('not shown')
    way.leave(opened)
    expect(await ended).toEqual({code: way.code})
    expect(screen().slice(-2)).toEqual(['■ Interrupted.', '  State  Nothing was changed.'])
    expect(raw().lastIndexOf('\u001b[?2004l'), 'pastes have no marks any more').toBeGreaterThan(
      raw().indexOf('not shown'),
    )
    expect(await fb(['params', 'get', 'TOKEN', '--env', 'sandbox'])).toMatchObject({code: 3})
  })
})

describe('a protected environment', () => {
  const protectedEnvironment = async (columns = 100) => {
    const here = home()
    const sandbox = openSandbox({file: join(here.directory, 'prod.json'), env: 'prod'})
    sandbox.reset({speed: 600})
    const {url, close} = await serve(sandbox, 0)
    onTestFinished(close)
    writeFileSync(join(here.directory, 'fb.yml'), 'environments:\n  prod: {account: "000000000000", protected: true}\n')
    const env = {...here.env, AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b'}
    const args = ['deploy', '--env', 'prod', '--tag', '1.1.0', '--wait', 'started']
    return {...terminal(args, {...here, env, columns}), sandbox}
  }

  it('is deployed to when its name is typed', async () => {
    const {until, type, ended, sandbox} = await protectedEnvironment()
    await until(/Deploy v4 to prod\? Type "prod" to go on:/)
    type('prod\r')
    expect(await ended).toEqual({code: 0})
    expect(sandbox.status().deployments).toHaveLength(4)
  })

  it('is asked for in lines of their own where one is too short', async () => {
    const {until, type, ended, screen} = await protectedEnvironment(40)
    await until('to go on:')
    expect(screen().slice(-2)).toEqual(['? Deploy v4 to prod?', '  Type "prod" to go on:'])
    type('prod\r')
    expect(await ended).toEqual({code: 0})
  })

  it('is left alone after a mere yes', async () => {
    const {until, type, ended, sandbox} = await protectedEnvironment()
    await until('Type "prod"')
    type('y\r')
    expect(await ended).toEqual({code: 7})
    expect(sandbox.status().deployments).toHaveLength(3)
  })
})

describe('a terminal that cannot move its cursor (TERM=dumb)', () => {
  it('ends at SIGTERM', async () => {
    const {until, kill, ended} = asked(['deploy'], {env: {TERM: 'dumb'}})
    await until('1 to 4:')
    kill('SIGTERM')
    expect(await ended).toEqual({code: 143})
  })

  it('asks line by line and draws nothing', async () => {
    const {until, type, ended, raw} = asked(['deploy', '--strategy', 'all-at-once'], {env: {TERM: 'dumb'}})
    await until('1 to 4:')
    type('4\r')
    await until('1 to 10:')
    type('2\r')
    await until('(y/N)')
    type('yes\r')
    expect(await ended).toEqual({code: 0})
    expect(raw()).not.toContain('\u001b')
  })

  it('ends at Ctrl-C', async () => {
    const {until, press, ended, screen} = asked(['deploy'], {env: {TERM: 'dumb'}})
    await until('1 to 4:')
    press('ctrl-c')
    expect(await ended).toEqual({code: 130})
    expect(screen().join('\n')).toContain('Nothing was changed.')
  })
})

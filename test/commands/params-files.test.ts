import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {type Finishing, type Home, openParams} from '../support/params.js'

describe.concurrent('fb params import and export', {timeout: 180_000}, () => {
  it('give an environment back as it was', async (test) => {
    const {run, store} = openParams(test)
    await run('set', ['HARD', '--stdin', '--yes'], 'a#b $HOME "q" \\ \r\n😀\nend')
    for (const format of ['dotenv', 'shell', 'json', 'yaml', 'github']) {
      await run('export', ['--format', format, '--output', `all.${format}`])
      await store.put('HARD', 'other')
      const {code, stderr} = await run('import', [`all.${format}`, '--format', format, '--yes'])
      expect({code, stderr}).toMatchObject({code: 0})
      expect(await store.get('HARD'), format).toBe('a#b $HOME "q" \\ \r\n😀\nend')
    }
    expect(await run('export', ['--format', 'docker'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('docker cannot hold HARD'),
    })
  })

  it('writes nothing when one line is wrong, and names the line', async (test) => {
    const {run, json, directory} = openParams(test)
    writeFileSync(join(directory, 'all.env'), 'A=1\nB=2\nA=hunter2\n')
    const {code, stderr} = await run('import', ['all.env', '--yes'])
    expect({code, stderr}).toEqual({code: 2, stderr: expect.stringContaining('all.env:3: A is in line 1 already.')})
    expect(stderr).not.toContain('hunter2')
    expect(Object.keys(await json('list'))).toHaveLength(4)
  })

  it.for([
    ['all.json', '{\n  "GOOD": "x",\n  "HALF": "hunter2\\ud83d"\n}\n', 3],
    ['all.yaml', 'GOOD: x\nHALF: "\\uDE00hunter2"\n', 2],
  ] as const)(
    'writes no value that would become another one: half of a character in %s',
    async ([file, text, line], test) => {
      const {run, json, directory} = openParams(test as unknown as Finishing)
      writeFileSync(join(directory, file), text)
      const {code, stderr} = await run('import', [file, '--yes'])
      expect({code, stderr}).toEqual({
        code: 2,
        stderr: expect.stringContaining(`${file}:${line}: HALF cannot be stored: it has half of a character in it`),
      })
      expect(stderr).not.toContain('hunter2')
      expect(Object.keys(await json('list'))).toHaveLength(4)
    },
  )
})

describe.concurrent('fb params diff', () => {
  it('says what differs without a value, and exits 10', async (test) => {
    const {run, fb} = openParams(test)
    await run('export', ['--output', 'all.env'])
    const diff = () => fb(['params', 'diff', 'sandbox', 'all.env'])
    expect(await diff()).toMatchObject({code: 0, stdout: expect.stringContaining('3 of 3 are the same')})
    await run('set', ['NEW', '--generate', '32', '--yes'])
    await run(
      'set',
      ['DATABASE_URL', '--stdin', '--yes'],
      `postgresql://fastapi-bootstrap:hunter2@db.sandbox.internal:5432/app`,
    )
    const {code, stdout} = await diff()
    expect(code).toBe(10)
    expect(stdout).toMatch(/^~ {2}DATABASE_URL {2}password changed /m)
    expect(stdout).toMatch(/^- {2}NEW {11}only in sandbox /m)
    expect(stdout).not.toContain('hunter2')
  })
})

describe.concurrent('fb params exec', () => {
  const exec = (more: string[], script: string) => [
    'params',
    'exec',
    '--env',
    'sandbox',
    ...more,
    '--',
    'sh',
    '-c',
    script,
  ]

  it('gives a program the values and its own exit code, and looks at no argument', async (test) => {
    const {fb} = openParams(test)
    const {code, stdout} = await fb(exec([], 'printf %s "$LOG_LEVEL $1"; exit 7').concat(['sh', '--json $HOME']))
    expect({code, stdout}).toEqual({code: 7, stdout: 'info --json $HOME'})
  })

  it('hands a signal on, and ends as the program does', async (test) => {
    const {launch} = openParams(test)
    const {child, ended, said} = launch(
      exec([], 'trap "echo got TERM; exit 3" TERM; echo ready; while :; do sleep 0.05; done'),
    )
    while (!said.stdout.includes('ready')) await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({code: 3, stdout: 'ready\ngot TERM\n'})
  })

  it('takes the values out of what is said with --mask, in any form and across pieces', async (test) => {
    const {fb, run, value} = openParams(test)
    await run('set', ['TOKEN', '--generate', '40', '--yes'])
    const token = await value('TOKEN')
    const script =
      'printf %s "$TOKEN" | head -c 20; sleep 0.1; printf %s "$TOKEN" | tail -c +21; echo; printf %s "$TOKEN" | base64 -w0; echo; echo "$TOKEN" >&2'
    const {code, stdout, stderr} = await fb(exec(['--mask'], script))
    expect({code, stdout, stderr}).toEqual({code: 0, stdout: expect.stringMatching(/^•••\n•••=*\n$/), stderr: '•••\n'})
    expect(stdout).not.toContain(token.slice(0, 12))
  })

  it('lets variables win when asked to, and drops them with --pristine', async (test) => {
    const {fb} = openParams(test)
    const own = {LOG_LEVEL: 'mine', OTHER: 'x'}
    const script = 'printf %s "$LOG_LEVEL,$OTHER"'
    expect((await fb(exec([], script), own)).stdout).toBe('info,x')
    expect((await fb(exec(['--no-override'], script), own)).stdout).toBe('mine,x')
    expect((await fb(exec(['--pristine'], script), own)).stdout).toBe('info,')
  })

  it('says that a program cannot be found as a shell does', async (test) => {
    const {fb} = openParams(test)
    expect(await fb(['params', 'exec', '--env', 'sandbox', '--', 'nonesuch'])).toMatchObject({code: 127})
    expect(await fb(['params', 'exec', '--env', 'sandbox'])).toMatchObject({code: 2})
  })
})

describe.concurrent('fb params edit', () => {
  const edit = ({fb}: Home, script: string) => fb(['params', 'edit', '--env', 'sandbox', '--yes'], {EDITOR: script})

  it('sets what got a value, and leaves what has none', async (test) => {
    const here = openParams(test)
    const old = await here.value('DATABASE_URL')
    expect(await edit(here, 'sed -i -e "s/^SECRET_KEY=/SECRET_KEY=fresh/" -e "\\$aNEW=1"')).toMatchObject({code: 0})
    expect([await here.value('SECRET_KEY'), await here.value('NEW'), await here.value('DATABASE_URL')]).toEqual([
      'fresh',
      '1',
      old,
    ])
  })

  it('shows no secret to the editor unless asked to', async (test) => {
    const here = openParams(test)
    const [closed, open_] = await Promise.all([
      here.fb(['params', 'edit', '--env', 'sandbox', '--yes'], {EDITOR: 'cat'}),
      here.fb(['params', 'edit', '--env', 'sandbox', '--yes', '--reveal'], {EDITOR: 'cat'}),
    ])
    expect(closed.stdout).toMatch(/^DATABASE_URL= /m)
    expect(open_.stdout).toContain(await here.value('DATABASE_URL'))
  })

  it('refuses what somebody else has changed meanwhile', async (test) => {
    const here = openParams(test)
    const other = `${process.execPath} ${join(process.cwd(), 'bin/run.js')} params set SECRET_KEY --generate 32 --yes --env sandbox >/dev/null 2>&1`
    const {code, stderr} = await edit(here, `${other}; sed -i "s/^SECRET_KEY=/SECRET_KEY=mine/"`)
    expect({code, stderr}).toEqual({code: 5, stderr: expect.stringContaining('SECRET_KEY is v2 now, not v1 any more')})
    expect(await here.value('SECRET_KEY')).not.toBe('mine')
  })
})

import {chmodSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'

import {leaks, newCanary, watchedHome} from '../support/canary.js'
import {terminal} from '../support/terminal.js'

const set = (...more: string[]) => ['params', 'set', ...more, '--env', 'sandbox']
const own = (...args: string[]) => ['params', ...args, '--env', 'sandbox']
const get = (key: string) => ['params', 'get', key, '--env', 'sandbox']

type Home = ReturnType<typeof watchedHome>

/** A way in: what is typed, what is piped, and the files that the test makes for it. */
type Way = {args: string[]; input?: string; files?: Record<string, string>; env?: NodeJS.ProcessEnv; key?: string}

const ways: Record<string, (canary: string) => Way> = {
  'KEY=VALUE': (canary) => ({args: set(`TOKEN=${canary}`, '--yes')}),
  'KEY=@FILE': (canary) => ({args: set('TOKEN=@token.txt', '--yes'), files: {'token.txt': `${canary}\n`}}),
  '--stdin': (canary) => ({args: set('TOKEN', '--stdin', '--yes'), input: canary}),
  '--editor': (canary) => ({args: set('TOKEN', '--editor', '--yes'), env: {EDITOR: writer(canary)}}),
  'import FILE': (canary) => ({
    args: ['params', 'import', 'all.env', '--env', 'sandbox', '--yes'],
    files: {'all.env': `TOKEN=${canary}\n`},
  }),
  'import -': (canary) => ({
    args: ['params', 'import', '-', '--format', 'json', '--env', 'sandbox', '--yes'],
    input: JSON.stringify({TOKEN: canary}),
  }),
  edit: (canary) => ({
    args: ['params', 'edit', '--env', 'sandbox', '--yes'],
    env: {EDITOR: writer(`TOKEN=${canary}`)},
  }),
  'a URL': (canary) => ({
    args: set('DATABASE_URL', '--stdin', '--yes'),
    input: `postgresql://app:${canary}@db2/app`,
    key: 'DATABASE_URL',
  }),
  'a URL with an unescaped password': (canary) => ({
    args: set('DATABASE_URL', '--stdin', '--yes'),
    input: `postgresql://app:a/${canary}#${canary}@db2/app`,
    key: 'DATABASE_URL',
  }),
  'a URL of a webhook': (canary) => ({
    args: set('HOOK', '--stdin', '--yes'),
    input: `https://hooks.example.com/${canary}?t=${canary}`,
    key: 'HOOK',
  }),
}

/** An editor that writes a text into the file it is given. */
const writer = (text: string) => `printf %s '${text}' >`

function prepare(way: Way, onFinished?: (work: () => void) => void): Home {
  const here = watchedHome(onFinished)
  for (const [name, text] of Object.entries(way.files ?? {})) writeFileSync(join(here.directory, name), text)
  return here
}

const loud = {DEBUG: '*', FB_VERBOSE: '1'}

describe('a value that is given', () => {
  it.concurrent.for(Object.keys(ways))('by %s is in the store, and nowhere else', async (name, test) => {
    const canary = newCanary()
    const way = ways[name]!(canary)
    const here = prepare(way, test.onTestFinished)
    const ended = await here.fb(way.args, {...way.env, ...loud}, way.input)
    expect(ended).toMatchObject({code: 0})
    expect(leaks(canary, ended, here.directory, Object.keys(way.files ?? {}))).toEqual([])
    expect((await here.fb(get(way.key ?? 'TOKEN'))).stdout).toContain(canary)
  })

  const faults = [
    'kms-key',
    'kms-key:denied',
    'access-denied:PutParameter',
    'http-5xx:200',
    'conn-reset:200',
    'throttle:3',
  ]
  it.concurrent.for(faults)('is nowhere when AWS fails: %s', async (fault, test) => {
    const canary = newCanary()
    const way = ways['a URL']!(canary)
    const here = prepare(way, test.onTestFinished)
    here.sandbox.fault(fault)
    const ended = await here.fb(way.args, {...way.env, ...loud}, way.input)
    expect(leaks(canary, ended, here.directory, Object.keys(way.files ?? {}))).toEqual([])
  })
})

describe('a value that is refused', () => {
  const bad: Record<string, (canary: string) => string> = {
    'is too large': (canary) => canary.repeat(300),
    'needs the paid tier': (canary) => canary.repeat(140),
    'has {{ }} in it': (canary) => `{{${canary}}}`,
    'is in the wrong place, as a name': (canary) => canary,
  }
  it.concurrent.for(Object.keys(bad))('%s: it is nowhere', async (name, test) => {
    const canary = newCanary()
    const here = watchedHome(test.onTestFinished)
    const value = bad[name]!(canary)
    const args = name.includes('name') ? set(`${value} ${value}`, '--yes') : set('TOKEN', '--stdin', '--yes')
    for (const more of [[], ['--json']]) {
      const ended = await here.fb([...args, ...more], loud, value)
      expect(ended.code).toBe(2)
      expect(leaks(canary, ended, here.directory)).toEqual([])
    }
  })

  it.concurrent('on the command line with --json, in CI and beside a wrong flag', async (test) => {
    const canary = newCanary()
    const here = watchedHome(test.onTestFinished)
    const runs = [
      here.fb(set(`TOKEN=${canary}`, '--yes', '--json'), {DEBUG: '*'}),
      here.fb(set(`TOKEN=${canary}`, '--yes'), {CI: 'true', DEBUG: '*'}),
      here.fb(set(`LEVEL=${canary}`, '--yes'), {CI: '1', FB_PARAM_TYPE: 'string', DEBUG: '*'}),
      here.fb(set(`URL=postgres://a:${canary}@h/x`, '--type', 'string', '--yes'), {CI: '1', DEBUG: '*'}),
      here.fb(set(`API_TOKEN=${canary}`, '--type', 'string', '--yes', '--json'), {DEBUG: '*'}),
      here.fb(set(`TOKEN=@${canary}`, '--yes'), loud),
      here.fb(set(`postgres://u:${canary}@h/db?sslmode=require`, '--yes'), loud),
      here.fb(set(`postgres://u:${canary}@h/db?sslmode=require`), loud),
      here.fb(set(`${canary}//x=`, '--yes'), loud),
      here.fb(set(`TOKEN=${canary}`, '--yse'), {DEBUG: '*'}),
      here.fb(set(`TOKEN=${canary}`, '--tier', canary, '--json'), {DEBUG: '*'}),
    ]
    for (const run of runs) {
      const ended = await run
      expect(ended.code).toBe(2)
      expect(leaks(canary, ended, here.directory)).toEqual([])
    }
  })
})

describe('on a terminal', () => {
  it('a value that is typed or pasted is never on the screen, several lines included', async () => {
    const canary = newCanary()
    const here = watchedHome()
    const {until, type, ended, raw} = terminal(set('TOKEN'), here)
    await until('not shown')
    type(`\u001b[200~${canary}\rsecond ${canary}\u001b[201~\r`)
    await until('Write TOKEN in sandbox')
    type('y\r')
    expect(await ended).toEqual({code: 0})
    expect(leaks(canary, {stdout: raw()}, here.directory)).toEqual([])
    expect((await here.fb(get('TOKEN'))).stdout).toBe(`${canary}\nsecond ${canary}`)
  })

  it('a value is shown only with --reveal', async () => {
    const canary = newCanary()
    const here = watchedHome()
    await here.fb(set('TOKEN', '--stdin', '--yes'), {}, canary)
    const closed = terminal(get('TOKEN'), here)
    expect(await closed.ended).toEqual({code: 0})
    expect(closed.raw()).not.toContain(canary)
    const open = terminal([...get('TOKEN'), '--reveal'], here)
    expect(await open.ended).toEqual({code: 0})
    expect(open.raw()).toContain(canary)
  })
})

it('neither an editor nor its environment gets a value on its command line', async () => {
  const canary = newCanary()
  const here = watchedHome()
  const script = join(here.directory, 'spy')
  writeFileSync(
    script,
    `#!/bin/sh\nfor p in $$ $PPID; do tr '\\0' ' ' < /proc/$p/cmdline; cat /proc/$p/environ; done > ${script}.seen\nprintf %s '${canary}' > "$1"\n`,
  )
  chmodSync(script, 0o755)
  const ended = await here.fb(set('TOKEN', '--editor', '--yes'), {EDITOR: script})
  expect(ended).toMatchObject({code: 0})
  expect(leaks(canary, ended, here.directory, ['spy'])).toEqual([])
})

it('what is in the store comes out only where it is asked for', async () => {
  const canary = newCanary()
  const here = watchedHome()
  await here.fb(set('TOKEN', '--stdin', '--yes'), {}, canary)
  await here.fb(set('TOKEN', '--stdin', '--yes'), {}, `${canary}2`)
  const silent = [
    own('list'),
    own('list', '--json', '--fingerprints'),
    own('history', 'TOKEN'),
    own('history', 'TOKEN', '--json'),
    own('rollback', 'TOKEN', '--yes'),
    own('link', 'TOKEN', '--yes', '--json'),
    own('edit', '--yes'),
    own('export', '--format', 'ecs'),
    own('exec', '--mask', '--', 'sh', '-c', 'echo $TOKEN; env'),
    own('unset', 'TOKEN', '--yes'),
    ['deploy', '--env', 'sandbox', '--tag', '1.1.0', '--dry-run'],
  ]
  for (const args of silent) {
    const ended = await here.fb(args, {...loud, EDITOR: 'cat'})
    expect({args, leaks: leaks(canary, ended, here.directory)}).toEqual({args, leaks: []})
  }
})

it('a broken file says its line and shows none of it', async () => {
  const canary = newCanary()
  const here = watchedHome()
  for (const [file, text] of Object.entries({
    'a.env': `A="${canary}`,
    'b.json': `{"A": "${canary}", "B": ${canary}}`,
    'c.yaml': `A: "${canary}\nB: [${canary}`,
    'd.sh': `export A=$(${canary})`,
    'e.env': `A=${canary}\nA=${canary}`,
    'f.env': `A=-----BEGIN KEY-----\n${canary}=\n${canary}=\n-----END KEY-----`,
  })) {
    writeFileSync(join(here.directory, file), text)
    const ended = await here.fb(own('import', file, '--yes'), loud)
    expect(ended).toMatchObject({code: 2, stderr: expect.stringMatching(new RegExp(`${file}:\\d+: `))})
    expect(leaks(canary, ended, here.directory, ['a.env', 'b.json', 'c.yaml', 'd.sh', 'e.env', 'f.env'])).toEqual([])
  }
})

it('a file that is being edited is gone when fb is killed', async () => {
  const canary = newCanary()
  const here = watchedHome()
  const editor = `sh -c 'printf %s "TOKEN=${canary}" > "$0"; echo written; sleep 5'`
  const {child, said} = here.launch(own('edit', '--yes'), {...here.env, EDITOR: editor})
  while (!said.stdout.includes('written')) await new Promise((resolve) => child.stdout.once('data', resolve))
  expect(leaks(canary, {}, here.directory)).toHaveLength(1)
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(readdirSync(join(here.directory, 'run'))).toEqual([]), {timeout: 20_000})
  expect(leaks(canary, said, here.directory)).toEqual([])
})

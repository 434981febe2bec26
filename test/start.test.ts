import {spawn} from 'node:child_process'
import {cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'

import {bin, home} from './support/fb.js'

const {version} = JSON.parse(readFileSync('package.json', 'utf8'))

describe('without a command', () => {
  test.each(['--version', '-v', 'version'])('%s says the version', async (flag) => {
    const {code, stdout} = await home().fb([flag])
    expect([code, stdout]).toEqual([0, `fb/${version} ${process.platform}-${process.arch} node-${process.version}\n`])
  })

  test.each([[[]], [['--help']], [['-h']], [['help']]])('fb %j is the overview', async (args) => {
    const {code, stdout, stderr} = await home().fb(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^fb operates .*\n\nEXAMPLES\n/)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  test('a topic on its own lists what is in it', async () => {
    const {code, stdout} = await home().fb(['sandbox'])
    expect(code).toBe(0)
    expect(stdout).toContain('  sandbox reset ')
  })

  test.each([[['help', 'deploy']], [['deploy', '--help']], [['deploy', '-h']], [['deploy', '--tag', 'x', '-h']]])(
    'fb %j is help of deploy',
    async (args) => {
      const {code, stdout} = await home().fb(args)
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Deploy .*\n\nEXAMPLES\n {2}fb deploy/)
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    },
  )

  test('help of a command with its argument is help of the command', async () => {
    expect((await home().fb(['watch', 'd-123', '--help'])).stdout).toContain('fb watch [ID]')
  })

  test('the exit codes have a page', async () => {
    const {stdout} = await home().fb(['help', 'exit-codes'])
    expect(stdout).toMatch(/^ {2}9 +failed and rolled back/m)
  })
})

describe('what cannot be meant', () => {
  test('a typo is a usage error that says what was meant', async () => {
    const {code, stdout, stderr} = await home().fb(['deplyo', '--env', 'prod'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Did you mean fb deploy?')
  })

  test('with --json the error is one document on stdout', async () => {
    const {code, stdout, stderr} = await home().fb(['deplyo', '--json'])
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      error: {code: 'unknown_command', message: 'There is no command "fb deplyo".', next: ['fb deploy', 'fb --help']},
    })
  })

  test('help of what does not exist is a usage error too', async () => {
    expect(await home().fb(['help', 'deplyo'])).toMatchObject({code: 2, stdout: ''})
    expect(await home().fb(['sandbox', 'rest', '--help'])).toMatchObject({code: 2, stdout: ''})
  })

  test('an unknown flag is the same in text and in JSON', async () => {
    const text = await home().fb(['deploy', '--stratgy', 'canary'])
    expect(text).toMatchObject({code: 2, stdout: ''})
    expect(text.stderr).toContain('Did you mean --strategy?')
    const json = await home().fb(['deploy', '--stratgy', 'canary', '--json'])
    expect(json).toMatchObject({code: 2, stderr: ''})
    expect(JSON.parse(json.stdout).error.code).toBe('unknown_flag')
  })
})

test.each([[['deploy', '--password', 'canary-7f3a']], [['deploy', 'canary-7f3a']], [['parms', 'set', 'canary-7f3a']]])(
  'what is typed to %j is not repeated, not even with every debug switch on',
  async (args) => {
    const debug = {DEBUG: '*', FB_DEBUG: '1', CLI_FLAGS_DEBUG: '1', NODE_DEBUG: ''}
    for (const more of [[], ['--json'], ['--verbose']]) {
      const {code, stdout, stderr} = await home().fb([...args, ...more], debug)
      expect(code).toBe(2)
      expect(stdout + stderr).not.toContain('canary-7f3a')
    }
  },
)

describe('a reader that leaves', () => {
  const run = (args: string[], closed: 'stdout' | 'stderr') =>
    new Promise<{code: number | null; rest: string}>((resolve) => {
      const {env, directory} = home()
      const child = spawn(process.execPath, [bin, ...args], {env, cwd: directory})
      const other = closed === 'stdout' ? child.stderr : child.stdout
      let rest = ''
      child[closed].destroy()
      other.on('data', (chunk) => (rest += chunk))
      child.on('close', (code) => resolve({code, rest}))
    })

  test('of stdout ends fb quietly', async () => {
    expect(await run(['status', '--env', 'sandbox'], 'stdout')).toEqual({code: 0, rest: ''})
    expect(await run(['--help'], 'stdout')).toEqual({code: 0, rest: ''})
  })

  test('of stderr changes nothing', async () => {
    expect(await run(['deplyo'], 'stderr')).toEqual({code: 2, rest: ''})
  })
})

test('an fb that cannot even say what went wrong does not end as if it had gone well', async () => {
  const {directory, env} = home()
  for (const part of ['bin', 'dist', 'package.json', 'oclif.manifest.json'])
    cpSync(part, join(directory, part), {recursive: true})
  const parts = join(directory, 'dist/parts')
  for (const voice of readdirSync(parts).filter((name) => name.startsWith('voice-'))) rmSync(join(parts, voice))
  const bug = join(directory, 'bug.cjs')
  writeFileSync(bug, `setTimeout(() => { throw new Error('a bug') }, 0)`)
  const args = ['--require', bug, join(directory, 'bin/run.js'), 'status', '--env', 'sandbox']
  const child = spawn(process.execPath, args, {env, cwd: directory})
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1)
})

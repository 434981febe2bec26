import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {onTestFinished} from 'vitest'

import {openSandbox, type Sandbox} from '../../src/sandbox/sandbox.js'

export const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** One code cache for all tests, kept between runs: it is most of what makes them fast. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/fb-test', import.meta.url))

export type Ended = {code: number | null; stdout: string; stderr: string}

type Finishing = (work: () => void) => void

/** A home of its own for one test: a sandbox whose clock stands still (waiting takes no time), and a working directory. */
export function home({speed = 0, onFinished = onTestFinished as Finishing} = {}) {
  const place = emptyHome({}, onFinished)
  const sandbox: Sandbox = openSandbox({file: join(place.directory, 'state', 'fb', 'sandbox', 'default.json')})
  sandbox.reset({speed})
  return {...place, sandbox}
}

/** A working directory with nothing in it, and the built fb run there. */
export function emptyHome(given: NodeJS.ProcessEnv = {}, onFinished = onTestFinished as Finishing) {
  const directory = mkdtempSync(join(tmpdir(), 'fb-test-'))
  onFinished(() => rmSync(directory, {recursive: true, force: true}))
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
    XDG_CACHE_HOME: cache,
    TZ: 'UTC',
    ...given,
  }
  const launch = (args: string[], more: NodeJS.ProcessEnv = {}, input?: string | Buffer) =>
    start(process.execPath, [bin, ...args], {cwd: directory, env: {...env, ...more}, input})
  const fb = (args: string[], more?: NodeJS.ProcessEnv, input?: string | Buffer) => launch(args, more, input).ended
  return {directory, env, fb, launch}
}

type Options = {cwd: string; env: NodeJS.ProcessEnv; input?: string | Buffer}

/** A program while it runs without a terminal, and what it has said so far. */
export function start(file: string, args: string[], {input, ...options}: Options) {
  const child = spawn(file, args, {...options, stdio: ['pipe', 'pipe', 'pipe']})
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const said = {stdout: '', stderr: ''}
  child.stdout.on('data', (chunk) => (said.stdout += chunk))
  child.stderr.on('data', (chunk) => (said.stderr += chunk))
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({code, ...said})))
  return {child, said, ended}
}

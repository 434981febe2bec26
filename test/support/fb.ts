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

/** A home of its own for one test: a sandbox whose clock stands still (waiting takes no time), and a working directory. */
export function home({speed = 0, onFinished = onTestFinished as (work: () => void) => void} = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'fb-test-'))
  onFinished(() => rmSync(directory, {recursive: true, force: true}))
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
    XDG_CACHE_HOME: cache,
    TZ: 'UTC',
  }
  const sandbox: Sandbox = openSandbox({file: join(directory, 'state', 'fb', 'sandbox', 'default.json')})
  sandbox.reset({speed})
  return {
    directory,
    env,
    sandbox,
    fb: (args: string[], more: NodeJS.ProcessEnv = {}) => fb(args, {cwd: directory, env: {...env, ...more}}),
    launch: (args: string[], more: NodeJS.ProcessEnv = {}) => launch(args, {cwd: directory, env: {...env, ...more}}),
  }
}

type Options = {cwd: string; env: NodeJS.ProcessEnv}

/** Runs the built fb without a terminal. */
const fb = (args: string[], options: Options): Promise<Ended> => launch(args, options).ended

/** The built fb while it runs, and what it has said so far. */
function launch(args: string[], options: Options) {
  const child = spawn(process.execPath, [bin, ...args], {...options, stdio: ['ignore', 'pipe', 'pipe']})
  const said = {stdout: '', stderr: ''}
  child.stdout.on('data', (chunk) => (said.stdout += chunk))
  child.stderr.on('data', (chunk) => (said.stderr += chunk))
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({code, ...said})))
  return {child, said, ended}
}

import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {onTestFinished} from 'vitest'

import {openSandbox, type Sandbox} from '../../src/sandbox/sandbox.js'

export const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

export type Ended = {code: number | null; stdout: string; stderr: string}

/** A home of its own for one test: a sandbox whose clock stands still (waiting takes no time), and a working directory. */
export function home({speed = 0, onFinished = onTestFinished as (work: () => void) => void} = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'fb-test-'))
  onFinished(() => rmSync(directory, {recursive: true, force: true}))
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
    XDG_CACHE_HOME: join(tmpdir(), 'fb-test-cache'),
    TZ: 'UTC',
  }
  const sandbox: Sandbox = openSandbox({file: join(directory, 'state', 'fb', 'sandbox', 'default.json')})
  sandbox.reset({speed})
  return {
    directory,
    env,
    sandbox,
    fb: (args: string[], more: NodeJS.ProcessEnv = {}) => fb(args, {cwd: directory, env: {...env, ...more}}),
  }
}

/** Runs the built fb without a terminal. */
export function fb(args: string[], options: {cwd: string; env: NodeJS.ProcessEnv}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], {...options, stdio: ['ignore', 'pipe', 'pipe']})
    const ended = {stdout: '', stderr: ''}
    child.stdout.on('data', (chunk) => (ended.stdout += chunk))
    child.stderr.on('data', (chunk) => (ended.stderr += chunk))
    child.on('close', (code) => resolve({code, ...ended}))
  })
}

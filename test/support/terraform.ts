import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {inject, onTestFinished} from 'vitest'

import type {Parent} from '../../src/terraform/child.js'

/** For `it.skipIf`: the test's name says what it needs. */
export const noTerraform = !inject('terraform')

/** A directory for one test. */
export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'fb-test-'))
  onTestFinished(() => rmSync(made, {recursive: true, force: true}))
  return made
}

/** A program of that name, in a directory of its own: what belongs on a PATH. */
export function program(name: string, script: string): string {
  const place = directory()
  writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(place, name), 0o755)
  return place
}

/** This process as fb sees itself, and the end of it whenever a test says so. */
export function parent(env: NodeJS.ProcessEnv = {}) {
  const works: (() => void)[] = []
  const killed: number[] = []
  const self: Parent = {
    pid: process.pid,
    env: {PATH: process.env.PATH, CHECKPOINT_DISABLE: '1', ...env},
    kill: (pid, signal) => {
      killed.push(pid)
      process.kill(pid, signal)
    },
    atExit: (work) => works.push(work),
    hold: () => () => {},
  }
  return {
    self,
    /** What was killed by hand of this process; negative numbers are groups. */
    killed,
    exit: () => {
      for (const work of works) work()
    },
  }
}

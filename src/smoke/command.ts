import {spawn} from 'node:child_process'
import type {Tested} from '../deploy/gate.js'
import {duration} from '../durations.js'

/** The process that starts the tests. */
export type Parent = {
  env: NodeJS.ProcessEnv
  kill(pid: number, signal: NodeJS.Signals): void
  atExit(work: () => void): void
}

const KEPT_LINES = 20
/** What a program has to end by itself once it is asked to, in ms. */
const GRACE = 3000

/** Runs `text` in a shell, with the address of the new version as FB_TEST_URL; good is exit 0 within `limit` ms. */
export function run(
  text: string,
  testUrl: string,
  limit: number,
  signal: AbortSignal,
  parent: Parent,
): Promise<Tested> {
  const began = Date.now()
  // A group of its own: Ctrl-C is fb's to answer, and what the shell has started ends with it.
  const child = spawn('/bin/sh', ['-c', text], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...parent.env, FB_TEST_URL: testUrl},
  })
  let lines: string[] = []
  const hear = (chunk: string) => {
    const [first, ...rest] = chunk.split('\n')
    const heard = [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...rest]
    lines = heard.slice(-KEPT_LINES - 1)
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear)
  const {pid} = child
  if (pid !== undefined) atWork(pid, parent)
  const end = (how: NodeJS.Signals) => pid !== undefined && groups.has(pid) && endGroup(parent, pid, how)
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limit)])
  const ask = () => {
    end('SIGTERM')
    setTimeout(end, GRACE, 'SIGKILL').unref()
  }
  stop.addEventListener('abort', ask, {once: true})
  return new Promise((resolve) => {
    const ended = (how: string, ok = false) => resolve({ok, detail: how, lines: lines.filter(Boolean)})
    child.once('error', (error) => ended(`cannot be run: ${error.message}`))
    child.once('close', (code, killed) => {
      groups.delete(pid!)
      stop.removeEventListener('abort', ask)
      const took = duration(Date.now() - began)
      if (signal.aborted) return ended('interrupted')
      if (stop.aborted) return ended(`not done within ${duration(limit)}`)
      ended(killed ? `killed by ${killed} after ${took}` : `exit ${code} after ${took}`, code === 0)
    })
  })
}

/** Groups at work, which end with fb however that ends. */
const groups = new Set<number>()
let watched = false

function atWork(pid: number, parent: Parent): void {
  groups.add(pid)
  if (watched) return
  watched = true
  parent.atExit(() => {
    for (const group of groups) endGroup(parent, group, 'SIGKILL')
  })
}

function endGroup({kill}: Parent, pid: number, how: NodeJS.Signals): void {
  try {
    kill(-pid, how)
  } catch {
    // It has just ended by itself.
  }
}

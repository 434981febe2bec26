import {type ChildProcess, spawn} from 'node:child_process'
import {constants} from 'node:os'
import type {Readable} from 'node:stream'

import {FbError} from '../errors.js'

const FORWARDED: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH']
/** A terminal sends these to every program in its foreground by itself: twice would end what a person wants asked. */
const OF_TERMINAL = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

type Filter = {push(chunk: Buffer): Buffer; end(): Buffer}

/** Runs a program in our place: our streams, our signals, its exit code. No shell looks at its arguments. */
export async function runInForeground(
  [file = '', ...args]: string[],
  {env, filter}: {env: NodeJS.ProcessEnv; filter?: () => Filter},
): Promise<number> {
  const said = filter ? 'pipe' : 'inherit'
  const child = spawn(file, args, {env, stdio: ['inherit', said, said]})
  const stop = forwardSignals(child)
  const streams = [child.stdout, child.stderr].map((from, i) =>
    from && filter ? filtered(from, i === 0 ? process.stdout : process.stderr, filter()) : undefined,
  )
  try {
    const code = await ended(child, file)
    await Promise.all(streams)
    return code
  } finally {
    stop()
  }
}

function forwardSignals(child: ChildProcess): () => void {
  const forward = (signal: NodeJS.Signals) => {
    if (!(OF_TERMINAL.has(signal) && process.stdin.isTTY)) child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  return () => {
    for (const signal of FORWARDED) process.off(signal, forward)
  }
}

/** As a shell says it: 128 and the number of the signal. */
const ended = (child: ChildProcess, file: string): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(cannotRun(file, error)))
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })

async function filtered(from: Readable, to: NodeJS.WriteStream, filter: Filter): Promise<void> {
  for await (const chunk of from) to.write(filter.push(chunk as Buffer))
  to.write(filter.end())
}

class CannotFind extends FbError {
  static override exit = 127
}
class CannotRun extends FbError {
  static override exit = 126
}

function cannotRun(file: string, error: NodeJS.ErrnoException): FbError {
  const detail = {code: 'cannot_run', because: [`${error.code}`], state: 'Nothing was run.', cause: error}
  if (error.code === 'ENOENT') return new CannotFind(`There is no program ${file}.`, detail)
  return new CannotRun(`${file} cannot be run.`, detail)
}

import {spawn} from 'node:child_process'

import {type Parent, tell} from './child.js'

export type Ended = {code: number | null; stderr: string}

type Options = {cwd: string; env: NodeJS.ProcessEnv; parent: Parent; signal: AbortSignal}

const KEPT = 64 * 1024

/**
 * Runs Terraform and gives what it prints, line by line. It is in a session of its own, where neither the terminal's Ctrl-C
 * nor its end reach it, and what it prints is taken from it whether anybody asks or not: with a full or closed pipe it dies
 * with the lock held. However often fb is told to end, Terraform hears one INT: at the second it would drop the state.
 */
export async function* listen(file: string, args: string[], options: Options): AsyncGenerator<string, Ended, void> {
  const {cwd, env, parent, signal} = options
  const child = spawn(file, args, {cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe']})
  const letGo = parent.hold()
  const lines = new Lines()
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.add(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT)
  })
  const interrupt = once(() => tell(child.pid, 'SIGINT', parent))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  }).finally(() => {
    lines.end()
    letGo()
    signal.removeEventListener('abort', interrupt)
  })
  // Whoever stops listening hears of the failure no more.
  ended.catch(() => {})
  if (signal.aborted) interrupt()
  signal.addEventListener('abort', interrupt)
  parent.atExit(() => child.exitCode === null && interrupt())
  try {
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) yield line
    return {code: await ended, stderr}
  } finally {
    if (child.exitCode === null && child.signalCode === null) interrupt()
    await ended.catch(() => {})
  }
}

/** Everything that Terraform prints, once it has ended. */
export async function whole(run: AsyncGenerator<string, Ended, void>): Promise<Ended & {text: string}> {
  const lines: string[] = []
  for (;;) {
    const {done, value} = await run.next()
    if (done) return {...value, text: lines.join('\n')}
    lines.push(value)
  }
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}

/** Lines that have come and nobody has asked for yet. */
class Lines {
  private readonly whole: string[] = []
  private part = ''
  private over = false
  private wake = () => {}

  add(text: string): void {
    const [first = '', ...rest] = text.split('\n')
    this.part += first
    for (const next of rest) {
      this.whole.push(this.part)
      this.part = next
    }
    this.wake()
  }

  end(): void {
    if (this.part) this.whole.push(this.part)
    this.part = ''
    this.over = true
    this.wake()
  }

  async next(): Promise<string | undefined> {
    while (this.whole.length === 0 && !this.over) await new Promise<void>((wake) => (this.wake = wake))
    return this.whole.shift()
  }
}

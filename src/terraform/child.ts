import {spawn} from 'node:child_process'

/** The process that fb is; only src/command.ts may ask Node for it. */
export type Parent = {
  pid: number
  env: NodeJS.ProcessEnv
  /** Sends a signal to a process, or with a negative number to a group of them. Throws when there is none. */
  kill: (pid: number, signal: 'SIGINT' | 'SIGKILL') => void
  /** Runs the work when the process ends without coming back to whoever waits, as on a second Ctrl-C. */
  atExit: (work: () => void) => void
  /** From now until it is let go, only the first Ctrl-C counts: a child ends by itself, and fb after it. */
  hold: () => () => void
}

export type Ran = {code: number | null; stdout: string; stderr: string; late: boolean}

type Options = {cwd: string; parent: Parent; ms: number}

const KEPT = 64 * 1024

/**
 * Runs Terraform to its end. It is in a process group of its own, which the terminal's Ctrl-C does not reach, and it sees
 * nothing that would make it do something else than the arguments say.
 */
export function run(file: string, args: string[], {cwd, parent, ms}: Options): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: environmentOf(parent.env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ran: Ran = {code: null, stdout: '', stderr: '', late: false}
    const read = (name: 'stdout' | 'stderr') =>
      child[name].setEncoding('utf8').on('data', (text) => {
        ran[name] = (ran[name] + text).slice(-KEPT)
      })
    read('stdout')
    read('stderr')
    const kill = () => tell(child.pid, 'SIGKILL', parent)
    let running = true
    parent.atExit(() => running && kill())
    const limit = setTimeout(() => {
      ran.late = true
      kill()
      child.stdout.destroy()
      child.stderr.destroy()
    }, ms)
    const ended = (settle: () => void) => {
      running = false
      clearTimeout(limit)
      settle()
    }
    child.once('error', (error) => ended(() => reject(error)))
    child.once('close', (code) => ended(() => resolve({...ran, code})))
  })
}

/** What looks like Terraform may be a script that started it: a signal to the script alone leaves Terraform running. */
export function tell(pid: number | undefined, signal: 'SIGINT' | 'SIGKILL', {kill}: Parent): void {
  try {
    if (pid) kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

/** Users set these for their own Terraform; here they would add arguments, write logs of the state, or name another place. */
const UNWANTED = /^TF_(CLI_ARGS|LOG|DATA_DIR$|WORKSPACE$)/
const OF_AWS = /^AWS_/

/** The surroundings of a child: without anything of AWS unless it works there. */
export const environmentOf = (env: NodeJS.ProcessEnv, {aws = false} = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !UNWANTED.test(name) && (aws || !OF_AWS.test(name)))),
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
})

const SGR = /\u001b\[[0-9;]*m/g
const WARNING = /(There are some problems with the CLI configuration:\s*)?╷\s*│ Warning[^╵]*╵/g
const BOX = /^[\s│╷╵]+/
const MOST = 12

/** What Terraform said went wrong, a line per paragraph, without what it only warns of. */
export function complaint({stdout, stderr}: Pick<Ran, 'stdout' | 'stderr'>): string[] {
  const lines = (stderr.trim() ? stderr : stdout)
    .replace(SGR, '')
    .replace(WARNING, '')
    .split('\n')
    .map((line) => line.replace(BOX, '').trimEnd())
  const first = lines.findIndex((line) => /^Error\b/.test(line))
  const paragraphs = lines
    .slice(Math.max(0, first))
    .join('\n')
    .split(/\n{2,}/)
  return paragraphs
    .map((text) => text.trim().replaceAll('\n', ' '))
    .filter(Boolean)
    .slice(0, MOST)
}
